/** What several checks need to know about the classes of a view. */

import type { CountedView, Span } from "#engine/manifest/manifest.ts";
import type { ClassFrequency, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";

/** The largest class and the smallest that occurs, the first of each; undefined where none occurs. */
export function extremeClasses(
  view: View,
): { readonly largest: ClassFrequency; readonly smallest: ClassFrequency } | undefined {
  let largest: ClassFrequency | undefined;
  let smallest: ClassFrequency | undefined;
  for (const entry of view.classes) {
    if (entry.count <= 0) continue;
    if (!largest || entry.count > largest.count) largest = entry;
    if (!smallest || entry.count < smallest.count) smallest = entry;
  }
  return largest && smallest ? { largest, smallest } : undefined;
}

/** Where the class is first named or used. */
export function classSpan(counted: CountedView, entry: ClassFrequency): Span | undefined {
  return counted.classes[entry.index]?.first;
}

/** A name that fits into a list of names. */
export function shortName(name: string): string {
  if (name.trim() === "") return t`the class without a name`;
  const characters = Array.from(name);
  return characters.length > 30 ? `${characters.slice(0, 29).join("")}…` : name;
}
