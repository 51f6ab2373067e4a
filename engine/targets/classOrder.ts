/** Compares the classes that a configuration states with those of the manifest. */

import type { CountedName } from "#engine/project/provenance.ts";
import { formatAmount, formatClass, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";

/** Why weights in the manifest's order would be wrong for a configuration with this class list; undefined where right. */
export function classListProblem(
  names: readonly string[] | undefined,
  classes: readonly CountedName[],
): string | undefined {
  if (!names) return undefined;
  if (names.length !== classes.length) return classCountProblem("The class list", names.length, classes);
  const first = names.findIndex((name, index) => name !== classes[index]?.name);
  const other = classes[first];
  const given = names[first];
  if (first < 0 || !other || given === undefined) return undefined;
  // Lists of labels and lists of names of the same classes cannot be compared.
  if (classes.every(({ name }) => /^\d+$/.test(name))) return undefined;
  const known = new Set(classes.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    return t`The class list has ${quoted(unknown)}, which the manifest does not have. Use the manifest that belongs to it; nothing was changed.`;
  }
  return t`Class ${formatCount(first)} is ${quoted(given)} in the class list and ${quoted(other.name)} in the manifest: the order differs. Bring one in the order of the other; nothing was changed.`;
}

/** Why a number of classes does not fit the manifest; undefined where it does or is not known. */
export function classCountProblem(
  what: string,
  declared: number | undefined,
  classes: readonly CountedName[],
): string | undefined {
  if (declared === undefined || declared === classes.length) return undefined;
  if (what === "num_classes" || !what.startsWith("The class list"))
    return t`${what} is ${formatCount(declared)} here, the manifest has ${formatAmount(classes.length, "classes")}. Set ${what} first; nothing was changed.`;
  return t`${what} has ${formatAmount(declared, "classes")}, the manifest has ${formatCount(classes.length)}. Use the manifest that belongs to it; nothing was changed.`;
}

/** The ends of the order of a list, as lists follow training indices and not the ids of a file. */
export function orderRemark(classes: readonly CountedName[]): string {
  const names = classes.map(({ name }) => name.replace(/[\r\n,()]+/g, " "));
  const [first = "", last = ""] = [names[0], names.at(-1)];
  return names.length < 2 ? `order ${first}` : `order ${first} to ${last}`;
}

function quoted(name: string): string {
  return JSON.stringify(formatClass(name));
}
