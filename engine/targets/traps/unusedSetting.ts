import { t } from "#protocol/l10n.ts";
import { flagValue } from "../syntax/python.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** Weights that a loss takes and never uses. */
export const unusedSetting: Trap = {
  code: "trap/unused-setting",
  targets: ["mmdetection", "mmpretrain"],
  run(input) {
    const { python, target } = input;
    return writtenLosses(input).flatMap((loss) => {
      if (!python) return [];
      const weights = entry(loss, "class_weight");
      if (loss.type === "EQLV2Loss" && weights)
        return [
          at(
            weights,
            "warning",
            t`EQLV2Loss takes class_weight and does not use it. Take it out, or use CrossEntropyLoss.`,
          ),
        ];
      const positive = entry(loss, "pos_weight");
      const sigmoid = entry(loss, "use_sigmoid");
      const usesSigmoid = sigmoid && flagValue(python, sigmoid.value) !== false;
      if (target?.id === "mmpretrain" && loss.type === "CrossEntropyLoss" && positive && !usesSigmoid) {
        return [
          at(
            positive,
            "warning",
            t`pos_weight has no effect unless use_sigmoid=True. For one label a sample use class_weight.`,
          ),
        ];
      }
      return [];
    });
  },
};
