import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { balancingSampler } from "../openmmlab/sampler.ts";
import { callsIn } from "../syntax/python.ts";
import { settingAt } from "../syntax/pythonSettings.ts";
import { nodeAt, valueAt, yamlString } from "../syntax/yamlConfig.ts";
import { listAt, openmmlab, writtenLosses } from "./mmLosses.ts";
import { at, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

/** Class weights under a sampler that balances the classes already. */
export const doubleCorrection: Trap = {
  code: "config/double-correction",
  targets: [...openmmlab, "pytorch", "bag-of-tricks"],
  run: (input) => [...inOpenMmlab(input), ...inScript(input), ...inBagOfTricks(input)],
};

function inOpenMmlab(input: TrapInput): TrapFinding[] {
  const { python, settings = [], target } = input;
  if (!python || target?.id === "pytorch") return [];
  const sampler = balancingSampler(python, settings);
  const place =
    settingAt(settings, "train_dataloader.sampler.type") ??
    settingAt(settings, "train_dataloader.dataset.type");
  const weighted = writtenLosses(input).some((loss) => {
    const list = listAt(input, loss, "class_weight");
    return list && new Set(list.numbers).size > 1;
  });
  if (!sampler || !place || !weighted) return [];
  return [at(place.value, "warning", t`${sampler} and class_weight correct twice. Keep one.`)];
}

/** PyTorch's own, and those of ours that draw rare classes more often. */
const balancing =
  /(?:^|\.)(?:WeightedRandom|ClassBalanced|SquareRoot|Progressive|EffectiveNumber|ClassAware|RepeatFactor)Sampler$/;

function inScript({ python, target }: TrapInput): TrapFinding[] {
  if (!python || target?.id !== "pytorch") return [];
  const calls = callsIn(python);
  const sampler = calls.find(({ name }) => balancing.test(name));
  const loss = calls.find(
    ({ name, keywords }) =>
      /(?:^|\.)CrossEntropyLoss$/.test(name) && keywords.some(({ key }) => key === "weight"),
  );
  if (!sampler || !loss) return [];
  const name = sampler.name.replace(/^.*\./, "");
  return [at(loss.node, "warning", t`${name} and the weights of this loss correct twice. Keep one.`)];
}

function inBagOfTricks({ yaml, target }: TrapInput): TrapFinding[] {
  if (!yaml || target?.id !== "bag-of-tricks") return [];
  const loss = yamlString(yaml, ["LOSS", "LOSS_TYPE"]) ?? "";
  const corrects = /^(?:ClassBalanceCE|ClassBalanceFocal|BalancedSoftmaxCE|CostSensitiveCE)$/.test(loss);
  const sampler = yamlString(yaml, ["TRAIN", "SAMPLER", "TYPE"]);
  const kind = valueAt(yaml, ["TRAIN", "SAMPLER", "WEIGHTED_SAMPLER", "TYPE"]);
  const place = extent(nodeAt(yaml, ["TRAIN", "SAMPLER", "TYPE"]));
  if (!corrects || !place || sampler !== "weighted sampler" || (kind !== undefined && kind !== "balance"))
    return [];
  return [at(place, "warning", t`The balanced sampler and ${loss} correct twice. Keep one.`)];
}
