import { t } from "#protocol/l10n.ts";
import { flagValue } from "../syntax/python.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** Class weights with a sigmoid, which MMDetection hands on as `pos_weight`. */
export const sigmoidWeights: Trap = {
  code: "trap/sigmoid-weights",
  targets: ["mmdetection"],
  run(input) {
    const { python } = input;
    return writtenLosses(input).flatMap((loss) => {
      const weights = entry(loss, "class_weight");
      const sigmoid = entry(loss, "use_sigmoid");
      if (!python || !weights || !sigmoid || flagValue(python, sigmoid.value) !== true) return [];
      const message = t`With use_sigmoid=True class_weight is used as pos_weight: it scales positive targets only, and needs one entry per class without background.`;
      return [at(weights, "warning", message)];
    });
  },
};
