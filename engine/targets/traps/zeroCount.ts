import { t } from "#protocol/l10n.ts";
import { callsIn, flagValue, numbersOf, resolved } from "../syntax/python.ts";
import { added, at, instead, type Trap } from "./trap.ts";

/** The package `balanced-loss` with a class of no sample, whose loss is then not a number. */
export const zeroCount: Trap = {
  code: "trap/zero-count",
  targets: ["pytorch", "hugging-face"],
  run({ python, text }) {
    if (!python || !/^\s*from\s+balanced_loss\s+import\b/m.test(text)) return [];
    return callsIn(python).flatMap((call) => {
      const samples = call.keywords.find(({ key }) => key === "samples_per_class");
      const numbers = samples && numbersOf(python, resolved(python, samples.value));
      const balanced = call.keywords.find(({ key }) => key === "class_balanced");
      const safe = call.keywords.find(({ key }) => key === "safe");
      if (!samples || !numbers?.includes(0) || !balanced || flagValue(python, balanced.value) !== true)
        return [];
      if (safe && flagValue(python, safe.value) !== false) return [];
      const title = t`Set safe=True`;
      const fix = safe ? instead(title, safe.value, "True") : added(title, samples.end, ", safe=True");
      return [at(samples, "error", t`A class with no sample makes this loss NaN unless safe=True.`, fix)];
    });
  },
};
