/** What the editor says about a parameter of a loss: equation, this dataset's numbers, range, source. */

import { betaRange, classWeights, weightRatio } from "#engine/statistics/classWeights.ts";
import {
  formatBeta,
  formatCount,
  formatFactor,
  formatRatio,
  formatWeight,
} from "#engine/statistics/format.ts";
import type { ClassFrequency, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses, type Parameter } from "#protocol/losses.ts";
import { countsOf, landmarks } from "../viewFacts.ts";
import { escapeMarkdown, shortName } from "../words.ts";

export interface ParameterQuestion {
  readonly loss: LossId;
  readonly parameter: string;
  /** The value written in the file, where there is one. */
  readonly value: unknown;
  /** The dataset that the settings are for, where it could be read. */
  readonly view: View | undefined;
}

/** Markdown about a parameter; undefined where the loss has none of this name. */
export function parameterHover({ loss, parameter, value, view }: ParameterQuestion): string | undefined {
  const info = losses[loss].parameters.find(({ name }) => name === parameter);
  if (!info) return undefined;
  const numbers = view ? numbersFor(info, loss, value, view) : [];
  return [
    headingOf(info, loss),
    "",
    ...numbers,
    ...(numbers.length > 0 ? [""] : []),
    [rangeText(info), ...(view ? [actingText(info, view)] : [])].filter(Boolean).join(" "),
    "",
    losses[loss].source,
  ].join("\n");
}

function headingOf(info: Parameter, loss: LossId): string {
  const symbol = `**${escapeMarkdown(info.symbol)}**`;
  if (info.name === "beta" && loss.startsWith("class-balanced"))
    return t`${symbol}, class-balanced loss: weight = 1 / E, E = (1 − βⁿ) / (1 − β), mean 1`;
  return `${symbol}, ${losses[loss].title}: ${escapeMarkdown(info.description)}`;
}

function numbersFor(info: Parameter, loss: LossId, value: unknown, view: View): string[] {
  if (info.name === "beta") return betaTable(view, asNumber(value));
  if (info.name === "gamma" && focal.includes(loss)) return gammaTable(asNumber(value));
  if (info.name === "tau") return tauTable(view, asNumber(value) ?? Number(info.default));
  if (info.name === "absent") return [absentText(view)];
  return [];
}

/** Losses in which gamma is the exponent of the focal factor. */
const focal: readonly LossId[] = ["sigmoid-focal", "softmax-focal", "class-balanced-focal"];

const usualBetas = [0.9, 0.99, 0.999, 0.9999];

function betaTable(view: View, set: number | undefined): string[] {
  const marks = landmarks(view);
  if (!marks) return [];
  const { most, median, least } = marks;
  const counts = countsOf(view);
  const columns = [most, median, least];
  const head = columns.map((found) => `${nameOf(found)} ${formatCount(found.count)}`);
  const inRange = set !== undefined && set >= 0 && set < 1 ? set : undefined;
  return [
    `| β | ${head.join(" | ")} | ${nameOf(least)} : ${nameOf(most)} |`,
    "|:--|--:|--:|--:|--:|",
    ...rowsWith(usualBetas, inRange).map((beta) => {
      const weights = classWeights(counts, { scheme: "effective", beta });
      const cells = columns.map(({ index }) => formatWeight(weights[index] ?? 0));
      return `| ${rowLabel(beta, set)} | ${cells.join(" | ")} | ${formatRatio(weightRatio(counts, beta))} |`;
    }),
    ...(inRange === undefined ? [] : ["", averageText(counts, inRange)]),
  ];
}

function averageText(counts: readonly number[], beta: number): string {
  const average = formatWeight(averageWeight(counts, beta));
  return t`The average sample weighs ${average}: without a weighted mean the step shrinks by that factor.`;
}

function gammaTable(set: number | undefined): string[] {
  const rows = rowsWith([0.5, 1, 2], set !== undefined && set >= 0 ? set : undefined);
  return [
    "| γ | p 0.1 | p 0.5 | p 0.9 | p 0.99 |",
    "|:--|--:|--:|--:|--:|",
    ...rows.map((gamma) => {
      const cells = [0.1, 0.5, 0.9, 0.99].map((p) => formatWeight((1 - p) ** gamma));
      return `| ${rowLabel(gamma, set)} | ${cells.join(" | ")} |`;
    }),
    "",
    t`Factor (1 − p)^γ on the loss of a sample whose true class has probability p.`,
  ];
}

function tauTable(view: View, tau: number): string[] {
  const marks = landmarks(view);
  if (!marks) return [];
  const { most, median, least } = marks;
  const columns = [most, median, least];
  const shifts = columns.map(({ count }) => (tau * Math.log(count)).toFixed(2));
  return [
    `| | ${columns.map((found) => `${nameOf(found)} ${formatCount(found.count)}`).join(" | ")} |`,
    "|:--|--:|--:|--:|",
    t`| Shift of the logit in training, τ ${tau} | ${shifts.join(" | ")} |`,
    "",
    t`${nameOf(most)} gets a head start of ${formatRatio((most.count / least.count) ** tau)} to 1 over ${nameOf(least)} in training, and none in the test.`,
  ];
}

function absentText(view: View): string {
  const empty = view.classes.length - view.classes.filter(({ count }) => count > 0).length;
  return empty === 0
    ? t`Every class occurs here, so this setting changes nothing.`
    : t`${formatCount(empty)} of ${formatCount(view.classes.length)} classes have no sample here.`;
}

function rangeText(info: Parameter): string {
  if (info.kind === "choice")
    return t`One of ${(info.choices ?? []).join(", ")}; ${info.default} by default.`;
  if (info.kind === "flag") return t`true or false; ${info.default} by default.`;
  const { minimum, maximum } = info;
  if (minimum === undefined) return t`Any number.`;
  return maximum === undefined ? t`${minimum} or more.` : t`${minimum} to ${maximum}.`;
}

function actingText(info: Parameter, view: View): string {
  if (info.name !== "beta" || !landmarks(view)) return "";
  const counts = countsOf(view);
  const { low, high } = betaRange(counts);
  const factor = formatFactor(view.imbalanceFactor);
  return t`Acts here between ${formatBeta(low)} and ${formatBeta(high)}; 1 is inverse frequency (${factor}).`;
}

/** What the average sample weighs at a beta, which a mean over the batch multiplies the step by. */
function averageWeight(counts: readonly number[], beta: number): number {
  const weights = classWeights(counts, { scheme: "effective", beta });
  let weighted = 0;
  let total = 0;
  for (const [index, count] of counts.entries()) {
    weighted += count * (weights[index] ?? 0);
    total += count;
  }
  return total > 0 ? weighted / total : 1;
}

function rowsWith(usual: readonly number[], set: number | undefined): number[] {
  if (set === undefined || usual.includes(set)) return [...usual];
  return [...usual, set].sort((a, b) => a - b);
}

function rowLabel(value: number, set: number | undefined): string {
  return value === set ? t`**${value}**, set here` : String(value);
}

function nameOf(found: ClassFrequency): string {
  return escapeMarkdown(shortName(found.name, 20));
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
