import { t } from "#protocol/l10n.ts";
import { stringValue } from "../syntax/python.ts";
import { entry, writtenLosses } from "./mmLosses.ts";
import { at, instead, type Trap } from "./trap.ts";

/** A loss of a list whose name keeps it out of the backward pass. */
export const lossName: Trap = {
  code: "trap/loss-name",
  targets: ["mmsegmentation"],
  run(input) {
    const { python } = input;
    return writtenLosses(input).flatMap((loss) => {
      const written = entry(loss, "loss_name");
      const name = python && written && stringValue(python, written.value);
      if (!written || name === undefined || name.startsWith("loss_")) return [];
      const message = t`The name ${JSON.stringify(name)} does not start with loss_, so this loss is left out of the backward pass.`;
      const source = input.text.slice(written.value.start, written.value.end);
      const fix = instead(t`Name it loss_${name}`, written.value, source.replace(name, `loss_${name}`));
      return [at(written, "error", message, fix)];
    });
  },
};
