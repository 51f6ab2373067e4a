import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { numberAt } from "../syntax/pythonSettings.ts";
import { listAt, writtenLosses } from "./mmLosses.ts";
import { at, type Trap } from "./trap.ts";

/** A list of weights for another number of classes than the head has. */
export const weightCount: Trap = {
  code: "trap/weight-count",
  targets: ["mmpretrain", "mmsegmentation", "mmaction"],
  run(input) {
    const { python, settings = [] } = input;
    return writtenLosses(input).flatMap((loss) => {
      const list = listAt(input, loss, "class_weight");
      const classes = python && numberAt(python, settings, `${loss.head}.num_classes`);
      if (!list || classes === undefined || list.numbers.length === classes) return [];
      const message = t`class_weight has ${formatCount(list.numbers.length)} entries, its head has ${formatCount(classes)} classes.`;
      return [at(list.node, "error", message)];
    });
  },
};
