/** The two parts of an experiment's data, whatever kind they are. */

import { t } from "#protocol/l10n.ts";
import type { ExperimentPlan, SplitKind } from "#protocol/training.ts";
import { readCropSplit } from "./crops.ts";
import { countClasses } from "./dataset.ts";
import { readMaskSplit } from "./masks.ts";
import { nameSome, readSplit, requireUsable, type Split } from "./split.ts";

/** With fewer test samples of a class its recall moves in steps of more than a tenth. */
const enough = 10;

/**
 * Returns the labels of both parts. Throws `data/unreadable` where they cannot be read and `data/mismatch` where they do
 * not belong together, or leave nothing to train or to test.
 * @param seed of what is held out where samples have one label and no test part is named
 */
export async function readParts(
  { inputs, train, test, splits }: Pick<ExperimentPlan, "inputs" | "train" | "test" | "splits">,
  seed = 0,
): Promise<Split> {
  if (inputs === "embeddings" || inputs === "images") {
    const split = await readSplit(train, test, seed);
    return { ...split, notes: [...split.notes, ...smallNote(split, splits)] };
  }
  const split = await (inputs === "crops" ? readCropSplit : readMaskSplit)(train, test);
  requireUsable(split, train, test);
  return split;
}

/** Returns how the test samples should be drawn: anew with every seed where a held-out class has only a few. */
export function suitableSplits(split: Split): SplitKind {
  return split.heldOut && smallClasses(split).length > 0 ? "repeated" : "same";
}

/** Names of the tested classes that have few test samples, the fewest first. */
function smallClasses({ classes, test }: Split): string[] {
  const counts = countClasses(test, classes.length);
  return [...classes.keys()]
    .filter((k) => (counts[k] ?? 0) > 0 && (counts[k] ?? 0) < enough)
    .sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0))
    .map((k) => classes[k] ?? String(k));
}

function smallNote(split: Split, splits: SplitKind | undefined): string[] {
  const small = split.heldOut ? smallClasses(split) : [];
  if (small.length === 0) return [];
  const are =
    small.length === 1
      ? t`One class has fewer than ${enough} test samples`
      : t`${small.length} classes have fewer than ${enough} test samples`;
  const remedy =
    splits === "repeated"
      ? t`every seed holds out another fifth, so that more of their samples are tested`
      : t`their recall moves in large steps`;
  return [t`${are} (${nameSome(small)}): ${remedy}.`];
}
