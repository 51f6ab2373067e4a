/**
 * Detectron2 configurations in YAML (yacs). There is no key for class weights in them. Keys of the federated loss came in
 * April 2022, `REPEAT_SQRT` in 2024, while the version string stayed 0.6.
 */

import type { YamlDocument } from "#engine/project/yamlDocument.ts";
import { extent } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { classCountProblem } from "./classOrder.ts";
import { isYaml } from "./recognition.ts";
import { nodeAt, type YamlPath, type YamlValue, yamlNumber, yamlString } from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "Detectron2 0.6";
/** Threshold of its LVIS configurations. */
const threshold = { raw: "0.001" };

export const detectron2: Target = {
  id: "detectron2",
  title,
  accepts: {
    losses: ["cross-entropy", "sigmoid-focal"],
    samplers: ["instance-balanced", "repeat-factor"],
    order: "contiguous id of the data set's metadata; background is the last logit of a region head",
  },
  recognises: (fileName, text) => isYaml(fileName, text) && isDetectron2(text),
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const sampler = extent(nodeAt(yaml, ["DATALOADER", "SAMPLER_TRAIN"]));
    const name = yamlString(yaml, ["DATALOADER", "SAMPLER_TRAIN"]);
    return sampler && name !== undefined ? { name, ...sampler } : undefined;
  },
  insert: (text, change) => insertYaml(text, change, express),
};

/** Keys of its defaults that other yacs programs do not have. */
const own =
  /^\s+(?:META_ARCHITECTURE|ROI_HEADS|ROI_BOX_HEAD|RETINANET|IMS_PER_BATCH|MASK_ON|SAMPLER_TRAIN|PROPOSAL_GENERATOR)\s*:/m;
const base = /^_BASE_\s*:\s*["']?(?:\S*\/)?(?:Base-|detectron2:\/\/)/m;

function isDetectron2(text: string): boolean {
  if (!/^(?:MODEL|DATASETS|DATALOADER|SOLVER)\s*:/m.test(text)) return false;
  return own.test(text) || base.test(text);
}

function express(yaml: YamlDocument, { choice, provenance }: TargetChange): YamlInsertion | Reason {
  const dense = isDense(yaml);
  const declared = yamlNumber(yaml, ["MODEL", dense ? "RETINANET" : "ROI_HEADS", "NUM_CLASSES"]);
  const reason = classCountProblem("NUM_CLASSES", declared, provenance.classes);
  if (reason !== undefined) return { reason };
  const loss = lossValues(yaml, choice.loss, withDefaults(choice.loss, choice.parameters), dense);
  if ("reason" in loss) return loss;
  const sampler = samplerValues(choice.sampler);
  if (!sampler) {
    return {
      reason: t`${title} has repeat-factor sampling only (RepeatFactorTrainingSampler); its weighted samplers read keys that its defaults do not have. Choose that sampler, or none.`,
    };
  }
  const values = [...sampler, ...loss];
  if (values.length === 0)
    return { reason: t`${title} trains with plain cross-entropy already; there is nothing to insert.` };
  return {
    values,
    remark: sampler.length > 0 ? "repeat threshold 0.001 of the images" : "focal loss does not use them",
    notes:
      sampler.length > 0
        ? [
            t`The threshold is a share of images. Repeats are rounded by chance, so the epoch gets longer by the mean factor.`,
          ]
        : [],
  };
}

function isDense(yaml: YamlDocument): boolean {
  const architecture = yamlString(yaml, ["MODEL", "META_ARCHITECTURE"]);
  if (architecture !== undefined) return architecture === "RetinaNet";
  return (
    nodeAt(yaml, ["MODEL", "RETINANET"]) !== undefined ||
    /retinanet/i.test(yamlString(yaml, ["_BASE_"]) ?? "")
  );
}

function lossValues(
  yaml: YamlDocument,
  loss: TargetChange["choice"]["loss"],
  parameters: Readonly<Record<string, unknown>>,
  dense: boolean,
): (readonly [YamlPath, YamlValue])[] | Reason {
  if (loss === "cross-entropy") {
    const sigmoid: YamlPath = ["MODEL", "ROI_BOX_HEAD", "USE_SIGMOID_CE"];
    return nodeAt(yaml, sigmoid) === undefined ? [] : [[sigmoid, { raw: "False" }]];
  }
  if (loss === "sigmoid-focal" && dense) {
    return [
      [["MODEL", "RETINANET", "FOCAL_LOSS_GAMMA"], { raw: float(parameters["gamma"]) }],
      [["MODEL", "RETINANET", "FOCAL_LOSS_ALPHA"], { raw: float(parameters["alpha"]) }],
    ];
  }
  const weighted = loss === "class-balanced-softmax" || loss === "weighted-cross-entropy";
  const what = weighted ? "class weights" : losses[loss].title.toLowerCase();
  return {
    reason: t`${title} has no key for ${what}. Choose cross-entropy with the sampler repeat-factor${dense ? ", or focal loss" : ""}, or set the federated loss (USE_FED_LOSS) for LVIS.`,
  };
}

function samplerValues(sampler: string): (readonly [YamlPath, YamlValue])[] | undefined {
  if (sampler === "instance-balanced") return [];
  if (sampler !== "repeat-factor") return undefined;
  return [
    [["DATALOADER", "SAMPLER_TRAIN"], "RepeatFactorTrainingSampler"],
    [["DATALOADER", "REPEAT_THRESHOLD"], threshold],
  ];
}

/** yacs refuses an integer where its default is a float. */
function float(value: unknown): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
