/** Configurations of BagOfTricks-LT (yacs YAML): it makes the weights itself, from the counts of its data set. */

import { extent } from "#engine/project/yamlDocument.ts";
import { formatList } from "#engine/statistics/format.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { LossId } from "#protocol/losses.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { isYaml, mentionsAll } from "./recognition.ts";
import { pythonFloat } from "./syntax/pythonText.ts";
import { nodeAt, type YamlPath, type YamlValue, yamlString } from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import { emptyReason, type Reason } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "BagOfTricks-LT";

/** Its name of a loss, and its names of our parameters. */
const names: Readonly<Partial<Record<LossId, readonly [string, Readonly<Record<string, string>>]>>> = {
  "cross-entropy": ["CrossEntropy", {}],
  "softmax-focal": ["FocalLoss", { gamma: "GAMMA" }],
  "class-balanced-softmax": ["ClassBalanceCE", { beta: "BETA" }],
  "class-balanced-focal": ["ClassBalanceFocal", { beta: "BETA", gamma: "GAMMA" }],
  "balanced-softmax": ["BalancedSoftmaxCE", {}],
  ldam: ["LDAMLoss", { scale: "SCALE", maxMargin: "MAX_MARGIN" }],
};

export const bagOfTricks: Target = {
  id: "bag-of-tricks",
  title,
  accepts: {
    losses: Object.keys(names) as LossId[],
    samplers: ["instance-balanced", "class-balanced"],
    order: "label; the counts are taken from the training data, so no list is written",
  },
  recognises: (fileName, text) =>
    isYaml(fileName, text) && mentionsAll(text, /^LOSS:/m, /^\s+LOSS_TYPE:/m) && !/^criterions:/m.test(text),
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const name = yamlString(yaml, ["LOSS", "LOSS_TYPE"]);
    const place = extent(nodeAt(yaml, ["LOSS", "LOSS_TYPE"]));
    return name === undefined || !place ? undefined : { name, ...place };
  },
  insert: (text, change) => insertYaml(text, change, (_, each) => express(each)),
};

function express({ choice, provenance }: TargetChange): YamlInsertion | Reason {
  const [name, parameterNames] = names[choice.loss] ?? [];
  if (name === undefined || parameterNames === undefined) {
    const others = (Object.keys(names) as LossId[]).map((id) => inSentence(losses[id].title));
    return {
      reason: t`${title} has no ${inSentence(losses[choice.loss].title)} of this form; it has ${formatList(others)}. Insert one of these.`,
    };
  }
  const parameters = withDefaults(choice.loss, choice.parameters);
  if (choice.loss === "balanced-softmax" && Number(parameters["tau"] ?? 1) !== 1)
    return { reason: t`BalancedSoftmaxCE of ${title} has no tau. Set tau to 1, or insert another loss.` };
  if (choice.loss === "ldam" && Number(parameters["beta"] ?? 0) !== 0)
    return {
      reason: t`LDAMLoss of ${title} takes no beta. Set beta to 0; TWO_STAGE.DRW defers its own weights.`,
    };
  const empty = provenance.classes.filter(({ count }) => count <= 0).map((each) => each.name);
  if (empty.length > 0 && choice.loss !== "cross-entropy" && choice.loss !== "softmax-focal")
    return { reason: emptyReason(empty, false) };
  const sampler = samplerValues(choice.sampler);
  if (!sampler) {
    return {
      reason: t`${title} has class-balanced sampling (weighted sampler, balance) only. Insert the loss without the sampler.`,
    };
  }
  const values: (readonly [YamlPath, YamlValue])[] = [[["LOSS", "LOSS_TYPE"], name]];
  for (const [own, theirs] of Object.entries(parameterNames))
    values.push([["LOSS", name, theirs], { raw: pythonFloat(parameters[own]) }]);
  const beta = parameterNames["beta"] === undefined ? "" : `beta ${parameters["beta"]}, `;
  return {
    values: [...values, ...sampler],
    remark: `${beta}${title} counts the training data itself`,
    notes: [],
  };
}

function samplerValues(sampler: string): (readonly [YamlPath, YamlValue])[] | undefined {
  if (sampler === "instance-balanced") return [];
  if (sampler !== "class-balanced") return undefined;
  return [
    [["TRAIN", "SAMPLER", "TYPE"], "weighted sampler"],
    [["TRAIN", "SAMPLER", "WEIGHTED_SAMPLER", "TYPE"], "balance"],
  ];
}
