import { isSeq } from "yaml";
import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { elements, resolved, source } from "../syntax/python.ts";
import { nodeAt, type YamlPath } from "../syntax/yamlConfig.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, instead, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

/** Settings that take one number, where people write one for each class. */
const inYaml: Readonly<Record<string, readonly (readonly [YamlPath, string])[]>> = {
  ultralytics: [
    [["cls_pw"], t`cls_pw is one number, the power of inverse class frequency; a list does not work.`],
  ],
  timm: [[["bce_pos_weight"], t`bce_pos_weight is one number for all classes; a list does not work.`]],
  detectron2: [
    [
      ["MODEL", "RETINANET", "FOCAL_LOSS_ALPHA"],
      t`FOCAL_LOSS_ALPHA is one number for all classes; a list does not work.`,
    ],
  ],
};

/** A list of one number per class where a framework takes one number. */
export const numberExpected: Trap = {
  code: "trap/number-expected",
  targets: [
    "mmdetection",
    "mmpretrain",
    "mmsegmentation",
    "mmaction",
    "ultralytics",
    "timm",
    "detectron2",
    "bag-of-tricks",
  ],
  run: (input) => [...pythonFindings(input), ...yamlFindings(input), ...floatFindings(input)],
};

/** Keys whose defaults are floats: yacs refuses an integer there. */
const floats: Readonly<Record<string, readonly YamlPath[]>> = {
  detectron2: [
    ["DATALOADER", "REPEAT_THRESHOLD"],
    ["MODEL", "RETINANET", "FOCAL_LOSS_GAMMA"],
    ["MODEL", "RETINANET", "FOCAL_LOSS_ALPHA"],
    ["MODEL", "ROI_BOX_HEAD", "FED_LOSS_FREQ_WEIGHT_POWER"],
  ],
  "bag-of-tricks": [
    ["LOSS", "CostSensitiveCE", "GAMMA"],
    ["LOSS", "ClassBalanceCE", "BETA"],
    ["LOSS", "ClassBalanceFocal", "BETA"],
    ["LOSS", "ClassBalanceFocal", "GAMMA"],
    ["LOSS", "FocalLoss", "GAMMA"],
    ["LOSS", "LDAMLoss", "SCALE"],
    ["LOSS", "LDAMLoss", "MAX_MARGIN"],
    ["LOSS", "CDT", "GAMMA"],
    ["LOSS", "SEQL", "GAMMA"],
    ["LOSS", "SEQL", "LAMBDA"],
    ["LOSS", "InfluenceBalancedLoss", "ALPHA"],
  ],
};

function floatFindings({ yaml, target }: TrapInput): TrapFinding[] {
  if (!yaml) return [];
  return (floats[target?.id ?? ""] ?? []).flatMap((path) => {
    const place = extent(nodeAt(yaml, path));
    const written = place && yaml.text.slice(place.start, place.end);
    if (!place || written === undefined || !/^[-+]?\d+$/.test(written)) return [];
    const key = String(path.at(-1));
    const message = t`${key} is a float in the defaults, and yacs refuses an integer there: write ${written}.0.`;
    return [at(place, "error", message, instead(t`Write ${written}.0`, place, `${written}.0`))];
  });
}

function yamlFindings({ yaml, target }: TrapInput): TrapFinding[] {
  if (!yaml) return [];
  return (inYaml[target?.id ?? ""] ?? []).flatMap(([path, message]) => {
    const node = nodeAt(yaml, path);
    const place = isSeq(node) ? extent(node) : undefined;
    return place ? [at(place, "error", message)] : [];
  });
}

function pythonFindings(input: TrapInput): TrapFinding[] {
  const { python, target } = input;
  if (!python) return [];
  return writtenLosses(input).flatMap((loss) => {
    const isList = (key: string): boolean => {
      const written = entry(loss, key);
      return written !== undefined && elements(resolved(python, written.value)) !== undefined;
    };
    const findings: TrapFinding[] = [];
    const say = (key: string, message: string): void => {
      const written = entry(loss, key);
      if (written && isList(key)) findings.push(at(written, "error", message));
    };
    say(
      "loss_weight",
      t`loss_weight is one number, the coefficient of the loss; weights by class belong into class_weight.`,
    );
    // Of the toolboxes only MMSegmentation takes alpha by class.
    if (loss.type === "FocalLoss" && target?.id !== "mmsegmentation")
      say("alpha", t`alpha of FocalLoss is one number here; a list raises a TypeError.`);
    if (loss.type === "FocalLoss" && target?.id === "mmsegmentation") {
      for (const key of ["gamma", "alpha", "loss_weight"]) {
        const written = entry(loss, key);
        const text = written && source(python, written.value);
        if (!written || text === undefined || !/^[-+]?\d+$/.test(text)) continue;
        const message = t`FocalLoss asserts that ${key} is a float; training stops at ${text}.`;
        findings.push(at(written, "error", message, instead(t`Write ${text}.0`, written.value, `${text}.0`)));
      }
    }
    return findings;
  });
}
