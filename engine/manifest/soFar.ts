/** What a reader has counted while it still reads. */
import { imbalanceFactor } from "#engine/statistics/classStatistics.ts";
import type { CountsSoFar } from "#protocol/analysis.ts";

/** Milliseconds between two such counts. */
const pace = 100;

/** Told a way to count after each chunk, which is not gone every time. */
export type SoFar = (counts: () => readonly number[]) => void;

/** Undefined where there is nothing to tell. */
export function countsSoFar(counts: readonly number[]): CountsSoFar | undefined {
  const met = counts.filter((count) => count > 0);
  const imbalance = imbalanceFactor(met);
  if (imbalance === null) return undefined;
  return { labels: met.reduce((total, count) => total + count, 0), classes: met.length, imbalance };
}

/** Counts at once, then every tenth of a second, and tells. */
export function paced(tell: (counts: CountsSoFar) => void): SoFar {
  let next = 0;
  return (counts) => {
    // The other clock of Node takes ten milliseconds to load.
    const now = Date.now();
    if (now < next) return;
    next = now + pace;
    const told = countsSoFar(counts());
    if (told) tell(told);
  };
}
