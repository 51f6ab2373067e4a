/** Gradient ratios of all classes at all steps as one image of bytes: thousands of classes by thousands of steps. */
import type { ExperimentSnapshot, GradientReport } from "#protocol/training.ts";
import type { RatioSums } from "../choices.ts";

/** Rows of an image, spaced evenly on a log axis from step 1 to the last one. */
export const mapRows = 160;
/** More columns than any panel has pixels; above, a column is the median of its classes. */
export const mostColumns = 1600;

/** Powers of two between which colours change. */
export const lowest = -5;
export const highest = 2;

export interface RatioMap {
  /** Codes `[mapRows * columns]`, row 0 at step 1; 0 where a class had no positive gradient yet. The buffer is reused. */
  readonly codes: Uint8Array;
  readonly columns: number;
  /** Steps of a whole run: the end of the log axis. */
  readonly steps: number;
}

/** Step at which a row stands. */
export function rowStep(row: number, steps: number): number {
  return steps ** (row / (mapRows - 1));
}

/** Row of a step, not rounded. */
export function stepRow(step: number, steps: number): number {
  return steps <= 1 ? 0 : ((mapRows - 1) * Math.log(step)) / Math.log(steps);
}

/** The code of each ratio by the upper 16 bits of its float32: a logarithm a cell is what a map would cost. */
const codesByBits = ((): Uint8Array => {
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  return Uint8Array.from({ length: 1 << 16 }, (_, upper) => {
    bits[0] = (upper << 16) | 0x8000;
    const ratio = value[0] ?? 0;
    if (!(ratio > 0)) return 0;
    const part = (Math.min(highest, Math.max(lowest, Math.log2(ratio))) - lowest) / (highest - lowest);
    return 1 + Math.round(254 * part);
  });
})();
const ratioBits = new Uint32Array(1);
const ratioValue = new Float32Array(ratioBits.buffer);

/** 1 to 255 on a log scale from 1/32 to 4; 0 for a ratio that is not positive. */
export function codeOf(positive: number, negative: number): number {
  if (!(positive > 0)) return 0;
  ratioValue[0] = Math.min(8, Math.max(0.01, positive / negative));
  return codesByBits[(ratioBits[0] ?? 0) >>> 16] ?? 0;
}

/** The ratio that a code stands for; NaN for 0. */
export function ratioOfCode(code: number): number {
  return code === 0 ? Number.NaN : 2 ** (lowest + ((highest - lowest) * (code - 1)) / 254);
}

/**
 * Makes the map of one loss, again and again while reports come in: a row is computed anew only where the reports that
 * it is made of are others. A row has the last report at or before it of each seed, added up over seeds. `order` has
 * class indices, head first. Gives the same object for as long as nothing changed.
 */
export function ratioMapper() {
  let codes = new Uint8Array(0);
  let sources: (readonly GradientReport[])[] = [];
  let last: { readonly key: readonly unknown[]; map: RatioMap } | undefined;

  return (
    experiment: ExperimentSnapshot,
    choice: number,
    sums: RatioSums,
    order: readonly number[],
    steps: number,
  ): RatioMap => {
    const columns = Math.min(order.length, mostColumns);
    const key = [experiment.id, choice, sums, order, steps];
    const kept = last?.key.every((part, index) => part === key[index]) ? last : undefined;
    if (!kept) {
      codes = new Uint8Array(mapRows * columns);
      sources = [];
    }
    const seeds = experiment.runs.filter((run) => run.choice === choice).map(({ gradients }) => gradients);
    let changed = !kept;
    for (let row = 0; row < mapRows; row++) {
      // A little more than the row's step: the last row must reach the last report.
      const step = rowStep(row, steps) * (1 + 1e-9);
      const reports = seeds.flatMap((gradients) => lastAtOrBefore(gradients, step) ?? []);
      if (isSame(sources[row], reports)) continue;
      sources[row] = reports;
      changed = true;
      // Reports are further apart than rows at the first steps.
      if (row > 0 && isSame(sources[row - 1], reports)) {
        codes.copyWithin(row * columns, (row - 1) * columns, row * columns);
        continue;
      }
      fillRow(codes.subarray(row * columns, (row + 1) * columns), reports, sums, order);
    }
    if (kept && !changed) return kept.map;
    last = { key, map: { codes, columns, steps } };
    return last.map;
  };
}

function isSame(known: readonly GradientReport[] | undefined, next: readonly GradientReport[]): boolean {
  return known?.length === next.length && next.every((report, index) => report === known[index]);
}

/** Reports are in the order of their steps. */
function lastAtOrBefore(reports: readonly GradientReport[], step: number): GradientReport | undefined {
  let [low, high] = [0, reports.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reports[middle]?.step ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  return reports[low - 1];
}

function fillRow(
  row: Uint8Array,
  reports: readonly GradientReport[],
  sums: RatioSums,
  order: readonly number[],
): void {
  const parts = reports.map((report) => report[sums]);
  const classes = order.length;
  for (let column = 0; column < row.length; column++) {
    const from = Math.floor((column * classes) / row.length);
    const to = Math.max(from + 1, Math.floor(((column + 1) * classes) / row.length));
    const inside = to - from === 1 ? undefined : new Uint8Array(to - from);
    let code = 0;
    for (let place = from; place < to; place++) {
      const index = order[place] ?? 0;
      let positive = 0;
      let negative = 0;
      for (const part of parts) {
        positive += part.positive[index] ?? 0;
        negative += part.negative[index] ?? 0;
      }
      code = codeOf(positive, negative);
      if (inside) inside[place - from] = code;
    }
    row[column] = inside ? (inside.sort()[(inside.length - 1) >> 1] ?? 0) : code;
  }
}
