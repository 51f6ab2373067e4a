import { createRandom } from "#engine/sampling/random.ts";
import { heldOutCount } from "#engine/statistics/heldOut.ts";

export interface HeldOut {
  /** Positions in `labels`, ascending. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Classes with a single sample: it stays in training, so their recall is unknown. */
  readonly untested: readonly number[];
}

/**
 * Returns a split that holds out a fifth of every class (rounded, at least 1 where the class has 2). Drawn by seed 0
 * unless another one is named, so that every experiment on the same labels is tested on the same samples.
 */
export function holdOut(labels: Int32Array, classes: number, seed = 0): HeldOut {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i] as number]?.push(i);
  const random = createRandom(seed);
  const test = new Set<number>();
  const untested: number[] = [];
  for (const [label, rows] of members.entries()) {
    if (rows.length === 1) untested.push(label);
    const wanted = heldOutCount(rows.length);
    // The first steps of a Fisher-Yates shuffle draw without replacement.
    for (let i = 0; i < wanted; i++) {
      const j = i + Math.floor(random.next() * (rows.length - i));
      const drawn = rows[j] as number;
      rows[j] = rows[i] as number;
      test.add(drawn);
    }
  }
  const all = Array.from(labels, (_, i) => i);
  return {
    train: Int32Array.from(all.filter((i) => !test.has(i))),
    test: Int32Array.from(all.filter((i) => test.has(i))),
    untested,
  };
}

export interface HeldOutGroups {
  readonly heldOut: ReadonlySet<number>;
  /** Classes that a single group holds: it stays in training, so their recall is unknown. */
  readonly untested: readonly number[];
}

/**
 * Returns which groups of samples, such as images, to hold out: a fifth of those that hold a class (rounded, at least 1
 * where there are 2), the rarest classes first, drawn by seed 0. No class loses its last training group.
 * @param classesOf the classes in each group
 */
export function holdOutGroups(classesOf: readonly ReadonlySet<number>[], classes: number): HeldOutGroups {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (const group of shuffled(classesOf.length)) {
    for (const label of classesOf[group] ?? []) members[label]?.push(group);
  }
  const left = members.map(({ length }) => length);
  const heldOut = new Set<number>();
  const isSpare = (group: number): boolean => [...(classesOf[group] ?? [])].every((k) => (left[k] ?? 0) > 1);
  const rarestFirst = [...members.keys()].sort((a, b) => (left[a] ?? 0) - (left[b] ?? 0));
  for (const label of rarestFirst) {
    const groups = members[label] ?? [];
    const wanted = heldOutCount(groups.length);
    const missing = wanted - groups.filter((group) => heldOut.has(group)).length;
    for (let n = 0; n < missing; n++) {
      const next = groups.find((group) => !heldOut.has(group) && isSpare(group));
      if (next === undefined) break;
      heldOut.add(next);
      for (const k of classesOf[next] ?? []) left[k] = (left[k] ?? 0) - 1;
    }
  }
  const untested = [...members.entries()].flatMap(([label, groups]) =>
    groups.length > 0 && !groups.some((group) => heldOut.has(group)) ? [label] : [],
  );
  return { heldOut, untested };
}

function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  const random = createRandom(0);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
