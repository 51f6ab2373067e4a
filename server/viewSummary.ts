/** One line on a view, as lens, status and hover have it. */

import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { formatAmount, formatFactor } from "#engine/statistics/format.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";

/** Samples, labels where they differ, classes, imbalance: `12,406 images, 10 classes, imbalance factor 100`. */
export function viewSummary(view: View): string {
  return [...amounts(view), formatAmount(view.classes.length, "classes"), balanceOf(view)]
    .filter((part) => part !== "")
    .join(", ");
}

/** Samples, and labels beside them where a sample may have several or none. */
function amounts({ basis, samples, labels, task }: View): string[] {
  if (task === "single-label" || labels === samples) return [formatAmount(samples, basis)];
  if (basis !== "images") return [formatAmount(samples, "images"), formatAmount(labels, basis)];
  const several = task === "multi-label" && labels !== samples;
  return [formatAmount(samples, "images"), ...(several ? [formatAmount(labels, "labels")] : [])];
}

function balanceOf(view: View): string {
  if (isBalanced(view)) return "balanced";
  return view.imbalanceFactor === null ? "" : t`imbalance factor ${formatFactor(view.imbalanceFactor)}`;
}
