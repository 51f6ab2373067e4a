/** What to hold out of samples with several labels: Sechidis, Tsoumakas and Vlahavas 2011, ECML PKDD, algorithm 1. */
import { classesOf, countSets, type LabelSets, pickSets } from "#engine/manifest/labelSets.ts";
import { createRandom, shuffle } from "#engine/sampling/random.ts";
import { heldOutCount } from "#engine/statistics/heldOut.ts";
import type { Dataset } from "./dataset.ts";
import { type HeldOut, holdOut } from "./heldOut.ts";

/** Returns a split by the labels that samples have, one each or sets of them. */
export function holdOutOf(
  { labels, sets }: Pick<Dataset, "labels" | "sets">,
  classes: number,
  seed: number,
): HeldOut {
  return sets ? holdOutSets(sets, classes, seed) : holdOut(labels, classes, seed);
}

/** What one part still wants. */
interface Part {
  readonly samples: number[];
  /** `[classes]`. */
  readonly wants: Float64Array;
  left: number;
}

/**
 * Returns a split that holds out a fifth of every class (rounded, at least 1 where the class has 2) and of the samples
 * without a class, by iterative stratification: the class with the fewest samples left is shared out first, each sample to
 * the part that wants most of that class. Drawn by the seed. No class loses its last training sample.
 */
export function holdOutSets(sets: LabelSets, classes: number, seed = 0): HeldOut {
  const samples = sets.starts.length - 1;
  const counts = countSets(sets, classes);
  const held = counts.map((count) => heldOutCount(count));
  const test = partOf(held, heldOutCount(samples));
  const train = partOf(
    counts.map((count, k) => count - (held[k] as number)),
    samples - heldOutCount(samples),
  );
  const order = new Int32Array(samples);
  shuffle(order, createRandom(seed));
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (const sample of order) for (const k of classesOf(sets, sample)) members[k]?.push(sample);
  const open = new Uint8Array(samples).fill(1);
  const left = [...counts];
  const share = (sample: number, k: number | undefined): void => {
    const part = wanting(train, test, k);
    part.samples.push(sample);
    part.left--;
    open[sample] = 0;
    for (const own of classesOf(sets, sample)) {
      part.wants[own] = (part.wants[own] as number) - 1;
      left[own] = (left[own] as number) - 1;
    }
  };
  for (let k = rarest(left); k !== undefined; k = rarest(left))
    for (const sample of members[k] ?? []) if (open[sample] === 1) share(sample, k);
  for (const sample of order) if (open[sample] === 1) share(sample, undefined);
  giveBack(sets, train, test, classes);
  const tested = countOf(sets, test.samples, classes);
  return {
    train: Int32Array.from(train.samples).sort(),
    test: Int32Array.from(test.samples).sort(),
    untested: [...counts.keys()].filter((k) => (counts[k] as number) > 0 && tested[k] === 0),
  };
}

function partOf(wants: readonly number[], samples: number): Part {
  return { samples: [], wants: Float64Array.from(wants), left: samples };
}

/** The part that wants most of a class, on a tie most samples; training where both want as much. */
function wanting(train: Part, test: Part, k: number | undefined): Part {
  const more = k === undefined ? 0 : (test.wants[k] as number) - (train.wants[k] as number);
  return (more === 0 ? test.left - train.left : more) > 0 ? test : train;
}

/** The class with the fewest samples that are not shared out; undefined where none is left. */
function rarest(left: readonly number[]): number | undefined {
  let found: number | undefined;
  for (const [k, count] of left.entries())
    if (count > 0 && (found === undefined || count < (left[found] as number))) found = k;
  return found;
}

/** A class that came along with others may lie in the test part alone: its first sample there goes back to training. */
function giveBack(sets: LabelSets, train: Part, test: Part, classes: number): void {
  const trained = countOf(sets, train.samples, classes);
  for (let k = 0; k < classes; k++) {
    if (trained[k] !== 0) continue;
    const at = test.samples.findIndex((sample) => classesOf(sets, sample).includes(k));
    if (at < 0) continue;
    const [sample = 0] = test.samples.splice(at, 1);
    train.samples.push(sample);
    for (const own of classesOf(sets, sample)) trained[own] = (trained[own] as number) + 1;
  }
}

function countOf(sets: LabelSets, samples: readonly number[], classes: number): number[] {
  return countSets(pickSets(sets, samples), classes);
}
