import { t } from "#protocol/l10n.ts";
import { flagValue } from "../syntax/python.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, instead, type Trap } from "./trap.ts";

/** Focal loss with a softmax, which MMDetection and MMSegmentation do not have. */
export const focalSoftmax: Trap = {
  code: "trap/focal-softmax",
  targets: ["mmdetection", "mmsegmentation"],
  run(input) {
    const { python } = input;
    return writtenLosses(input).flatMap((loss) => {
      const sigmoid = entry(loss, "use_sigmoid");
      if (!python || loss.type !== "FocalLoss" || !sigmoid || flagValue(python, sigmoid.value) !== false)
        return [];
      const message = t`FocalLoss has only its sigmoid form: use_sigmoid=False stops at an assertion.`;
      return [at(sigmoid, "error", message, instead(t`Set use_sigmoid=True`, sigmoid.value, "True"))];
    });
  },
};
