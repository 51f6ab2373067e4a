import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { keyStart, nodeAt, valueAt } from "../syntax/yamlConfig.ts";
import { added, at, instead, type Trap } from "./trap.ts";

const head = ["MODEL", "ROI_BOX_HEAD"];

/** Detectron2's federated loss without the sigmoid that it asserts. */
export const fedLossSigmoid: Trap = {
  code: "trap/fed-loss-sigmoid",
  targets: ["detectron2"],
  run({ yaml, text }) {
    const place = yaml && extent(nodeAt(yaml, [...head, "USE_FED_LOSS"]));
    if (!yaml || !place || valueAt(yaml, [...head, "USE_FED_LOSS"]) !== true) return [];
    const path = [...head, "USE_SIGMOID_CE"];
    // What a base sets is not seen here.
    if (
      valueAt(yaml, path) === true ||
      (nodeAt(yaml, path) === undefined && nodeAt(yaml, ["_BASE_"]) !== undefined)
    )
      return [];
    const present = extent(nodeAt(yaml, path));
    const start = keyStart(yaml, [...head, "USE_FED_LOSS"]) ?? place.start;
    const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    const title = "Set USE_SIGMOID_CE: True";
    const fix = present
      ? instead(title, present, "True")
      : added(title, place.end, `${yaml.newline}${indent}USE_SIGMOID_CE: True`);
    return [
      at(place, "error", t`USE_FED_LOSS asserts USE_SIGMOID_CE: True; training stops without it.`, fix),
    ];
  },
};
