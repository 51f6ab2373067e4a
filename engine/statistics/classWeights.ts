/** Class weights from counts, in 64-bit: Cui et al. 2019, arXiv 1901.05555, and the plain inverse frequencies. */

import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { extremes } from "./classStatistics.ts";

export type WeightScheme = "none" | "inverse" | "sqrtInverse" | "effective";

export interface WeightOptions {
  readonly scheme: WeightScheme;
  /** 0 to 1; needed by `effective`. The limit 1 is inverse frequency. */
  readonly beta?: number;
  /** Classes without a sample: weight 0 while the others share the sum, or counted as one sample. */
  readonly zero?: "exclude" | "clamp1";
  /** Whether weights are scaled to sum to the number of classes, so that they average 1. */
  readonly normalize?: "sumToC" | "none";
}

/**
 * One weight per class, `[C]`; by default absent classes get 0 and the weights sum to the number of classes.
 * Throws `settings/invalid` where beta is outside 0 to 1.
 */
export function classWeights(counts: ArrayLike<number>, options: WeightOptions): Float64Array {
  const { scheme, beta = 0, zero = "exclude", normalize = "sumToC" } = options;
  if (scheme === "effective") requireBeta(beta);
  const weights = new Float64Array(counts.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const count = counts[i] <= 0 && zero === "clamp1" ? 1 : counts[i];
    if (count <= 0) continue;
    weights[i] = rawWeight(count, scheme, beta);
    total += weights[i];
  }
  if (normalize === "sumToC" && total > 0) {
    for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] * weights.length) / total;
  }
  return weights;
}

function rawWeight(count: number, scheme: WeightScheme, beta: number): number {
  if (scheme === "inverse") return 1 / count;
  if (scheme === "sqrtInverse") return 1 / Math.sqrt(count);
  return scheme === "effective" ? 1 / effectiveNumber(count, beta) : 1;
}

function requireBeta(beta: number): void {
  if (beta >= 0 && beta <= 1) return;
  throw new EquipoiseError(
    "settings/invalid",
    t`Beta ${beta} is outside 0 to 1. Choose a value such as 0.999.`,
  );
}

/**
 * Effective number of samples of a class, E_n = (1 - beta^n) / (1 - beta): Cui et al. 2019, proposition 1.
 * 0 for no sample; n itself at the limit beta = 1. No digits are lost near either end: beta^n is expm1 of a log1p.
 */
export function effectiveNumber(count: number, beta: number): number {
  if (count <= 0) return 0;
  if (beta >= 1) return count;
  return Math.expm1(count * Math.log1p(beta - 1)) / (beta - 1);
}

/** The beta whose effective number saturates at this volume: (N - 1) / N. */
export function betaFromVolume(volume: number): number {
  return volume > 1 ? (volume - 1) / volume : 0;
}

export interface BetaRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Where beta changes the weights: from 1 - 1/n_min to 1 - 1/n_max over the classes that occur. Below, every class
 * is far above 1/(1 - beta) and all weights are equal; above, they are inverse frequencies already.
 */
export function betaRange(counts: ArrayLike<number>): BetaRange {
  const { smallest, largest } = extremes(counts);
  return { low: betaFromVolume(smallest), high: betaFromVolume(largest) };
}

/** How many times the rarest occurring class weighs the most frequent one at this beta; 1 where all weigh the same. */
export function weightRatio(counts: ArrayLike<number>, beta: number): number {
  const { smallest, largest } = extremes(counts);
  if (largest <= 0) return 1;
  return effectiveNumber(largest, beta) / effectiveNumber(smallest, beta);
}

/**
 * Start value of every class bias of a sigmoid head, -log((1 - prior) / prior), so that the first step is not
 * swamped by negatives. The prior is 1/C unless given. Cui et al. 2019, section 5.
 */
export function sigmoidBias(classes: number, prior: number = 1 / classes): number {
  if (classes <= 1) return 0;
  return Math.log(prior / (1 - prior));
}
