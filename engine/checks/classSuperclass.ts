/** A class that is the group of others, as Roboflow exports have it. */

import type { Observation } from "#engine/manifest/manifest.ts";
import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Check } from "./check.ts";
import { classSpan, shortName } from "./classes.ts";

export const classSuperclass: Check = {
  code: "class/superclass",
  observe({ view, counted }) {
    const members = new Map<string, number>();
    for (const { name, supercategory } of counted.classes)
      if (supercategory !== undefined && supercategory !== name)
        members.set(supercategory, (members.get(supercategory) ?? 0) + 1);
    return view.classes.flatMap((entry): Observation[] => {
      const count = members.get(entry.name);
      if (count === undefined) return [];
      const span = classSpan(counted, entry);
      const classes = count === 1 ? t`1 other class` : t`${formatCount(count)} other classes`;
      const group = t`"${shortName(entry.name)}" is the group of ${classes}`;
      return [
        {
          code: "class/superclass",
          severity: entry.count === 0 ? "warning" : "information",
          message:
            entry.count === 0
              ? t`${group} and has no label of its own. It is an output that is never right.`
              : t`${group} and a class as well. Tell the two apart before results are averaged by group.`,
          ...(span ? { span } : {}),
          classes: [entry.name],
        },
      ];
    });
  },
};
