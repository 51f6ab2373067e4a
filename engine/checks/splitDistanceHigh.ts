/** Splits whose classes are distributed differently. */

import type { Observation } from "#engine/manifest/manifest.ts";
import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { fixed, formatClass, formatPercent } from "#engine/statistics/format.ts";
import { splitDistance } from "#engine/statistics/splitDistance.ts";
import { t } from "#protocol/l10n.ts";
import type { SplitCheck } from "./check.ts";
import { countsByName, type SplitPair, splitPairs } from "./splits.ts";

/** A tenth of the samples would have to be of another class. */
const lowestDistance = 0.1;
/** Splits drawn at random stay below this many times the distance that is expected of them. */
const beyondChance = 2;

export const splitDistanceHigh: SplitCheck = {
  code: "split/distance",
  // A balanced test split beside a long-tailed training split is how such sets are made.
  observe: ({ views }) => splitPairs(views).flatMap((pair) => (isBalanced(pair.other) ? [] : told(pair))),
};

function told(pair: SplitPair): Observation[] {
  const counts = [...countsByName(pair)].map(([name, [train, other]]) => ({ name, train, other }));
  const train = counts.map((entry) => entry.train);
  const other = counts.map((entry) => entry.other);
  const distance = splitDistance(train, other);
  if (distance === null || distance <= lowestDistance) return [];
  if (distance <= beyondChance * chanceDistance(train, other)) return [];
  const shares = counts.map((entry) => ({
    name: entry.name,
    train: entry.train / pair.train.labels,
    other: entry.other / pair.other.labels,
  }));
  const most = shares.reduce((a, b) => (Math.abs(b.train - b.other) > Math.abs(a.train - a.other) ? b : a));
  const apart = t`${formatClass(most.name)} (${formatPercent(most.train)} and ${formatPercent(most.other)})`;
  const { train: first, other: second } = pair;
  return [
    {
      code: "split/distance",
      severity: "information",
      message: t`${second.name} is distributed differently from ${first.name}: distance ${fixed(distance, 2)} of 1; most apart: ${apart}.`,
      classes: [most.name],
    },
  ];
}

/**
 * The total variation distance to expect of two samples of one distribution: half the sum of the mean absolute
 * differences of binomial shares, by their normal approximation.
 */
function chanceDistance(train: readonly number[], other: readonly number[]): number {
  const n = train.reduce((a, b) => a + b, 0);
  const m = other.reduce((a, b) => a + b, 0);
  let sum = 0;
  for (const [i, count] of train.entries()) {
    const share = (count + (other[i] ?? 0)) / (n + m);
    sum += Math.sqrt((2 / Math.PI) * share * (1 - share) * (1 / n + 1 / m));
  }
  return sum / 2;
}
