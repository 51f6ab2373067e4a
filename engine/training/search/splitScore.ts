/** How a loss does on one validation split, and how far two of them are apart beyond luck. */
import { leastRankingVariance } from "../noise.ts";

export interface SplitScore {
  /** Weighted recall, 0 to 1. */
  readonly score: number;
  /** `[classes]`; NaN without validation rows. */
  readonly recall: ArrayLike<number>;
  /** Validation rows of each class. */
  readonly rows: readonly number[];
  /** By how much it grew over the last part of the training before the look; absent: not known. */
  readonly rise?: number;
  /** True and predicted class of each validation row, where training is over. */
  readonly outcome?: { readonly truth: Int32Array; readonly predicted: Int32Array };
  /** Where samples have several labels: what each validation row moves the score by, `influenceOf`. */
  readonly influence?: Float64Array;
}

/**
 * Returns the mean difference a - b over splits and its standard error from the validation rows within class. Rows are
 * paired where both outcomes are known; else the two count as independent, which overstates the error. A class with few
 * rows counts as if half a row more had come out differently, so that one row is no certainty.
 */
export function differenceOf(
  a: readonly SplitScore[],
  b: readonly SplitScore[],
  weights: Float64Array,
): { readonly mean: number; readonly error: number } {
  const splits = Math.min(a.length, b.length);
  let sum = 0;
  let variance = 0;
  for (let s = 0; s < splits; s++) {
    const [one, other] = [a[s] as SplitScore, b[s] as SplitScore];
    sum += one.score - other.score;
    if (one.influence && other.influence) {
      variance += influenceVariance(one.influence, other.influence) + leastRankingVariance(one.rows, weights);
      continue;
    }
    for (const [k, rows] of one.rows.entries()) {
      const weight = weights[k] as number;
      if (weight > 0 && rows > 0) variance += weight ** 2 * classVariance(one, other, k, rows);
    }
  }
  return { mean: sum / splits, error: Math.sqrt(variance) / splits };
}

function influenceVariance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, move, row) => sum + (move - (b[row] as number)) ** 2, 0);
}

function classVariance(a: SplitScore, b: SplitScore, k: number, rows: number): number {
  const paired = a.outcome && b.outcome ? disagreements(a.outcome, b.outcome, k) : undefined;
  if (paired === undefined) return (binomial(a.recall[k], rows) + binomial(b.recall[k], rows)) / rows;
  const apart = (paired + 0.5) / (rows + 1);
  const difference = (a.recall[k] as number) - (b.recall[k] as number);
  return Math.max(apart - difference ** 2, 0.25 / (rows + 1)) / rows;
}

function binomial(share: number | undefined, rows: number): number {
  const smoothed = ((share ?? 0) * rows + 0.5) / (rows + 1);
  return smoothed * (1 - smoothed);
}

/** Rows of a class on which exactly one of the two is right. */
function disagreements(
  { truth, predicted }: NonNullable<SplitScore["outcome"]>,
  other: NonNullable<SplitScore["outcome"]>,
  k: number,
): number {
  let count = 0;
  for (const [i, label] of truth.entries()) {
    if (label === k && (predicted[i] === k) !== (other.predicted[i] === k)) count++;
  }
  return count;
}
