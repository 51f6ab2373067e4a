/** Statistics of one vector of class counts: how far from balanced it is, and which groups it has. */
import type { ShotGroup } from "#protocol/analysis.ts";
import { shotGroup } from "./shotGroups.ts";

export interface ClassStatistics {
  readonly imbalanceFactor: number | null;
  readonly gini: number;
  readonly giniWithEmpty: number;
  readonly normalisedEntropy: number;
  readonly groups: Readonly<Record<ShotGroup, number>> & { readonly empty: number };
}

/** All statistics of a view that follow from its counts, `[C]` in training order. */
export function classStatistics(counts: ArrayLike<number>): ClassStatistics {
  return {
    imbalanceFactor: imbalanceFactor(counts),
    gini: gini(present(counts)),
    giniWithEmpty: gini(counts),
    normalisedEntropy: normalisedEntropy(counts),
    groups: countGroups(counts),
  };
}

/** Imbalance below which nothing beat plain cross-entropy by more than the noise on public sets. */
export const mildImbalance = 3;

/** Largest count over smallest non-zero count, at least 1; null where no class occurs. */
export function imbalanceFactor(counts: ArrayLike<number>): number | null {
  const { smallest, largest } = extremes(counts);
  return largest > 0 ? largest / smallest : null;
}

/** Whether all classes that occur have nearly the same count; false where none occurs. */
export function isBalanced({ imbalanceFactor }: Pick<ClassStatistics, "imbalanceFactor">): boolean {
  return imbalanceFactor !== null && imbalanceFactor < 1.05;
}

/**
 * Gini coefficient of exactly these counts, zeros included: 0 where all are equal, towards 1 where one class
 * has everything. With x sorted ascending and i from 1: sum of (2i - n - 1) x_i over n times the total.
 */
export function gini(counts: ArrayLike<number>): number {
  const sorted = new Float64Array(counts).sort();
  let total = 0;
  let weighted = 0;
  for (let i = 0; i < sorted.length; i++) {
    total += sorted[i];
    weighted += (2 * (i + 1) - sorted.length - 1) * sorted[i];
  }
  return total > 0 ? weighted / (sorted.length * total) : 0;
}

/** Entropy over its maximum, log C, over the classes that occur; 1 is balanced, and so is a single class. */
export function normalisedEntropy(counts: ArrayLike<number>): number {
  const occurring = present(counts);
  if (occurring.length < 2) return 1;
  const total = sum(occurring);
  let entropy = 0;
  for (const count of occurring) entropy -= (count / total) * Math.log(count / total);
  return Math.min(1, entropy / Math.log(occurring.length));
}

/** Smallest and largest count among the classes that occur; both 0 where none does. */
export function extremes(counts: ArrayLike<number>): { readonly smallest: number; readonly largest: number } {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    if (count <= 0) continue;
    if (count < smallest) smallest = count;
    if (count > largest) largest = count;
  }
  return { smallest: largest > 0 ? smallest : 0, largest };
}

/** Sum of the counts. */
export function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  return total;
}

function present(counts: ArrayLike<number>): Float64Array {
  return new Float64Array(counts).filter((count) => count > 0);
}

function countGroups(counts: ArrayLike<number>): ClassStatistics["groups"] {
  const groups = { many: 0, medium: 0, few: 0, empty: 0 };
  for (let i = 0; i < counts.length; i++) groups[counts[i] > 0 ? shotGroup(counts[i]) : "empty"]++;
  return groups;
}
