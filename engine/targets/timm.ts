/** Arguments of timm's `train.py` (`-c FILE`), 1.0: no class weights, no focal loss, no sampler. */

import { extent, type YamlDocument } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { classCountProblem } from "./classOrder.ts";
import { isYaml, topKeys } from "./recognition.ts";
import { nodeAt, valueAt, yamlNumber } from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "timm 1.0";

/** Arguments that few other programs have. */
const rare: ReadonlySet<string> = new Set([
  "aa",
  "aug_repeats",
  "bce_loss",
  "bce_target_thresh",
  "bce_pos_weight",
  "clip_grad",
  "clip_mode",
  "cutmix",
  "decay_epochs",
  "drop_path",
  "jsd_loss",
  "layer_decay",
  "mixup_off_epoch",
  "mixup_prob",
  "mixup_switch_prob",
  "model_ema",
  "model_ema_decay",
  "opt",
  "opt_betas",
  "opt_eps",
  "recount",
  "remode",
  "reprob",
  "sched",
  "smoothing",
  "train_interpolation",
  "warmup_lr",
  "native_amp",
  "channels_last",
  "torchscript",
  "sync_bn",
  "crop_pct",
  "data_dir",
]);

export const timm: Target = {
  id: "timm",
  title,
  accepts: {
    losses: ["cross-entropy", "binary-cross-entropy"],
    samplers: ["instance-balanced"],
    order: "sorted class folders or class_map; it takes no list by class",
  },
  recognises: (fileName, text) =>
    isYaml(fileName, text) && topKeys(text, rare) >= 3 && !/^task\s*:/m.test(text),
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const place = extent(nodeAt(yaml, ["bce_loss"]));
    return (
      place && {
        name: valueAt(yaml, ["bce_loss"]) === true ? "binary cross-entropy" : "cross-entropy",
        ...place,
      }
    );
  },
  insert: (text, change) => insertYaml(text, change, express),
};

function express(yaml: YamlDocument, { choice, provenance }: TargetChange): YamlInsertion | Reason {
  const reason = classCountProblem("num_classes", yamlNumber(yaml, ["num_classes"]), provenance.classes);
  if (reason !== undefined) return { reason };
  if (choice.sampler !== "instance-balanced")
    return {
      reason: t`The train.py of ${title} has no sampler by class. Insert the loss without the sampler.`,
    };
  const { loss } = choice;
  if (loss !== "cross-entropy" && loss !== "binary-cross-entropy") {
    return {
      reason: t`The train.py of ${title} takes no class weights and has no ${inSentence(losses[loss].title)}: it has cross-entropy (smoothing) and binary cross-entropy (bce_loss). Copy the loss as PyTorch and put it in the place of train_loss_fn.`,
    };
  }
  const sigmoid = loss === "binary-cross-entropy";
  if (!sigmoid && nodeAt(yaml, ["bce_loss"]) === undefined)
    return { reason: t`${title} trains with cross-entropy already; there is nothing to insert.` };
  return { values: [[["bce_loss"], sigmoid]], remark: "not used by this loss", notes: [] };
}
