/** The losses of a sweep whose user names none. */
import { countClasses } from "#engine/data/dataset.ts";
import { readParts } from "#engine/data/parts.ts";
import { recommend } from "#engine/recommendation/recommend.ts";
import { severalView, viewOf } from "#engine/training/proposeLosses.ts";
import { searchCandidates, sigmoidCandidates } from "#engine/training/search/candidates.ts";
import type { ExperimentPlan, LossChoice } from "#protocol/training.ts";

/** Returns what measured advice tries, cross-entropy first; of crops and masks, which it does not know, the plan's losses. */
export async function usualChoices(plan: ExperimentPlan): Promise<readonly LossChoice[]> {
  if (plan.inputs !== "embeddings" && plan.inputs !== "images") return plan.losses;
  const split = await readParts(plan);
  const counts = countClasses(split.train, split.classes.length);
  if (split.train.sets) {
    const view = severalView(split.classes, counts, split.train.positions.length);
    return sigmoidCandidates(counts, recommend(view, plan.objective));
  }
  return searchCandidates(counts, recommend(viewOf(split.classes, counts, plan.inputs), plan.objective));
}

/** Where a sweep of a manifest is written: beside it, as NAME.sweep.json. */
export function sweepPathFor(manifest: string): string {
  return `${manifest.replace(/\.[^./\\]+$/, "")}.sweep.json`;
}
