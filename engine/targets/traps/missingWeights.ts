import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { resolved, stringValue } from "../syntax/python.ts";
import { nodeAt, yamlString } from "../syntax/yamlConfig.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** A file with weights or counts that is not there. */
export const missingWeights: Trap = {
  code: "config/missing-file",
  targets: ["mmsegmentation", "balanced-meta-softmax"],
  run(input) {
    const { python, yaml, exists } = input;
    if (!exists) return [];
    const message = (path: string): string =>
      t`${path.length > 60 ? `…${path.slice(-59)}` : path} does not exist here or in a folder above. Insert the loss anew, or correct the path.`;
    const inPython = writtenLosses(input).flatMap((loss) => {
      const written = entry(loss, "class_weight");
      const path = python && written && stringValue(python, resolved(python, written.value));
      return written && path !== undefined && !/^\w+:/.test(path) && !exists(path)
        ? [at(written, "error", message(path))]
        : [];
    });
    const key = ["criterions", "PerformanceLoss", "loss_params", "freq_path"];
    const path = yaml && yamlString(yaml, key);
    const place = yaml && extent(nodeAt(yaml, key));
    const inYaml = place && path !== undefined && !exists(path) ? [at(place, "error", message(path))] : [];
    return [...inPython, ...inYaml];
  },
};
