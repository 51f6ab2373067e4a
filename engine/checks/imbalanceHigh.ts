/** A long tail, with the loss to try first. */

import { mildImbalance } from "#engine/statistics/classStatistics.ts";
import { formatAmount, formatClass, formatCount, formatFactor, unitName } from "#engine/statistics/format.ts";
import type { ClassFrequency } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import type { Check, CheckInput } from "./check.ts";
import { classSpan, extremeClasses } from "./classes.ts";

/** Up to so many classes the message names two of them, above it says how the counts lie. */
const namedUpTo = 40;

export const imbalanceHigh: Check = {
  code: "imbalance/high",
  observe(input) {
    const { view, counted, objective, recommendation } = input;
    const extremes = extremeClasses(view);
    const factor = view.imbalanceFactor ?? 1;
    // Where the test data are as imbalanced as these, the imbalance is no fault.
    if (!extremes || factor < mildImbalance || objective === "natural") return [];
    const { largest, smallest } = extremes;
    const loss = recommendation
      ? t` First loss to try: ${inSentence(losses[recommendation.loss].title)}.`
      : "";
    const related = [largest, smallest].flatMap((entry) => {
      const span = classSpan(counted, entry);
      const message = `${formatClass(entry.name)}: ${formatAmount(entry.count, view.basis)}`;
      return span ? [{ span, message }] : [];
    });
    return [
      {
        code: "imbalance/high",
        severity: "warning",
        message: t`Imbalance factor ${formatFactor(factor)}: ${spread(input, largest, smallest)}.${loss}`,
        classes: [smallest.name, largest.name],
        related,
      },
    ];
  },
};

function spread({ view }: CheckInput, largest: ClassFrequency, smallest: ClassFrequency): string {
  if (view.classes.length <= namedUpTo) {
    const most = t`${formatClass(largest.name)} has ${formatAmount(largest.count, view.basis)}`;
    return `${most}, ${formatClass(smallest.name)} ${formatCount(smallest.count)}`;
  }
  const range = t`${formatCount(largest.count)} to ${formatCount(smallest.count)} ${unitName(view.basis)} a class`;
  if (view.groups.few === 0) return range;
  return t`${range}, ${formatCount(view.groups.few)} of ${formatAmount(view.classes.length, "classes")} below 20`;
}
