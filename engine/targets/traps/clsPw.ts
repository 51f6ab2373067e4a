import { isSeq } from "yaml";
import { extent } from "#engine/project/yamlDocument.ts";
import { t } from "#protocol/l10n.ts";
import { keyStart, nodeAt, yamlNumber } from "../syntax/yamlConfig.ts";
import { ofYolov5 } from "../ultralytics.ts";
import { at, type Trap } from "./trap.ts";

/** `cls_pw`: a power in Ultralytics, a positive weight in YOLOv5, and nothing at all in a data set's file. */
export const clsPw: Trap = {
  code: "trap/cls-pw",
  targets: ["ultralytics", "yolov5", "yolo-data"],
  run({ yaml, text, target }) {
    const start = yaml && keyStart(yaml, ["cls_pw"]);
    const node = yaml && nodeAt(yaml, ["cls_pw"]);
    const place = extent(node);
    if (!yaml || start === undefined || !place) return [];
    const number = yamlNumber(yaml, ["cls_pw"]);
    const range = { start, end: place.end };
    if (ofYolov5.test(text)) {
      if (isSeq(node))
        return [
          at(range, "error", t`cls_pw is one number in YOLOv5, the weight of positives of all classes.`),
        ];
      return number !== undefined && number < 1
        ? [
            at(
              range,
              "warning",
              t`In YOLOv5 cls_pw is the weight of positives, 1 by default; ${number} makes them count less. It is no power of class frequency.`,
            ),
          ]
        : [];
    }
    if (target === undefined)
      return [
        at(
          range,
          "warning",
          t`cls_pw is a training argument; in a data set's file nobody reads it. Put it into the arguments (yolo train ... cls_pw=0.5).`,
        ),
      ];
    return number !== undefined && (number > 1 || number < 0)
      ? [
          at(
            range,
            "warning",
            t`cls_pw is the power of inverse class frequency: 0 is off, 1 is full; ${number} is outside. As a positive weight it means something else in YOLOv5.`,
          ),
        ]
      : [];
  },
};
