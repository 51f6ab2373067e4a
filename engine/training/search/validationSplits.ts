/** Parts of the training data to choose on: the test part stays unseen. */
import { countClasses, subsetOf } from "#engine/data/dataset.ts";
import { holdOut } from "#engine/data/heldOut.ts";
import { holdOutSets } from "#engine/data/heldOutSets.ts";
import type { TrainingData } from "#engine/data/inputs.ts";

/**
 * Where the smallest class has fewer validation rows, one split decides by chance: on 32 public tasks choosing by
 * validation cost 0.4 points with at least this many, 1.2 with 2 to 9 and 2.3 with one.
 */
export const enoughRows = 10;
/** Splits where one does not do. */
const repeats = 3;

export interface ValidationSplits {
  /** Of each, `test` is the validation part and `counts` those of the rest. */
  readonly splits: readonly TrainingData[];
  /** The tested class with the fewest validation rows in a split. */
  readonly smallest: { readonly name: string; readonly rows: number };
  /** Classes with a single sample, which stays in training. */
  readonly untested: readonly string[];
}

/** Returns stratified splits of the training part: one where every tested class then has ten validation rows, else three. */
export function validationSplits(data: TrainingData, wanted?: number): ValidationSplits {
  const first = splitBy(data, 1);
  const rows = countClasses(first.data.test, data.classes.length);
  let smallest = -1;
  for (const [k, count] of rows.entries())
    if (count > 0 && (smallest < 0 || count < (rows[smallest] ?? 0))) smallest = k;
  const least = rows[smallest] ?? 0;
  const number = wanted ?? (least >= enoughRows ? 1 : repeats);
  const others = Array.from({ length: number - 1 }, (_, i) => splitBy(data, i + 2).data);
  return {
    splits: [first.data, ...others],
    smallest: { name: data.classes[smallest] ?? "", rows: least },
    untested: first.untested.map((k) => data.classes[k] ?? String(k)),
  };
}

function splitBy(data: TrainingData, seed: number): { data: TrainingData; untested: readonly number[] } {
  const { labels, sets } = data.train;
  const { train, test, untested } = sets
    ? holdOutSets(sets, data.classes.length, seed)
    : holdOut(labels, data.classes.length, seed);
  const part = subsetOf(data.train, train);
  return {
    data: {
      ...data,
      train: part,
      test: subsetOf(data.train, test),
      counts: countClasses(part, data.classes.length),
    },
    untested,
  };
}
