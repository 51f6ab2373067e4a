/**
 * Ultralytics training arguments (`cfg=FILE`): `cls_pw` is the power of inverse class frequency, one number. Releases of
 * 2026 have it (8.4.118 does, 8.4.14 does not); YOLOv5 has a key of the same name and another meaning.
 */

import { dirname, resolve } from "node:path";
import type { CountedName } from "#engine/project/provenance.ts";
import { extent, type YamlDocument } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { knowsClsPw, whichVersion } from "./ages.ts";
import { classListProblem } from "./classOrder.ts";
import { isYaml, topKeys } from "./recognition.ts";
import { classesInYaml } from "./statedClasses.ts";
import { nodeAt, valueAt, yamlString } from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "Ultralytics 8.4";

const argumentsOfTraining: ReadonlySet<string> = new Set([
  "task",
  "mode",
  "model",
  "data",
  "epochs",
  "patience",
  "batch",
  "imgsz",
  "device",
  "optimizer",
  "lr0",
  "lrf",
  "momentum",
  "weight_decay",
  "warmup_epochs",
  "box",
  "cls",
  "dfl",
  "hsv_h",
  "hsv_s",
  "hsv_v",
  "mosaic",
  "mixup",
  "fliplr",
  "close_mosaic",
  "cos_lr",
  "amp",
  "cls_pw",
]);
/** Keys of YOLOv5's hyperparameters, which look alike. */
export const ofYolov5: RegExp = /^(?:obj_pw|anchor_t|fl_gamma|iou_t)\s*:/m;

export const ultralytics: Target = {
  id: "ultralytics",
  title,
  packages: ["ultralytics"],
  accepts: {
    losses: ["weighted-cross-entropy", "binary-cross-entropy"],
    samplers: ["instance-balanced"],
    order:
      "key of names in the data set's YAML; it counts instances itself, and there is no background class",
  },
  recognises: (fileName, text) =>
    isYaml(fileName, text) &&
    !ofYolov5.test(text) &&
    !/^names\s*:/m.test(text) &&
    topKeys(text, argumentsOfTraining) >= 4,
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const place = extent(nodeAt(yaml, ["cls_pw"]));
    return place && { name: `cls_pw ${String(valueAt(yaml, ["cls_pw"]))}`, ...place };
  },
  builtOn(path, text) {
    const yaml = opened(text);
    const data = yaml instanceof EquipoiseError ? undefined : yamlString(yaml, ["data"]);
    return data !== undefined && /\.ya?ml$/i.test(data) ? [resolve(dirname(path), data)] : [];
  },
  insert: (text, change) => insertYaml(text, change, express),
};

/** Why the data set's own file has other classes than the manifest; undefined where it does not, or has none. */
function dataFileProblem(text: string, classes: readonly CountedName[]): string | undefined {
  const yaml = opened(text);
  if (yaml instanceof EquipoiseError) return undefined;
  const [stated] = classesInYaml(yaml);
  return classListProblem(stated?.names, classes);
}

/** Power of inverse frequency of a weight scheme. */
const powers: Readonly<Record<string, string>> = { inverse: "1.0", sqrtInverse: "0.5", none: "0.0" };

function express(
  yaml: YamlDocument,
  { choice, provenance, inherited = [], installed }: TargetChange,
): YamlInsertion | Reason {
  const [data] = inherited;
  const other = data === undefined ? undefined : dataFileProblem(data, provenance.classes);
  if (other !== undefined) return { reason: other };
  if (choice.sampler !== "instance-balanced")
    return { reason: t`${title} has no sampler in its arguments. Insert the loss without the sampler.` };
  const task = valueAt(yaml, ["task"]);
  if (typeof task === "string" && task !== "detect") {
    return {
      reason: t`cls_pw is for detection; this file is for the task ${task}, where it is not known to act. Nothing was changed.`,
    };
  }
  const parameters = withDefaults(choice.loss, choice.parameters);
  const power =
    choice.loss === "binary-cross-entropy"
      ? "0.0"
      : choice.loss === "weighted-cross-entropy"
        ? powers[String(parameters["scheme"])]
        : undefined;
  if (power === undefined) {
    return {
      reason: t`${title} has one setting for imbalance, cls_pw: the power of inverse class frequency, one number. ${losses[choice.loss].title} has no key. Insert weighted cross-entropy with the scheme sqrtInverse (0.5) or inverse (1.0), or copy the loss as PyTorch for a trainer of your own.`,
    };
  }
  const known = knowsClsPw(installed);
  if (installed && known === false) {
    return {
      reason: t`${title} is needed for cls_pw, installed is ${whichVersion(installed)}, which stops at the unknown key. Take a newer release first; nothing was changed.`,
    };
  }
  return {
    values: [[["cls_pw"], { raw: power }]],
    remark: `power ${power} of inverse frequency, counted by ${title}`,
    notes: [
      ...(known
        ? []
        : [
            t`Needs a release that has cls_pw (8.4.118 has it, 8.4.14 does not); an older one stops at the unknown key.`,
          ]),
      t`The power weighs its binary cross-entropy, one yes or no per class.`,
    ],
  };
}
