/** What is known of a file beside its rows: counts by group, the largest and smallest classes, findings. */

import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { formatAmount, formatCount, formatFactor, formatPercent } from "#engine/statistics/format.ts";
import { headToTail, thirds } from "#engine/statistics/shotGroups.ts";
import type { Analysis, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { ViewedFile } from "#protocol/viewer.ts";
import { el, named } from "../views/dom.ts";
import { shareBar } from "../views/shareBar.ts";

/** Classes listed from each end; all of them stand in the tree of datasets. */
const mostClasses = 10;
const mostFindings = 20;

/** One line on a file: `1.09 GB, 115,846 images, 1,000 classes, imbalance factor 256`. */
export function factsLine({ bytes, analysis }: ViewedFile): string {
  const size = sizeText(bytes);
  if (analysis === undefined) return t`${size}. Counting the classes.`;
  const view = analysis && mainView(analysis);
  if (!view) return t`${size}. No labels were found in it.`;
  const balance = isBalanced(view) ? "balanced" : t`imbalance factor ${formatFactor(view.imbalanceFactor)}`;
  const labels =
    view.labels === view.samples
      ? []
      : [formatAmount(view.labels, view.basis === "images" ? "labels" : view.basis)];
  return [
    size,
    formatAmount(view.samples, "images"),
    ...labels,
    formatAmount(view.classes.length, "classes"),
    balance,
  ].join(", ");
}

/** The sections beside the rows; none where the file is no manifest. */
export function factsSections(analysis: Analysis | null | undefined): HTMLElement[] {
  const view = analysis && mainView(analysis);
  if (!analysis || !view) return [];
  return [groups(view), ...classTables(view), ...(analysis.findings.length > 0 ? [findings(analysis)] : [])];
}

function mainView(analysis: Analysis): View | undefined {
  return analysis.views.find(({ split }) => split === "train") ?? analysis.views[0];
}

function sizeText(bytes: number): string {
  return bytes >= 1e9
    ? t`${(bytes / 1e9).toFixed(2)} GB`
    : t`${formatCount(Math.round(bytes / 1e5) / 10)} MB`;
}

function groups(view: View): HTMLElement {
  const counts = view.classes.map(({ count }) => count);
  const parts = thirds(counts);
  const rows = (
    [
      [t`head`, parts.head],
      [t`middle`, parts.middle],
      [t`tail`, parts.tail],
    ] as const
  ).map(([name, part]) => {
    const labels = part.reduce((sum, index) => sum + (counts[index] ?? 0), 0);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      el("td", { class: "number" }, formatAmount(part.length, "classes")),
      el("td", { class: "number" }, formatPercent(labels / Math.max(1, view.labels))),
    );
  });
  return section(t`Thirds of the classes`, el("table", {}, el("tbody", {}, ...rows)));
}

function classTables(view: View): HTMLElement[] {
  const order = headToTail(view.classes.map(({ count }) => count));
  if (order.length <= 2 * mostClasses) return [section(t`Classes`, classTable(view, order))];
  return [
    section(t`Largest classes`, classTable(view, order.slice(0, mostClasses))),
    section(t`Smallest classes`, classTable(view, order.slice(-mostClasses))),
  ];
}

function classTable(view: View, indices: readonly number[]): HTMLElement {
  const most = Math.max(1, ...view.classes.map(({ count }) => count));
  const rows = indices.flatMap((index) => {
    const found = view.classes[index];
    if (!found) return [];
    const bar = shareBar(Math.log1p(found.count) / Math.log1p(most));
    return [
      el(
        "tr",
        { title: found.name },
        el("th", { scope: "row" }, named(found.name)),
        el("td", {}, bar),
        el("td", { class: "number" }, formatCount(found.count)),
      ),
    ];
  });
  return el("table", {}, el("tbody", {}, ...rows));
}

function findings({ findings: all }: Analysis): HTMLElement {
  const items = all
    .slice(0, mostFindings)
    .map(({ message, code }) => el("li", {}, message, el("code", {}, code)));
  return section(t`Findings`, el("ul", { class: "findings" }, ...items));
}

function section(title: string, content: HTMLElement): HTMLElement {
  return el("section", { "aria-label": title }, el("h2", {}, title), content);
}
