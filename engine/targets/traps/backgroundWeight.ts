import { formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { flagValue } from "../syntax/python.ts";
import { classesOf, entry, isRegionHead, listAt, writtenLosses } from "./mmLosses.ts";
import { at, instead, type Trap } from "./trap.ts";

/** Class weights of a softmax region head without the last one, which is background's. */
export const backgroundWeight: Trap = {
  code: "trap/background-weight",
  targets: ["mmdetection"],
  run(input) {
    const { python } = input;
    return writtenLosses(input).flatMap((loss) => {
      const list = listAt(input, loss, "class_weight");
      const classes = classesOf(input, loss.head);
      const sigmoid = entry(loss, "use_sigmoid");
      if (!python || !list || classes === undefined || !isRegionHead(loss.head)) return [];
      if (sigmoid && flagValue(python, sigmoid.value) !== false) return [];
      if (list.numbers.length === classes + 1) return [];
      const message = t`This head has ${formatAmount(classes, "classes")} and background as its last output, so class_weight needs ${formatCount(classes + 1)} entries; it has ${formatCount(list.numbers.length)}.`;
      const text = input.text.slice(list.node.start, list.node.end);
      const close = text.replace(/,?\s*([\])])$/, ", 1.0$1");
      const fix =
        list.numbers.length === classes && !text.includes("#")
          ? instead(t`Add weight 1.0 for background`, list.node, close)
          : undefined;
      return [at(list.node, "error", message, fix)];
    });
  },
};
