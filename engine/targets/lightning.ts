/** LightningCLI configurations: whatever the model's constructor takes. Only a list that is there can be renewed. */

import { isMap, isScalar } from "yaml";
import { extent, type YamlDocument } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { classCountProblem, orderRemark } from "./classOrder.ts";
import { isYaml } from "./recognition.ts";
import { nodeAt, type YamlPath, yamlNumber, yamlString } from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import { type Reason, weightsFor } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "LightningCLI 2";
const weightKey = /^(?:class_?weights?|weights?)$/;

export const lightning: Target = {
  id: "lightning",
  title,
  accepts: {
    losses: ["class-balanced-softmax", "weighted-cross-entropy"],
    samplers: ["instance-balanced"],
    order: "that of the model's outputs; a loss class of your own that takes a list",
  },
  recognises: (fileName, text) =>
    isYaml(fileName, text) &&
    /^model\s*:/m.test(text) &&
    /^\s+(?:class_path|init_args)\s*:/m.test(text) &&
    /^(?:trainer|data|seed_everything|fit|optimizer|ckpt_path)\s*:/m.test(text),
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const path = lossParameter(yaml);
    const place = path && extent(nodeAt(yaml, [...path, "class_path"]));
    const name = path && yamlString(yaml, [...path, "class_path"]);
    return place && name !== undefined ? { name, ...place } : undefined;
  },
  insert: (text, change) => insertYaml(text, change, express),
};

/** The parameter of the model that is a loss with a class of its own. */
function lossParameter(yaml: YamlDocument): YamlPath | undefined {
  const parent = ["model", "init_args"];
  const parameters = nodeAt(yaml, parent);
  if (!isMap(parameters)) return undefined;
  for (const pair of parameters.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    if (!/loss|criterion/i.test(key)) continue;
    const path = [...parent, key];
    if (yamlString(yaml, [...path, "class_path"]) !== undefined) return path;
  }
  return undefined;
}

function express(yaml: YamlDocument, change: TargetChange): YamlInsertion | Reason {
  const { choice, provenance } = change;
  const declared = yamlNumber(yaml, ["model", "init_args", "num_classes"]);
  const reason = classCountProblem("num_classes", declared, provenance.classes);
  if (reason !== undefined) return { reason };
  if (choice.sampler !== "instance-balanced")
    return {
      reason: t`A sampler is made by the data module, not by this file. Insert the loss without the sampler.`,
    };
  const path = lossParameter(yaml);
  const loss = path && yamlString(yaml, [...path, "class_path"]);
  if (!path || loss === undefined) {
    return {
      reason: t`The model takes no loss in this file (no parameter with class_path under model.init_args). Copy the loss as PyTorch, give your LightningModule a parameter for it, and name it there; nothing was changed.`,
    };
  }
  if (/^torch\.nn\./.test(loss)) {
    return {
      reason: t`${loss} takes its weights as a tensor, which a list in YAML is not known to become. Copy the loss as PyTorch and name its class here; nothing was changed.`,
    };
  }
  const weights = nodeAt(yaml, [...path, "init_args"]);
  const key = isMap(weights)
    ? weights.items
        .map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ""))
        .find((each) => weightKey.test(each))
    : undefined;
  const found = weightsFor(change, { title: loss, divisor: "rows" });
  if (!found)
    return {
      reason: t`What ${loss} computes is not known here, so ${inSentence(losses[choice.loss].title)} cannot be set in it. Copy the loss as PyTorch and name its class.`,
    };
  if ("reason" in found) return found;
  if (key === undefined) {
    return {
      reason: t`${loss} has no parameter for class weights in this file (class_weight or weight below init_args). Add it to the class and here first; nothing was changed.`,
    };
  }
  return {
    values: [[[...path, "init_args", key], found.weights.map((weight) => Number(weight.toPrecision(6)))]],
    remark: `${found.remark}, ${orderRemark(provenance.classes)}`,
    notes: found.notes,
  };
}
