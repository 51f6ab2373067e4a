/**
 * Detectron2 configurations in YAML (yacs). There is no key for class weights in them. Keys of the federated loss came in
 * April 2022, `REPEAT_SQRT` in 2024, while the version string stayed 0.6.
 */

import { dirname, resolve } from "node:path";
import type { YamlDocument } from "#engine/project/yamlDocument.ts";
import { extent } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { classCountProblem } from "./classOrder.ts";
import { isYaml } from "./recognition.ts";
import { pythonFloat } from "./syntax/pythonText.ts";
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
  packages: ["detectron2"],
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
  builtOn(path, text) {
    const yaml = opened(text);
    const base = yaml instanceof EquipoiseError ? undefined : yamlString(yaml, ["_BASE_"]);
    return base === undefined || base.includes("://") ? [] : [resolve(dirname(path), base)];
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

function express(yaml: YamlDocument, change: TargetChange): YamlInsertion | Reason {
  const { choice, provenance } = change;
  const chain = [yaml, ...(change.inherited ?? []).map(opened)].filter(
    (each): each is YamlDocument => !(each instanceof EquipoiseError),
  );
  const dense = isDense(chain);
  const count: YamlPath = ["MODEL", dense ? "RETINANET" : "ROI_HEADS", "NUM_CLASSES"];
  const declared = chain.map((each) => yamlNumber(each, count)).find((each) => each !== undefined);
  const reason = classCountProblem("NUM_CLASSES", declared, provenance.classes);
  if (reason !== undefined) return { reason };
  const loss = lossValues(yaml, choice.loss, withDefaults(choice.loss, choice.parameters), dense);
  if ("reason" in loss) return loss;
  const sampler = samplerValues(choice.sampler);
  if (!sampler) return noSampler(title);
  const values = [...sampler, ...loss];
  if (values.length === 0) return nothingToInsert(title);
  return {
    values,
    remark: sampler.length > 0 ? "repeat threshold 0.001 of the images" : "focal loss does not use them",
    notes: sampler.length > 0 ? [repeatNote()] : [],
  };
}

/** Whether the model judges every place; `chain` is a file with its bases, nearest first. */
function isDense(chain: readonly YamlDocument[]): boolean {
  const architecture = chain
    .map((yaml) => yamlString(yaml, ["MODEL", "META_ARCHITECTURE"]))
    .find((each) => each !== undefined);
  if (architecture !== undefined) return architecture === "RetinaNet";
  return chain.some(
    (yaml) =>
      nodeAt(yaml, ["MODEL", "RETINANET"]) !== undefined ||
      /retinanet/i.test(yamlString(yaml, ["_BASE_"]) ?? ""),
  );
}

function lossValues(
  yaml: YamlDocument,
  loss: LossId,
  parameters: Readonly<Record<string, unknown>>,
  dense: boolean,
): (readonly [YamlPath, YamlValue])[] | Reason {
  if (loss === "cross-entropy" && !dense) {
    const sigmoid: YamlPath = ["MODEL", "ROI_BOX_HEAD", "USE_SIGMOID_CE"];
    return nodeAt(yaml, sigmoid) === undefined ? [] : [[sigmoid, { raw: "False" }]];
  }
  if (loss === "sigmoid-focal" && dense) {
    return [
      [["MODEL", "RETINANET", "FOCAL_LOSS_GAMMA"], { raw: pythonFloat(parameters["gamma"]) }],
      [["MODEL", "RETINANET", "FOCAL_LOSS_ALPHA"], { raw: pythonFloat(parameters["alpha"]) }],
    ];
  }
  return noKey(title, loss, dense);
}

/** What is said of a loss that Detectron2 cannot be told, in either kind of configuration. */
export function noKey(framework: string, loss: LossId, dense: boolean): Reason {
  if (dense && loss === "cross-entropy")
    return {
      reason: t`A RetinaNet of ${framework} trains with focal loss alone. Choose focal loss, also with the sampler repeat-factor.`,
    };
  const weighted = loss === "class-balanced-softmax" || loss === "weighted-cross-entropy";
  const what = weighted ? "class weights" : inSentence(losses[loss].title);
  return {
    reason: t`${framework} has no key for ${what}. Choose ${dense ? "focal loss" : "cross-entropy"} with the sampler repeat-factor, or set the federated loss (USE_FED_LOSS) for LVIS.`,
  };
}

export function noSampler(framework: string): Reason {
  return {
    reason: t`${framework} has repeat-factor sampling only (RepeatFactorTrainingSampler); its weighted samplers read keys that its defaults do not have. Choose that sampler, or none.`,
  };
}

export function nothingToInsert(framework: string): Reason {
  return { reason: t`${framework} trains with plain cross-entropy already; there is nothing to insert.` };
}

export function repeatNote(): string {
  return t`The threshold is a share of images. Repeats are rounded by chance, so the epoch gets longer by the mean factor.`;
}

function samplerValues(sampler: string): (readonly [YamlPath, YamlValue])[] | undefined {
  if (sampler === "instance-balanced") return [];
  if (sampler !== "repeat-factor") return undefined;
  return [
    [["DATALOADER", "SAMPLER_TRAIN"], "RepeatFactorTrainingSampler"],
    [["DATALOADER", "REPEAT_THRESHOLD"], threshold],
  ];
}
