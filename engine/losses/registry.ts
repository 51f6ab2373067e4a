/** Every loss, and how one is made ready for a data set. */
import { isInRange, rangeWords } from "#engine/statistics/range.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { type LossId, type LossParameters, losses, type Parameter, withDefaults } from "#protocol/losses.ts";
import { balancedSoftmax } from "./balancedSoftmax.ts";
import { binaryCrossEntropy } from "./binaryCrossEntropy.ts";
import {
  classBalancedFocal,
  classBalancedSigmoid,
  classBalancedSoftmax,
  classBalancedSoftmaxBce,
} from "./classBalanced.ts";
import { crossEntropy, weightedCrossEntropy } from "./crossEntropy.ts";
import { equalization, softmaxEqualization2020 } from "./equalization.ts";
import { equalizationV2 } from "./equalizationV2.ts";
import { equalizedFocal, equalizedQualityFocal } from "./equalizedFocal.ts";
import { sigmoidFocal, softmaxFocal } from "./focal.ts";
import { ldam } from "./ldam.ts";
import { logitAdjustment } from "./logitAdjustment.ts";
import type { Loss, PreparedLoss, Setup } from "./loss.ts";
import { seesaw } from "./seesaw.ts";
import { softmaxEqualization } from "./softmaxEqualization.ts";

/** An id without its loss does not compile. */
export const lossRegistry: Readonly<Record<LossId, Loss>> = {
  "cross-entropy": crossEntropy,
  "weighted-cross-entropy": weightedCrossEntropy,
  "binary-cross-entropy": binaryCrossEntropy,
  "sigmoid-focal": sigmoidFocal,
  "softmax-focal": softmaxFocal,
  "class-balanced-softmax": classBalancedSoftmax,
  "class-balanced-sigmoid": classBalancedSigmoid,
  "class-balanced-focal": classBalancedFocal,
  "class-balanced-softmax-bce": classBalancedSoftmaxBce,
  "balanced-softmax": balancedSoftmax,
  "logit-adjustment": logitAdjustment,
  ldam,
  equalization,
  "softmax-equalization-2020": softmaxEqualization2020,
  "equalization-v2": equalizationV2,
  "softmax-equalization": softmaxEqualization,
  "equalized-focal": equalizedFocal,
  "equalized-quality-focal": equalizedQualityFocal,
  seesaw,
};

/**
 * Returns a loss ready for training on data with these training counts, `[classes]`.
 *
 * Parameters left out take their defaults. Throws `settings/invalid` for a parameter that is unknown or out of its
 * range and `loss/unsuitable` for counts that no training set has.
 */
export function prepareLoss(id: LossId, parameters: LossParameters, counts: ArrayLike<number>): PreparedLoss {
  const defaults = losses[id].parameters.map((parameter) => [parameter.name, parameter.default]);
  const values: LossParameters = { ...Object.fromEntries(defaults), ...checkParameters(id, parameters) };
  return lossRegistry[id].prepare(setupOf(id, values, checkedCounts(id, counts)));
}

function setupOf(id: LossId, values: LossParameters, counts: Float64Array): Setup {
  const value = <T>(name: string, kind: string): T => {
    const found = values[name];
    if (typeof found !== kind) throw new EquipoiseError("internal", `${id} has no ${kind} named ${name}`);
    return found as T;
  };
  return {
    classes: counts.length,
    counts,
    number: (name) => value<number>(name, "number"),
    choice: (name) => value<string>(name, "string"),
    flag: (name) => value<boolean>(name, "boolean"),
  };
}

function checkedCounts(id: LossId, counts: ArrayLike<number>): Float64Array {
  const title = losses[id].title;
  if (counts.length === 0) {
    throw new EquipoiseError(
      "loss/unsuitable",
      `${title}: there are no classes. Name a manifest with labels.`,
    );
  }
  const checked = Float64Array.from(counts);
  const wrong = checked.findIndex((n) => !(n >= 0 && Number.isFinite(n)));
  if (wrong >= 0) {
    throw new EquipoiseError(
      "loss/unsuitable",
      `${title}: class ${wrong} has count ${checked[wrong]}. Counts are finite and not below 0; count again.`,
    );
  }
  return checked;
}

/**
 * Returns the parameters of a loss, those left out with their defaults (advanced ones stay out); throws
 * `settings/invalid` for one that is unknown or out of its range.
 */
export function checkParameters(id: LossId, parameters: LossParameters): LossParameters {
  checkValues(losses[id], parameters);
  return withDefaults(id, parameters);
}

/** Throws `settings/invalid` for a value that is none of these parameters, or out of its range. */
export function checkValues(
  { title, parameters }: { readonly title: string; readonly parameters: readonly Parameter[] },
  values: LossParameters,
): void {
  for (const [name, value] of Object.entries(values)) {
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (!parameter) {
      const known = parameters.map((candidate) => candidate.name).join(", ") || "none";
      throw new EquipoiseError("settings/invalid", `${title} has no parameter ${name}. It takes: ${known}.`);
    }
    if (!accepts(parameter, value)) {
      throw new EquipoiseError(
        "settings/invalid",
        `${title}: ${name} is ${String(value)}. Give ${wordsOf(parameter)}.`,
      );
    }
  }
}

function accepts(parameter: Parameter, value: number | string | boolean): boolean {
  if (parameter.kind === "flag") return typeof value === "boolean";
  if (parameter.kind === "choice") {
    return typeof value === "string" && parameter.choices?.includes(value) === true;
  }
  return typeof value === "number" && isInRange(value, parameter);
}

/** The values that a parameter takes, in words. */
function wordsOf(parameter: Parameter): string {
  if (parameter.kind === "flag") return "true or false";
  return parameter.kind === "choice"
    ? (parameter.choices ?? []).join(" or ")
    : `a number, ${rangeWords(parameter)}`;
}
