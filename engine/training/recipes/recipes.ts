/** Every recipe, and whether one fits a choice, a plan and the data. */

import { checkValues } from "#engine/losses/registry.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { recipes as infos, type RecipeId, recipeIds, recipeSettings } from "#protocol/recipes.ts";
import type { LossChoice } from "#protocol/training.ts";
import { headOf } from "../stage.ts";
import { balms } from "./balms.ts";
import { ncm, postHoc, tauNorm } from "./closedForm.ts";
import { lws } from "./lws.ts";
import { crt, decoupledBalancedSoftmax } from "./newHead.ts";
import { type Recipe, type RecipeValues, valuesOf } from "./recipe.ts";

/** An id without its recipe does not compile. */
const recipes: Readonly<Record<RecipeId, Recipe>> = {
  plain: {},
  crt,
  lws,
  "tau-norm": tauNorm,
  ncm,
  "decoupled-balanced-softmax": decoupledBalancedSoftmax,
  balms,
  "post-hoc": postHoc,
};

/** The recipe of a choice, made ready for a number of epochs. */
export interface PreparedRecipe {
  readonly recipe: Recipe;
  readonly values: RecipeValues;
  /** Epochs that train the network, and those of the second stage; together those of the run. */
  readonly firstEpochs: number;
  readonly secondEpochs: number;
  /** Whether a fifth of each class is held out from training. */
  readonly validates: boolean;
}

/** Returns the recipe of a choice. Throws `settings/invalid` naming what does not fit. */
export function prepareRecipe(choice: LossChoice, epochs: number): PreparedRecipe {
  const id = choice.recipe ?? "plain";
  if (!recipeIds.includes(id)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`There is no recipe ${String(id)}. Take ${recipeIds.join(t` or `)}.`,
    );
  }
  checkValues(infos[id], choice.settings ?? {});
  const recipe = recipes[id];
  const values = valuesOf(recipeSettings(id, choice.settings));
  const secondEpochs = recipe.second ? stageEpochs(id, values, epochs) : 0;
  return {
    recipe,
    values,
    firstEpochs: epochs - secondEpochs,
    secondEpochs,
    validates: recipe.validates?.(values) ?? false,
  };
}

function stageEpochs(id: RecipeId, values: RecipeValues, epochs: number): number {
  const given = values.number("stageEpochs");
  const wanted = given === 0 ? Math.max(1, Math.round(epochs / 5)) : given;
  if (Number.isInteger(wanted) && wanted < epochs) return wanted;
  throw new EquipoiseError(
    "settings/invalid",
    t`${infos[id].title}: its second stage takes ${wanted} of ${epochs} epochs, and one or more must train the network. Give more epochs, or a whole number of stageEpochs below them.`,
  );
}

/**
 * Throws `settings/invalid` where a recipe does not go with the loss, the columns of its logits, or the counts,
 * `[classes]`.
 */
export function checkRecipe(
  choice: LossChoice,
  epochs: number,
  columns: number,
  counts: readonly number[],
): void {
  const { recipe, validates } = prepareRecipe(choice, epochs);
  const { title } = infos[choice.recipe ?? "plain"];
  const last = choice.schedule?.loss ?? choice.loss;
  if (recipe.needsLinearHead && (headOf(last) !== "linear" || columns !== counts.length)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`${title} changes a linear head with one column a class, and ${losses[last].title} has another. Choose cross-entropy, or another recipe.`,
    );
  }
  if (recipe.needsLinearHead && losses[last].family === "sigmoid") {
    throw new EquipoiseError(
      "settings/invalid",
      t`${title} compares classes, and ${losses[last].title} judges each class alone. Choose cross-entropy for it.`,
    );
  }
  if (validates && !counts.some((count) => count >= 2)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`${title}: the validation part is empty, as no class has the two samples that holding one out takes. Add samples, or choose settings that need no validation part: tau from 0, metaSet training.`,
    );
  }
}
