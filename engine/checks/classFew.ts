/** Classes with fewer samples than few-shot learning starts from. */

import { formatCount, unitName } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Check } from "./check.ts";
import { classSpan, shortName } from "./classes.ts";

/** Few-shot: fewer than 20 samples; Liu et al. 2019, section 4. */
const fewBelow = 20;
const named = 3;
/** Where all classes are about as small, as in a small balanced test set, this is no finding. */
const lowestFactor = 3;

export const classFew: Check = {
  code: "class/few",
  observe({ view, counted }) {
    if ((view.imbalanceFactor ?? 1) < lowestFactor) return [];
    const few = view.classes.filter(({ count }) => count > 0 && count < fewBelow);
    few.sort((a, b) => a.count - b.count || a.index - b.index);
    const [smallest] = few;
    if (!smallest) return [];
    const shown = few.slice(0, named).map(({ name, count }) => `${shortName(name)} (${formatCount(count)})`);
    const classes = few.length === 1 ? t`1 class has` : t`${formatCount(few.length)} classes have`;
    const list = few.length === 1 ? shown.join("") : t`the smallest: ${shown.join(", ")}`;
    const span = classSpan(counted, smallest);
    return [
      {
        code: "class/few",
        severity: "information",
        message: t`${classes} fewer than ${fewBelow} ${unitName(view.basis)}${few.length === 1 ? ": " : "; "}${list}.`,
        ...(span ? { span } : {}),
        classes: few.slice(0, 100).map(({ name }) => name),
      },
    ];
  },
};
