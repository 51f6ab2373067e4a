/** The one rule by which a comparison and a sweep name a winner. */
import type { CorrectedDifference, Interval, Verdict } from "#protocol/training.ts";

/** With fewer seeds the spread over seeds cannot be told. */
export const seedsForVerdict = 3;

/** Of the intervals that decide. */
export const level = 0.95;

/** How far the leader is ahead of another. */
export interface Lead {
  readonly choice: number;
  readonly mean: number;
  readonly interval: Interval;
}

/**
 * Returns the verdict on a leader and its leads over all others, best first; 0 is the baseline. It wins where it is ahead of
 * each of the others beyond a two-sided interval. That the best of many was picked needs no wider ones: to win by luck it
 * must also be ahead of the second, and among many equals that one is close behind. Gutmann and Maymin 1987, Annals of
 * Statistics 15; Hung and Fithian 2019, Annals of Statistics 47.
 */
export function verdictOn(leader: number, leads: readonly Lead[], seeds: number): Verdict {
  if (seeds < seedsForVerdict) return { kind: "too-few-seeds", leader, seeds };
  const others = leads.map((lead): CorrectedDifference => ({ ...lead, comparisons: 1 }));
  if (leader === 0) {
    const [best] = others;
    return best ? { kind: "baseline-best", best } : { kind: "baseline-best" };
  }
  const second = others.find(({ interval }) => interval.low <= 0);
  if (second) return { kind: "no-winner", leader, second };
  // Its lead over the baseline stands in the results; this one tells how close the next remedy comes.
  const overSecond = others.find(({ choice }) => choice !== 0);
  return overSecond ? { kind: "winner", leader, overSecond } : { kind: "winner", leader };
}

/**
 * Returns the level at which each of so many intervals has to be read for all of them to hold at `level` (Bonferroni): for a
 * lead over the baseline alone, where others are as good as the leader.
 */
export function levelOfEach(comparisons: number): number {
  return 1 - (1 - level) / Math.max(1, comparisons);
}
