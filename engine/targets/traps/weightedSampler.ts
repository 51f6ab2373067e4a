import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { nodeAt, yamlString } from "../syntax/yamlConfig.ts";
import { at, type Trap } from "./trap.ts";

/** Detectron2's weighted samplers, which read a key that its defaults do not have. */
export const weightedSampler: Trap = {
  code: "trap/weighted-sampler",
  targets: ["detectron2"],
  run({ yaml }) {
    const path = ["DATALOADER", "SAMPLER_TRAIN"];
    const name = yaml && yamlString(yaml, path);
    const place = yaml && extent(nodeAt(yaml, path));
    if (!place || !/^Weighted(?:Category)?TrainingSampler$/.test(name ?? "")) return [];
    const message = t`${name} reads DATASETS.TRAIN_REPEAT_FACTOR, which the default configuration does not have. Use RepeatFactorTrainingSampler, or add the key in Python first.`;
    return [at(place, "warning", message)];
  },
};
