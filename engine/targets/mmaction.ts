/** MMAction2 1.x configurations: the only toolbox of OpenMMLab with a class-balanced focal loss. Checked against 1.2.0. */
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { basePaths } from "./openmmlab/bases.ts";
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
import { pythonFloat } from "./syntax/pythonText.ts";
import type { Target, TargetChange } from "./target.ts";
import { emptyReason, type Reason, weightsFor } from "./weights.ts";

const title = "MMAction2 1";
const path = "model.cls_head.loss_cls";

const toolkit: Toolkit = {
  title,
  classAware: false,
  kept: ["loss_weight"],
  place(situation) {
    if (situation.change.choice.sampler !== "instance-balanced")
      return { reason: t`${title} has no sampler of this kind. Insert the loss without the sampler.` };
    const reason = headCountProblem(situation, "model.cls_head");
    if (reason !== undefined) return { reason };
    const loss = lossOf(situation.change);
    return "reason" in loss ? loss : { paths: [path], loss };
  },
};

export const mmaction: Target = {
  id: "mmaction",
  title,
  packages: ["mmaction2"],
  grammar: "python",
  accepts: {
    losses: ["cross-entropy", "weighted-cross-entropy", "class-balanced-softmax", "class-balanced-focal"],
    samplers: ["instance-balanced"],
    order: "label number of the annotation file; no background",
  },
  recognises: (fileName, text) => toolboxOf(fileName, text) === "mmaction",
  builtOn: basePaths,
  presentLoss(text) {
    const python = parsePython(text);
    const loss = settingAt(settingsOf(python), path);
    return loss && describeLoss(python, loss.value);
  },
  insert: (text, change) => insertInto(text, change, toolkit),
};

function lossOf(change: TargetChange): LossExpression | Reason {
  const { choice, provenance } = change;
  if (choice.loss === "cross-entropy")
    return { settings: [["type", "'CrossEntropyLoss'"]], remark: "no weights", notes: [], corrects: false };
  if (choice.loss === "class-balanced-focal") {
    const parameters = withDefaults(choice.loss, choice.parameters);
    const empty = provenance.classes.filter(({ count }) => count <= 0);
    // Its own formula divides by 0 there, whatever `absent` says.
    if (empty.length > 0)
      return {
        reason: emptyReason(
          empty.map(({ name }) => name),
          false,
        ),
      };
    return {
      settings: [
        ["type", "'CBFocalLoss'"],
        ["samples_per_cls", provenance.classes.map(({ count }) => String(count))],
        ["beta", pythonFloat(parameters["beta"])],
        ["gamma", pythonFloat(parameters["gamma"])],
      ],
      remark: `beta ${parameters["beta"]}, weights scaled to mean 1 by the loss`,
      notes: [
        t`Its focal factor becomes 0 and its gradient NaN for a positive whose logit is below about −88.`,
      ],
      corrects: true,
    };
  }
  const weighted = weightsFor(change, { title, divisor: "weights" });
  if (!weighted)
    return unavailable(
      title,
      inSentence(losses[choice.loss].title),
      "cross-entropy, class-balanced softmax and class-balanced focal",
    );
  if ("reason" in weighted) return weighted;
  return {
    settings: [
      ["type", "'CrossEntropyLoss'"],
      ["class_weight", weighted.weights],
    ],
    remark: weighted.remark,
    notes: weighted.notes,
    corrects: true,
  };
}
