/** The two parts of an experiment's data, whatever kind they are. */
import type { ExperimentPlan } from "#protocol/training.ts";
import { readCropSplit } from "./crops.ts";
import { readMaskSplit } from "./masks.ts";
import { readSplit, requireUsable, type Split } from "./split.ts";

/**
 * Returns the labels of both parts. Throws `data/unreadable` where they cannot be read and `data/mismatch` where they do
 * not belong together, or leave nothing to train or to test.
 */
export async function readParts({
  inputs,
  train,
  test,
}: Pick<ExperimentPlan, "inputs" | "train" | "test">): Promise<Split> {
  if (inputs === "embeddings" || inputs === "images") return readSplit(train, test);
  const split = await (inputs === "crops" ? readCropSplit : readMaskSplit)(train, test);
  requireUsable(split, train, test);
  return split;
}
