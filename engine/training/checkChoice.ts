/** Whether what a run tries is possible, told before anything is trained. */
import { prepareLoss } from "#engine/losses/registry.ts";
import type { LossChoice } from "#protocol/training.ts";
import { lossRows } from "./lossRows.ts";
import { phasesOf } from "./phases.ts";
import { checkRecipe, prepareRecipe } from "./recipes/recipes.ts";
import { requireSameHead } from "./stage.ts";

/**
 * Throws `settings/invalid` or `loss/unsuitable` where the loss, its schedule or its recipe does not fit the epochs, the
 * counts, `[classes]`, or the training labels.
 */
export function checkChoice(
  choice: LossChoice,
  epochs: number,
  counts: readonly number[],
  labels: Int32Array = new Int32Array(),
): void {
  const { firstEpochs } = prepareRecipe(choice, epochs);
  const [first, ...later] = phasesOf(choice, firstEpochs).map(({ loss, parameters }) =>
    prepareLoss(loss, parameters, lossRows(loss, labels, counts).counts),
  );
  if (!first) return;
  for (const loss of later) requireSameHead(first, loss);
  checkRecipe(choice, epochs, first.columns, counts);
}
