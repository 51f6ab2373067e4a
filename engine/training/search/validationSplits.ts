/** Parts of the training data to choose on: the test part stays unseen. */
import { countClasses, subsetOf } from "#engine/data/dataset.ts";
import { holdOutOf } from "#engine/data/heldOutSets.ts";
import type { TrainingData } from "#engine/data/inputs.ts";

/**
 * Where the smallest class has fewer validation rows, one split decides by chance: on 32 public tasks choosing by
 * validation cost 0.4 points with at least this many, 1.2 with 2 to 9 and 2.3 with one.
 */
export const enoughRows = 10;
/**
 * Many classes make up for few rows of each: the mean over 77 classes with 7 rows each moves less than that over 10 with 10.
 * One split does where the variance of the mean recall is at most that of so many rows, in as many classes as you like.
 */
const enoughInAll = 100;
/** Splits where one does not do. Each has a third of the epochs, and losses that learn fast look better than they are. */
const repeats = 3;

export interface ValidationSplits {
  /** Of each, `test` is the validation part and `counts` those of the rest. */
  readonly splits: readonly TrainingData[];
  /** The tested class with the fewest validation rows in a split. */
  readonly smallest: { readonly name: string; readonly rows: number };
  /** Classes with a single sample, which stays in training. */
  readonly untested: readonly string[];
}

/** Returns stratified splits of the training part: one where its validation rows are enough, else three. */
export function validationSplits(data: TrainingData, wanted?: number): ValidationSplits {
  const first = splitBy(data, 1);
  const rows = countClasses(first.data.test, data.classes.length);
  let smallest = -1;
  for (const [k, count] of rows.entries())
    if (count > 0 && (smallest < 0 || count < (rows[smallest] ?? 0))) smallest = k;
  const least = rows[smallest] ?? 0;
  const number = wanted ?? (least >= enoughRows || evenRows(rows) >= enoughInAll ? 1 : repeats);
  const others = Array.from({ length: number - 1 }, (_, i) => splitBy(data, i + 2).data);
  return {
    splits: [first.data, ...others],
    smallest: { name: data.classes[smallest] ?? "", rows: least },
    untested: first.untested.map((k) => data.classes[k] ?? String(k)),
  };
}

/** Rows of equally many in each tested class whose mean recall would vary as much. */
function evenRows(rows: readonly number[]): number {
  const tested = rows.filter((count) => count > 0);
  return tested.length ** 2 / tested.reduce((sum, count) => sum + 1 / count, 0);
}

function splitBy(data: TrainingData, seed: number): { data: TrainingData; untested: readonly number[] } {
  const { train, test, untested } = holdOutOf(data.train, data.classes.length, seed);
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
