import { t } from "#protocol/l10n.ts";
import { callsIn, flagValue } from "../syntax/python.ts";
import { added, at, instead, type Trap } from "./trap.ts";

/** `alpha` of Keras' binary focal loss, which acts only with `apply_class_balancing`. */
export const alphaNoEffect: Trap = {
  code: "trap/alpha-no-effect",
  targets: ["keras"],
  run({ python }) {
    if (!python) return [];
    return callsIn(python).flatMap((call) => {
      const alpha = call.keywords.find(({ key }) => key === "alpha");
      if (!/(?:^|\.)BinaryFocalCrossentropy$/.test(call.name) || !alpha || call.open) return [];
      const balancing = call.keywords.find(({ key }) => key === "apply_class_balancing");
      if (balancing && flagValue(python, balancing.value) !== false) return [];
      const message = t`alpha has no effect without apply_class_balancing=True.`;
      const title = t`Set apply_class_balancing=True`;
      const fix = balancing
        ? instead(title, balancing.value, "True")
        : added(title, alpha.end, ", apply_class_balancing=True");
      return [at(alpha, "warning", message, fix)];
    });
  },
};
