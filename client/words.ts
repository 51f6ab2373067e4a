/** Manifests in words, as the design writes them. */
import * as vscode from "vscode";
import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { formatAmount, formatFactor } from "#engine/statistics/format.ts";
import type { Analysis, View } from "#protocol/analysis.ts";

/** `imbalance 100`, `balanced`, or `no labels`. */
export function imbalance(factor: number | null | undefined): string {
  if (factor === null || factor === undefined) return vscode.l10n.t("no labels");
  return isBalanced({ imbalanceFactor: factor })
    ? vscode.l10n.t("balanced")
    : vscode.l10n.t("imbalance {0}", formatFactor(factor));
}

/** `12,406 images, 10 classes, imbalance factor 100`. */
export function summary(view: View): string {
  const once = view.labels === view.samples;
  const amount = once ? formatAmount(view.labels, view.basis) : formatAmount(view.samples, "images");
  const labels = once ? "" : `, ${formatAmount(view.labels, "labels")}`;
  const classes = formatAmount(view.classes.length, "classes");
  const balance =
    view.imbalanceFactor === null || isBalanced(view)
      ? imbalance(view.imbalanceFactor)
      : vscode.l10n.t("imbalance factor {0}", formatFactor(view.imbalanceFactor));
  return `${amount}${labels}, ${classes}, ${balance}`;
}

/** The view that speaks for a manifest: that of training where there are several. */
export function mainView(analysis: Analysis): View | undefined {
  return analysis.views.find((view) => view.split === "train") ?? analysis.views[0];
}
