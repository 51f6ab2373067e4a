/** Which beta of the class-balanced loss to try first. */

import { betaRange, weightRatio } from "#engine/statistics/classWeights.ts";
import { formatBeta, formatClass, formatRatio } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Facts } from "./facts.ts";

/**
 * The beta to try first, or undefined where none changes the weights: the power of ten 1/(1 - beta) nearest to the
 * largest count. This gives the authors' choices, 0.9999 for CIFAR-10-LT and 0.999 for ImageNet-LT and iNaturalist,
 * and stays on their grid of 0.9 to 0.9999 (Cui et al. 2019, section 5) wherever that grid can act at all.
 */
export function chooseBeta(counts: readonly number[], largest: number, smallest: number): number | undefined {
  if (largest <= smallest) return undefined;
  const nearest = Math.max(1, Math.round(Math.log10(largest)));
  const onGrid = Math.min(4, nearest);
  const exponent = 10 ** onGrid < smallest ? nearest : onGrid;
  // From digits, as 1 - 10 ** -4 is 0.99990000000000001 on paper but not in every last bit.
  const beta = Number(`0.${"9".repeat(exponent)}`);
  return weightRatio(counts, beta) >= 1.05 ? beta : undefined;
}

/** The beta for these counts with the reason for it, or undefined where none changes the weights. */
export function betaAdvice({ counts, largest, smallest }: Facts): { beta: number; why: string } | undefined {
  const beta = chooseBeta(counts, largest.count, smallest.count);
  if (beta === undefined) return undefined;
  const { low, high } = betaRange(counts);
  const acts = t`Beta acts here between ${formatBeta(low)} and ${formatBeta(high)}`;
  const ratio = formatRatio(weightRatio(counts, beta));
  return {
    beta,
    why: t`${acts}; at ${beta} ${formatClass(smallest.name)} weighs ${ratio} times ${formatClass(largest.name)}.`,
  };
}
