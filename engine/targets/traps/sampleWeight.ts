import { t } from "#protocol/l10n.ts";
import { fitCalls, propertyOf } from "../tensorflowJsScript.ts";
import { at, type Trap } from "./trap.ts";

/** `sampleWeight` of TensorFlow.js, which is declared and throws. */
export const sampleWeight: Trap = {
  code: "trap/sample-weight",
  targets: ["tensorflow-js"],
  run({ javascript }) {
    if (!javascript) return [];
    return fitCalls(javascript).flatMap(({ options }) => {
      const found = propertyOf(javascript, options, "sampleWeight");
      const message = t`sampleWeight throws "not supported yet" in TensorFlow.js. Use classWeight, or sample the data.`;
      return found ? [at(found, "error", message)] : [];
    });
  },
};
