import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { numberValue, resolved } from "../syntax/python.ts";
import { classesOf, entry, writtenLosses } from "./mmLosses.ts";
import { added, at, instead, type Trap } from "./trap.ts";

const defaults: Readonly<Record<string, number>> = { mmdetection: 1203, mmpretrain: 1000 };

/** A Seesaw loss for another number of classes than its head: it fails with an assertion. */
export const seesawClasses: Trap = {
  code: "trap/seesaw-classes",
  targets: ["mmdetection", "mmpretrain"],
  run(input) {
    const { python } = input;
    const fallback = defaults[input.target?.id ?? ""];
    return writtenLosses(input).flatMap((loss) => {
      const classes = classesOf(input, loss.head);
      if (!python || loss.type !== "SeesawLoss" || classes === undefined || fallback === undefined) return [];
      const written = entry(loss, "num_classes");
      const number = written ? numberValue(python, resolved(python, written.value)) : fallback;
      if (number === undefined || number === classes) return [];
      const said = written
        ? t`num_classes of SeesawLoss is ${formatCount(number)}, its head has ${formatCount(classes)}`
        : t`SeesawLoss has no num_classes here and takes ${formatCount(fallback)}, its head has ${formatCount(classes)}`;
      const title = t`Set num_classes to ${classes}`;
      const last = loss.entries.at(-1);
      const fix = written
        ? instead(title, written.value, String(classes))
        : loss.value.kind === "call" && last
          ? added(title, last.end, `, num_classes=${classes}`)
          : undefined;
      return [at(written ?? loss.value, "error", t`${said}: training stops at an assertion.`, fix)];
    });
  },
};
