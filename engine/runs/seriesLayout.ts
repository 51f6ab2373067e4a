/** How the numbers per class of a run lie in `classes.npy`: docs/run-format.md. */

import type { FileHandle } from "node:fs/promises";

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

/** Returns the series of a row of an open file by name, `[classes]` each; undefined where the row is not there in full. */
export async function readRow(
  file: FileHandle,
  row: number,
  classes: number,
): Promise<((name: SeriesName) => Float64Array) | undefined> {
  const values = new Float64Array(seriesNames.length * classes);
  const bytes = new Uint8Array(values.buffer);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, headerBytes + row * rowBytes(classes));
  if (bytesRead < bytes.length) return undefined;
  return (name) => {
    const start = seriesNames.indexOf(name) * classes;
    return values.subarray(start, start + classes);
  };
}
