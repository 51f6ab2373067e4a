import { isSeq } from "yaml";
import type { TextRange } from "#engine/project/finding.ts";
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
  run: (input) => [
    ...pythonFindings(input),
    ...assertedFindings(input),
    ...yamlFindings(input),
    ...floatFindings(input),
  ],
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
    if (!place) return [];
    const written = yaml.text.slice(place.start, place.end);
    const key = String(path.at(-1));
    const message = t`${key} is a float in the defaults, and yacs refuses an integer there: write ${written}.0.`;
    return integerFindings(place, place, written, message);
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
    return findings;
  });
}

/** MMSegmentation asserts floats where the other toolboxes take integers. */
function assertedFindings(input: TrapInput): TrapFinding[] {
  const { python, target } = input;
  if (!python || target?.id !== "mmsegmentation") return [];
  const focal = writtenLosses(input).filter(({ type }) => type === "FocalLoss");
  return focal.flatMap((loss) =>
    ["gamma", "alpha", "loss_weight"].flatMap((key) => {
      const written = entry(loss, key);
      if (!written) return [];
      const text = source(python, written.value);
      const message = t`FocalLoss asserts that ${key} is a float; training stops at ${text}.`;
      return integerFindings(written, written.value, text, message);
    }),
  );
}

/** What is said at a place of a value that is written as an integer, with the float that mends it; of others nothing. */
function integerFindings(
  place: TextRange,
  value: TextRange,
  written: string,
  message: string,
): TrapFinding[] {
  if (!/^[-+]?\d+$/.test(written)) return [];
  return [at(place, "error", message, instead(t`Write ${written}.0`, value, `${written}.0`))];
}
