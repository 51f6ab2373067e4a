/** How many samples of a class are held out for testing where no test part is named. */

/** A fifth, rounded, at least 1 where there are 2. */
export function heldOutCount(samples: number): number {
  return samples < 2 ? 0 : Math.max(1, Math.round(samples / 5));
}
