import { formatClass, formatList } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { classWeightKeys } from "../kerasScript.ts";
import { callsIn, child } from "../syntax/python.ts";
import { fitCalls, propertyOf } from "../tensorflowJsScript.ts";
import { at, type Trap, type TrapFinding, type TrapInput } from "./trap.ts";

/** A dictionary of class weights that leaves a class of the manifest out. */
export const classWeightMissing: Trap = {
  code: "trap/class-weight-missing",
  targets: ["keras", "tensorflow-js"],
  run: (input) => [...inPython(input), ...inJavaScript(input)],
};

function inPython({ python, classes, text }: TrapInput): TrapFinding[] {
  if (!python || !classes) return [];
  return callsIn(python).flatMap((call) => {
    const keys = classWeightKeys(text, call);
    const given = call.keywords.find(({ key }) => key === "class_weight");
    const missing = keys && missingNames(keys, classes);
    if (!given || !missing) return [];
    return [at(given.value, "warning", t`class_weight leaves out ${missing}, which then has weight 1.`)];
  });
}

function inJavaScript({ javascript, classes }: TrapInput): TrapFinding[] {
  if (!javascript || !classes) return [];
  return fitCalls(javascript).flatMap(({ options }) => {
    const weights = propertyOf(javascript, options, "classWeight");
    if (weights?.kind !== "object") return [];
    const keys = weights.children.flatMap((pair) => {
      const key = child(pair, "key");
      return key ? [Number(javascript.text.slice(key.start, key.end).replace(/['"]/g, ""))] : [];
    });
    const missing = keys.length > 0 && keys.every(Number.isInteger) ? missingNames(keys, classes) : undefined;
    if (!missing) return [];
    return [
      at(
        weights,
        "error",
        t`classWeight leaves out ${missing}. TensorFlow.js throws at the first sample of a class that is not listed.`,
      ),
    ];
  });
}

/** Classes with samples that no key names, as a sentence has them; undefined where there are none. */
function missingNames(
  keys: readonly number[],
  classes: NonNullable<TrapInput["classes"]>,
): string | undefined {
  const listed = new Set(keys);
  const names = classes.flatMap(({ name, count }, index) =>
    count > 0 && !listed.has(index) ? [formatClass(name)] : [],
  );
  if (names.length === 0) return undefined;
  return names.length > 3
    ? t`${names.slice(0, 3).join(", ")} and ${names.length - 3} more`
    : formatList(names);
}
