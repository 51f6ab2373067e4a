/** MMPretrain 1.x configurations. Checked against version 1.2.0. */
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { basePaths } from "./openmmlab/bases.ts";
import { focal, plainCrossEntropy, seesaw, weightedCrossEntropy } from "./openmmlab/expressions.ts";
import {
  describeLoss,
  headCountProblem,
  insertInto,
  type LossExpression,
  type Toolkit,
  unavailable,
} from "./openmmlab/openmmlab.ts";
import { toolboxOf } from "./openmmlab/toolbox.ts";
import { parsePython } from "./syntax/python.ts";
import { settingAt, settingsOf } from "./syntax/pythonSettings.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";

const title = "MMPretrain 1";
const path = "model.head.loss";

const toolkit: Toolkit = {
  title,
  classAware: false,
  kept: ["loss_weight"],
  place(situation) {
    const reason = headCountProblem(situation, "model.head");
    if (reason !== undefined) return { reason };
    const loss = lossOf(situation.change);
    return "reason" in loss ? loss : { paths: [path], loss };
  },
};

export const mmpretrain: Target = {
  id: "mmpretrain",
  title,
  packages: ["mmpretrain", "mmcls"],
  grammar: "python",
  accepts: {
    losses: ["cross-entropy", "weighted-cross-entropy", "class-balanced-softmax", "sigmoid-focal", "seesaw"],
    samplers: ["instance-balanced", "repeat-factor"],
    order: "training index; no background",
  },
  recognises: (fileName, text) => toolboxOf(fileName, text) === "mmpretrain",
  builtOn: basePaths,
  presentLoss(text) {
    const python = parsePython(text);
    const loss = settingAt(settingsOf(python), path);
    return loss && describeLoss(python, loss.value);
  },
  insert: (text, change) => insertInto(text, change, toolkit),
};

function lossOf(change: TargetChange): LossExpression | Reason {
  const { loss } = change.choice;
  if (loss === "cross-entropy") return plainCrossEntropy();
  if (loss === "seesaw") return seesaw(change);
  if (loss === "sigmoid-focal") {
    return (
      focal(change) ?? {
        reason: t`${title} cannot switch alpha off. Set alpha between 0 and 1, or copy the loss as PyTorch.`,
      }
    );
  }
  return (
    weightedCrossEntropy(change, { title, divisor: "rows" }) ??
    unavailable(
      title,
      inSentence(losses[loss].title),
      "cross-entropy, class-balanced softmax, seesaw and focal (sigmoid)",
    )
  );
}
