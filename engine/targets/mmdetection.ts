/** MMDetection 3.x configurations. `EQLV2Loss` is in 3.1 and later. */
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { knowsEqlV2, whichVersion } from "./ages.ts";
import { basePaths } from "./openmmlab/bases.ts";
import { detectionHeads, region } from "./openmmlab/detectionHeads.ts";
import { focal, plainCrossEntropy, seesaw, weightedCrossEntropy } from "./openmmlab/expressions.ts";
import { insertWithLists } from "./openmmlab/inheritedLists.ts";
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
import { flagAt, settingsOf } from "./syntax/pythonSettings.ts";
import { type PythonSetting, pythonFloat } from "./syntax/pythonText.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";

const title = "MMDetection 3";
const softmax: readonly PythonSetting[] = [["use_sigmoid", "False"]];
const sigmoid: readonly PythonSetting[] = [["use_sigmoid", "True"]];

const toolkit: Toolkit = {
  title,
  classAware: true,
  kept: ["loss_weight"],
  place(situation) {
    const { python, settings, change } = situation;
    if (/\bsamples_per_gpu\s*=/.test(python.text)) {
      return {
        reason: t`This is a configuration of MMDetection 2 (data with samples_per_gpu). Equipoise knows version 3; migrate it first, nothing was changed.`,
      };
    }
    const heads = detectionHeads(situation);
    if ("reason" in heads) return heads;
    const masks = "model.roi_head.mask_head";
    const agnostic = flagAt(python, settings, `${masks}.class_agnostic`) === true;
    for (const head of agnostic ? heads.paths : [...heads.paths, masks]) {
      const reason = headCountProblem(situation, head);
      if (reason !== undefined) return { reason };
    }
    const loss = heads.kind === "region" ? regionLoss(change) : denseLoss(change);
    return "reason" in loss ? loss : { paths: heads.paths.map((head) => `${head}.loss_cls`), loss };
  },
};

export const mmdetection: Target = {
  id: "mmdetection",
  title,
  packages: ["mmdet"],
  grammar: "python",
  accepts: {
    losses: [
      "cross-entropy",
      "weighted-cross-entropy",
      "class-balanced-softmax",
      "equalization-v2",
      "seesaw",
      "sigmoid-focal",
    ],
    samplers: ["instance-balanced", "class-aware", "repeat-factor"],
    order:
      "position in metainfo.classes; region heads have one more logit, background, which is the last entry of class_weight",
  },
  recognises: (fileName, text) => toolboxOf(fileName, text) === "mmdet",
  builtOn: basePaths,
  presentLoss(text) {
    const python = parsePython(text);
    const found = settingsOf(python).findLast(({ path }) =>
      /^model\.(?:roi_head\.)?bbox_head(?:\.\d+)?\.loss_cls$/.test(path),
    );
    return found && describeLoss(python, found.value);
  },
  insert: (text, change) =>
    insertWithLists(text, [region], change, (whole) => insertInto(whole, change, toolkit)),
};

/** Softmax heads of two-stage detectors. */
function regionLoss(change: TargetChange): LossExpression | Reason {
  const { choice, provenance, installed } = change;
  switch (choice.loss) {
    case "cross-entropy":
      return plainCrossEntropy(softmax);
    case "seesaw":
      return seesaw(change, [
        t`Seesaw gives the classifier two more outputs than classes, so checkpoints of other heads do not fit.`,
      ]);
    case "equalization-v2": {
      const parameters = withDefaults(choice.loss, choice.parameters);
      const known = knowsEqlV2(installed);
      if (installed && known === false) {
        return {
          reason: t`EQLV2Loss came with MMDetection 3.1, installed is ${whichVersion(installed)}. Take a newer release, or insert another loss; nothing was changed.`,
        };
      }
      return {
        settings: [
          ["type", "'EQLV2Loss'"],
          // Background is not counted here, unlike in the classifier.
          ["num_classes", String(provenance.classes.length)],
          ["gamma", String(parameters["gamma"])],
          ["mu", pythonFloat(parameters["mu"])],
          ["alpha", pythonFloat(parameters["alpha"])],
          ["use_distributed", "False"],
        ],
        remark: "EQL v2 collects gradients while it trains",
        notes: [
          t`Set use_distributed=True when you train on several GPUs, or each keeps a gradient ratio of its own.`,
          ...(known ? [] : [t`EQLV2Loss came with MMDetection 3.1.`]),
        ],
        corrects: true,
      };
    }
    case "sigmoid-focal":
      return {
        reason: t`${title} has focal loss for dense heads; this model classifies regions with a softmax. Insert EQL v2, Seesaw or class weights.`,
      };
  }
  return (
    weightedCrossEntropy(change, { title, divisor: "rows" }, softmax, 1) ??
    unavailable(
      title,
      inSentence(losses[choice.loss].title),
      "cross-entropy, class-balanced softmax, EQL v2 and Seesaw for this head",
    )
  );
}

/** Heads of one-stage detectors, which judge each class alone. */
function denseLoss(change: TargetChange): LossExpression | Reason {
  const { loss } = change.choice;
  if (loss === "sigmoid-focal") {
    return (
      focal(change, sigmoid) ?? {
        reason: t`${title} cannot switch alpha off. Set alpha between 0 and 1, or copy the loss as PyTorch.`,
      }
    );
  }
  if (loss === "seesaw" || loss === "equalization-v2") {
    return {
      reason: t`${losses[loss].title} is for region heads in ${title}; this model has a dense head, where it fails. Insert focal loss, or choose a sampler.`,
    };
  }
  return unavailable(title, inSentence(losses[loss].title), "focal (sigmoid) for this head");
}
