/** Losses in the words of OpenMMLab's registries. */
import { withDefaults } from "#protocol/losses.ts";
import { type PythonSetting, pythonFloat } from "../syntax/pythonText.ts";
import type { TargetChange } from "../target.ts";
import { type Divisor, type Reason, weightsFor } from "../weights.ts";
import type { LossExpression } from "./openmmlab.ts";

const coefficient: PythonSetting = ["loss_weight", "1.0"];

/** Plain cross-entropy; `more` are settings between its type and its coefficient. */
export function plainCrossEntropy(more: readonly PythonSetting[] = []): LossExpression {
  return {
    settings: [["type", "'CrossEntropyLoss'"], ...more, coefficient],
    remark: "no weights",
    notes: [],
    corrects: false,
  };
}

/**
 * Cross-entropy with class weights; undefined where the choice is another loss. `background` is the weight of the
 * last logit where it stands for background.
 */
export function weightedCrossEntropy(
  change: TargetChange,
  framework: { readonly title: string; readonly divisor: Divisor },
  more: readonly PythonSetting[] = [],
  background?: number,
): LossExpression | Reason | undefined {
  const found = weightsFor(change, framework);
  if (!found || "reason" in found) return found;
  const weights = background === undefined ? found.weights : [...found.weights, background];
  return {
    settings: [["type", "'CrossEntropyLoss'"], ...more, coefficient, ["class_weight", weights]],
    remark: background === undefined ? found.remark : `${found.remark}, background ${background} last`,
    notes: found.notes,
    corrects: true,
  };
}

/** Focal loss; undefined where alpha is switched off, which the toolboxes cannot. */
export function focal(
  { choice }: TargetChange,
  more: readonly PythonSetting[] = [],
): LossExpression | undefined {
  const parameters = withDefaults(choice.loss, choice.parameters);
  if (Number(parameters["alpha"]) < 0) return undefined;
  return {
    settings: [
      ["type", "'FocalLoss'"],
      ...more,
      ["gamma", pythonFloat(parameters["gamma"])],
      ["alpha", pythonFloat(parameters["alpha"])],
      coefficient,
    ],
    remark: "focal loss does not use them",
    notes: [],
    corrects: false,
  };
}

/** Seesaw loss, which must know the number of classes in advance. */
export function seesaw({ choice, provenance }: TargetChange, notes: readonly string[] = []): LossExpression {
  const parameters = withDefaults(choice.loss, choice.parameters);
  return {
    settings: [
      ["type", "'SeesawLoss'"],
      ["p", pythonFloat(parameters["p"])],
      ["q", pythonFloat(parameters["q"])],
      ["num_classes", String(provenance.classes.length)],
      coefficient,
    ],
    remark: "Seesaw counts while it trains",
    notes,
    corrects: true,
  };
}
