import { isSeq } from "yaml";
import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { elements, resolved } from "../syntax/python.ts";
import { nodeAt, type YamlPath } from "../syntax/yamlConfig.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

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
  targets: ["mmdetection", "mmpretrain", "mmsegmentation", "mmaction", "ultralytics", "timm", "detectron2"],
  run: (input) => [...pythonFindings(input), ...yamlFindings(input)],
};

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
