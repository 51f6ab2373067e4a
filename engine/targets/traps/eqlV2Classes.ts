import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { numberValue, resolved } from "../syntax/python.ts";
import { classesOf, entry, writtenLosses } from "./mmLosses.ts";
import { at, instead, type Trap } from "./trap.ts";

/** The number of classes of EQL v2 with background counted, which it must not be. */
export const eqlV2Classes: Trap = {
  code: "trap/eqlv2-classes",
  targets: ["mmdetection"],
  run(input) {
    const { python } = input;
    return writtenLosses(input).flatMap((loss) => {
      const classes = classesOf(input, loss.head);
      const written = entry(loss, "num_classes");
      if (!python || !/^EQLV2Loss$|^EQLv2$/.test(loss.type ?? "") || !written || classes === undefined)
        return [];
      const number = numberValue(python, resolved(python, written.value));
      if (number === undefined || number === classes) return [];
      const why = number === classes + 1 ? t` Background is not counted here.` : "";
      const message = t`num_classes of ${loss.type} is ${formatCount(number)}, its head has ${formatCount(classes)}: the shapes do not fit.${why}`;
      return [
        at(
          written,
          "error",
          message,
          instead(t`Set num_classes to ${classes}`, written.value, String(classes)),
        ),
      ];
    });
  },
};
