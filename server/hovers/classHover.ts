/** What the editor says about one class of a manifest. */

import type { Measured, MeasuredLoss } from "#engine/runs/measured.ts";
import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { classWeights, effectiveNumber } from "#engine/statistics/classWeights.ts";
import {
  formatAmount,
  formatCount,
  formatEffectiveNumber,
  formatPercent,
  formatRatio,
  formatWeight,
} from "#engine/statistics/format.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { classFigureTitles, inSentence } from "#protocol/titles.ts";
import { leaderOf } from "../measurements.ts";
import { countsOf, groupOf, occurring, wholeOf } from "../viewFacts.ts";
import { escapeMarkdown, rankText, shortName } from "../words.ts";

/** Markdown about the class at a training index: its share, rank, effective number and weight at beta. */
export function classHover(view: View, index: number, beta: number, measured?: Measured): string | undefined {
  const found = view.classes[index];
  if (!found) return undefined;
  const group = groupOf(view, index);
  const heading = [
    `**${escapeMarkdown(shortName(found.name))}**`,
    t`class ${index}`,
    ...(found.id !== undefined && found.id !== index ? [t`id ${escapeMarkdown(String(found.id))}`] : []),
    ...(group ? [group] : []),
  ].join(", ");
  return [heading + "  ", shareLine(view, index), "", ...weightTable(view, index, beta, measured)].join("\n");
}

function shareLine(view: View, index: number): string {
  const found = view.classes[index];
  const count = found?.count ?? 0;
  const whole = wholeOf(view);
  const share = whole.total > 0 ? ` (${shareText(count / whole.total)})` : "";
  const images = found?.images === undefined ? "" : t` in ${formatAmount(found.images, "images")}`;
  if (count === 0) return t`0 of ${whole.text}. In training this class gets only negatives.`;
  return t`${formatCount(count)} of ${whole.text}${share}${images}${rankIn(view, index)}`;
}

/** The rank by count among the classes that occur; nothing where all have the same. */
function rankIn(view: View, index: number): string {
  if (isBalanced(view)) return "";
  const order = occurring(view);
  const rank = order.findIndex((each) => each.index === index) + 1;
  const all = order.length === view.classes.length ? "" : t` that occur`;
  return t`, ${rankText(rank)} of ${formatAmount(order.length, "classes")}${all}`;
}

function weightTable(view: View, index: number, beta: number, measured: Measured | undefined): string[] {
  const counts = countsOf(view);
  const count = counts[index] ?? 0;
  if (count === 0) return [];
  const weight = classWeights(counts, { scheme: "effective", beta })[index] ?? 0;
  return [
    "| | |",
    "|:--|--:|",
    t`| Effective number, β ${beta} | ${formatEffectiveNumber(effectiveNumber(count, beta))} |`,
    t`| Class-balanced weight (mean 1) | ${formatWeight(weight)} |`,
    ...(measured ? measuredRows(measured, view.classes[index]) : []),
  ];
}

/** Recall and gradient ratio of the class in the latest comparison, baseline against leader; none where it was not in it. */
function measuredRows(measured: Measured, found: View["classes"][number] | undefined): string[] {
  const both = leaderOf(measured);
  const at = found && measured.classes[found.index] === found.name ? found.index : -1;
  if (!both || at < 0) return [];
  const { baseline, leader } = both;
  const pair = (before: string, after: string): string =>
    baseline === leader ? after : `${before} → ${after}`;
  const names = pair(
    inSentence(losses[baseline.choice.loss].title),
    inSentence(losses[leader.choice.loss].title),
  );
  const recall = (one: MeasuredLoss): string =>
    numberText(one.recall[at], (share) => (100 * share).toFixed(1));
  const ratio = (one: MeasuredLoss): string => numberText(one.gradientRatio[at], formatRatio);
  return [
    t`| ${classFigureTitles(measured).title}, ${names} | ${pair(recall(baseline), recall(leader))} % |`,
    t`| Gradient ratio at step ${formatCount(measured.ratioStep)}${baseline === leader ? "" : t`, the same`} | ${pair(ratio(baseline), ratio(leader))} |`,
  ];
}

function numberText(value: number | undefined, write: (value: number) => string): string {
  return value === undefined || !Number.isFinite(value) ? t`not measured` : write(value);
}

/** Shares below 10 % with two decimals, as rare classes differ there. */
function shareText(share: number): string {
  return formatPercent(share, share < 0.09995 ? 2 : 1);
}
