/** Configurations of the Balanced Meta-Softmax repository: the loss is a file of it, its counts another. */

import { countsHash } from "#engine/project/provenance.ts";
import { extent, type YamlDocument } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { losses, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import { classCountProblem } from "./classOrder.ts";
import { isYaml } from "./recognition.ts";
import { nodeAt, type YamlPath, yamlNumber, yamlString } from "./syntax/yamlConfig.ts";
import type { Target, TargetChange } from "./target.ts";
import { emptyReason, type Reason } from "./weights.ts";
import { insertYaml, opened, type YamlInsertion } from "./yamlAnswer.ts";

const title = "Balanced Meta-Softmax";
const criterion: YamlPath = ["criterions", "PerformanceLoss"];

export const balancedMetaSoftmax: Target = {
  id: "balanced-meta-softmax",
  title,
  accepts: {
    losses: ["cross-entropy", "balanced-softmax"],
    samplers: ["instance-balanced"],
    order: "label; the counts stand in a JSON list in that order",
  },
  recognises: (fileName, text) =>
    isYaml(fileName, text) && /^criterions:/m.test(text) && /^\s+PerformanceLoss:/m.test(text),
  presentLoss(text) {
    const yaml = opened(text);
    if (yaml instanceof EquipoiseError) return undefined;
    const file = yamlString(yaml, [...criterion, "def_file"]);
    const place = extent(nodeAt(yaml, [...criterion, "def_file"]));
    return file !== undefined && place ? { name: file.replace(/^.*\/|\.py$/g, ""), ...place } : undefined;
  },
  insert: (text, change) => insertYaml(text, change, express),
};

function express(yaml: YamlDocument, { choice, provenance }: TargetChange): YamlInsertion | Reason {
  const { classes } = provenance;
  const declared = yamlNumber(yaml, ["training_opt", "num_classes"]);
  const reason = classCountProblem("num_classes", declared, classes);
  if (reason !== undefined) return { reason };
  if (choice.sampler !== "instance-balanced")
    return {
      reason: t`Samplers of ${title} are set up by hand (training_opt.sampler). Insert the loss without the sampler.`,
    };
  if (choice.loss === "cross-entropy") {
    return {
      values: [
        [[...criterion, "def_file"], "./loss/SoftmaxLoss.py"],
        [[...criterion, "loss_params"], {}],
      ],
      remark: "no weights",
      notes: [],
    };
  }
  if (choice.loss !== "balanced-softmax") {
    return {
      reason: t`${title} has no settings for ${inSentence(losses[choice.loss].title)} that are known here; balanced softmax and cross-entropy are. Insert one of these.`,
    };
  }
  if (Number(withDefaults(choice.loss, choice.parameters)["tau"]) !== 1)
    return { reason: t`BalancedSoftmaxLoss of ${title} has no tau. Set tau to 1.` };
  const empty = classes.filter(({ count }) => count <= 0).map(({ name }) => name);
  if (empty.length > 0) return { reason: emptyReason(empty, false) };
  const path = `./cls_freq/equipoise_${countsHash(classes)}.json`;
  return {
    values: [
      [[...criterion, "def_file"], "./loss/BalancedSoftmaxLoss.py"],
      [[...criterion, "loss_params"], { freq_path: path }],
    ],
    remark: "counts in the file of freq_path",
    notes: [],
    files: [{ path, marker: "loss", text: `[${classes.map(({ count }) => count).join(", ")}]\n` }],
  };
}
