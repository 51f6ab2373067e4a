/** Counts that categories declare, as in LVIS, against those of the file. */

import { formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Check } from "./check.ts";
import { classSpan, shortName } from "./classes.ts";

export const classDeclaredCount: Check = {
  code: "class/declared-count",
  observe({ view, counted }) {
    const others = counted.classes.filter(
      ({ declares, images, instances }) =>
        declares && declares.count !== (declares.basis === "images" ? images : instances),
    );
    const [first] = others;
    if (!first?.declares) return [];
    const { basis, count } = first.declares;
    const has = formatCount(basis === "images" ? first.images : first.instances);
    const classes = others.length === 1 ? t`1 of` : t`${formatCount(others.length)} of`;
    const have = others.length === 1 ? "has" : "have";
    const one = t`${shortName(first.name)}: declares ${formatAmount(count, basis)}, has ${has}`;
    const entry = view.classes[first.index];
    const span = entry && classSpan(counted, entry);
    return [
      {
        code: "class/declared-count",
        severity: "information",
        message: t`${classes} ${formatAmount(counted.classes.length, "classes")} ${have} other counts than declared; first ${one}.`,
        ...(span ? { span } : {}),
        classes: others.slice(0, 100).map(({ name }) => name),
      },
    ];
  },
};
