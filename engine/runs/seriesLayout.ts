/** How the numbers per class of a run lie in `classes.npy`: docs/run-format.md. */

/** What a row holds for every class, in this order: axis 1 of the array. */
export const seriesNames = [
  "windowPositive",
  "windowNegative",
  "accumulatedPositive",
  "accumulatedNegative",
  "recall",
] as const;
export type SeriesName = (typeof seriesNames)[number];

/** Bytes before the first row. */
export const headerBytes = 128;

/** Bytes of a row: float64 for each name and class. */
export function rowBytes(classes: number): number {
  return seriesNames.length * classes * Float64Array.BYTES_PER_ELEMENT;
}
