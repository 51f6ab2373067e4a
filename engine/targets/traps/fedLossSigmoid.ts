import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { flagValue, type ParsedText } from "../syntax/python.ts";
import { type Setting, settingAt } from "../syntax/pythonSettings.ts";
import { keyStart, nodeAt, valueAt } from "../syntax/yamlConfig.ts";
import { added, at, instead, type Trap, type TrapFinding } from "./trap.ts";

const head = ["MODEL", "ROI_BOX_HEAD"];

/** Detectron2's federated loss without the sigmoid that it asserts. */
export const fedLossSigmoid: Trap = {
  code: "trap/fed-loss-sigmoid",
  targets: ["detectron2", "detectron2-lazy"],
  run({ yaml, text, python, settings = [] }) {
    if (python) return inPython(python, settings);
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

/** LazyConfig: what a base sets is not seen here, so only a sigmoid that is switched off counts. */
function inPython(python: ParsedText, settings: readonly Setting[]): TrapFinding[] {
  return settings.flatMap(({ path, value }) => {
    if (!path.endsWith(".use_fed_loss") || flagValue(python, value) !== true) return [];
    const sigmoid = settingAt(settings, path.replace(/use_fed_loss$/, "use_sigmoid_ce"));
    if (!sigmoid || flagValue(python, sigmoid.value) !== false) return [];
    const message = t`use_fed_loss asserts use_sigmoid_ce=True; training stops without it.`;
    return [at(sigmoid.value, "error", message, instead("Set use_sigmoid_ce = True", sigmoid.value, "True"))];
  });
}
