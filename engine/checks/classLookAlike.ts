/** Class names that people cannot tell apart, as where one class was labelled under two names. */

import type { Observation } from "#engine/manifest/manifest.ts";
import { formatCount } from "#engine/statistics/format.ts";
import type { ClassFrequency } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Check } from "./check.ts";
import { classSpan, shortName } from "./classes.ts";

/** More than so many pairs are put into one finding. */
const apart = 3;

export const classLookAlike: Check = {
  code: "class/look-alike",
  observe({ view, counted }) {
    const byLook = new Map<string, ClassFrequency>();
    const pairs: (readonly [ClassFrequency, ClassFrequency])[] = [];
    for (const entry of view.classes) {
      const look = lookOf(entry.name);
      if (look === "") continue;
      const other = byLook.get(look);
      if (!other) byLook.set(look, entry);
      else if (other.name !== entry.name) pairs.push([other, entry]);
    }
    const found = pairs.slice(0, apart).map(([first, second]): Observation => {
      const span = classSpan(counted, second);
      const ids = [first, second].map(({ id, index }) => id ?? index).join(t` and `);
      return {
        code: "class/look-alike",
        severity: "warning",
        message: t`"${shortName(first.name)}" and "${shortName(second.name)}" look alike (${ids}). Is that one class?`,
        ...(span ? { span } : {}),
        classes: [first.name, second.name],
      };
    });
    if (pairs.length <= apart) return found;
    const message = t`${formatCount(pairs.length - apart)} more pairs of names look alike.`;
    return [...found, { code: "class/look-alike", severity: "warning", message }];
  },
};

/** Letters of other alphabets that are drawn as the Latin ones. */
const drawnAlike: ReadonlyMap<string, string> = new Map(
  [..."аaвbеeкkмmнhоoрpсcтtуyхxіiјjѕsαaβbεeκkνvοoρpτtυuχx"].flatMap((letter, i, all) =>
    i % 2 === 0 ? [[letter, all[i + 1] ?? ""] as const] : [],
  ),
);

/** What is left of a name when capitals, and blanks and marks between letters, are not looked at. */
function lookOf(name: string): string {
  if (name.length > 200) return name;
  // Most names are plain, and there may be thousands of them.
  if (/^[ -~]*$/.test(name)) return name.toLowerCase().replace(/(?<=[a-z])[ _\-'.,]+(?=[a-z])|^ +| +$/g, "");
  const letters = name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/(?<=\p{L})[\s_\-'’.,\p{Cf}]+(?=\p{L})|^\s+|\s+$/gu, "");
  return Array.from(letters, (letter) => drawnAlike.get(letter) ?? letter).join("");
}
