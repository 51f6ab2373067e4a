/** Two classes under one name: reports cannot tell them apart. */

import type { Observation } from "#engine/manifest/manifest.ts";
import { formatCount } from "#engine/statistics/format.ts";
import type { ClassFrequency } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Check } from "./check.ts";
import { classSpan } from "./classes.ts";

/** More than so many names are put into one finding. */
const apart = 3;

export const classDuplicateName: Check = {
  code: "class/duplicate-name",
  observe({ view, counted }) {
    const byName = new Map<string, ClassFrequency[]>();
    for (const entry of view.classes) {
      const same = byName.get(entry.name);
      if (same) same.push(entry);
      else byName.set(entry.name, [entry]);
    }
    const repeated = [...byName.values()].filter((entries) => entries.length > 1);
    const found = repeated.slice(0, apart).map((entries): Observation => {
      const [first, second] = entries;
      const span = second && classSpan(counted, second);
      return {
        code: "class/duplicate-name",
        severity: "warning",
        message: sentence(entries),
        ...(span ? { span } : {}),
        classes: first ? [first.name] : [],
      };
    });
    if (repeated.length <= apart) return found;
    const message = t`${formatCount(repeated.length - apart)} more names stand for several classes each.`;
    return [...found, { code: "class/duplicate-name", severity: "warning", message }];
  },
};

function sentence(entries: readonly ClassFrequency[]): string {
  const name = entries[0]?.name ?? "";
  const shown = name.length > 40 ? `${name.slice(0, 39)}…` : name;
  const ids = entries.slice(0, 4).map(({ id, index }) => String(id ?? index));
  const list = t`${ids.slice(0, -1).join(", ")} and ${ids[ids.length - 1]}`;
  const how = entries.length === 2 ? t`Two` : formatCount(entries.length);
  return t`${how} classes are named "${shown}" (${list}). Reports will show the id too.`;
}
