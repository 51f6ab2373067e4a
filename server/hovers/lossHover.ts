/** What the editor says about a loss or a sampler: equation, what it does to this dataset, when not, source. */

import type { Measured } from "#engine/runs/measured.ts";
import {
  fixed,
  formatAmount,
  formatFactor,
  formatPercent,
  formatPoints,
  formatRatio,
} from "#engine/statistics/format.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import {
  type LossId,
  type LossParameters,
  losses,
  type SamplerId,
  samplers,
  withDefaults,
} from "#protocol/losses.ts";
import type { LossSettings } from "#protocol/project.ts";
import { classMeanTitles, inSentence } from "#protocol/titles.ts";
import { samplingFactor, weightFactor } from "../corrections.ts";
import { measuredWith } from "../measurements.ts";
import { type Landmarks, landmarks } from "../viewFacts.ts";
import { escapeMarkdown, shortName } from "../words.ts";

/** Markdown about a loss as it is set here. */
export function lossHover(
  id: LossId,
  parameters: LossParameters,
  view: View | undefined,
  measured?: Measured,
): string {
  const { title, equation, effect, avoid, source } = losses[id];
  const here = view ? lossNumbers(id, parameters, view) : undefined;
  return [
    `**${title}**: ${escapeMarkdown(equation)}`,
    "",
    effect,
    ...(here ? ["", here] : []),
    ...(measured ? measuredLines({ id, ...parameters }, measured) : []),
    "",
    t`Not to be used: ${avoid.charAt(0).toLowerCase()}${avoid.slice(1)}`,
    "",
    source,
  ].join("\n");
}

/** What the latest comparison measured with this loss; nothing where it was not among the losses. */
function measuredLines(settings: LossSettings, measured: Measured): string[] {
  const result = measuredResult(settings, measured);
  return result ? ["", t`Measured here: ${result.text}, ${formatAmount(result.seeds, "seeds")}.`] : [];
}

/** `45.5 % balanced accuracy, +14.6 points over cross-entropy`; undefined where the loss was not compared. */
export function measuredResult(
  settings: LossSettings,
  measured: Measured,
): { readonly text: string; readonly seeds: number } | undefined {
  const found = measuredWith(measured, settings);
  const [baseline] = measured.losses;
  if (!found || !baseline) return undefined;
  const own = `${formatPercent(found.balancedAccuracy)} ${classMeanTitles(measured).name}`;
  const gain = formatPoints(found.balancedAccuracy - baseline.balancedAccuracy);
  const over =
    found === baseline ? "" : t`, ${gain} points over ${inSentence(losses[baseline.choice.loss].title)}`;
  return { text: own + over, seeds: found.seeds };
}

/** Markdown about a sampler. */
export function samplerHover(id: SamplerId, view: View | undefined): string {
  const { title, description, source } = samplers[id];
  const marks = view && landmarks(view);
  const factor = view ? samplingFactor(id, view) : 1;
  const here =
    marks && factor > 1
      ? t`Here a sample of ${nameOf(marks.least)} is drawn ${formatRatio(factor)} times as often as one of ${nameOf(marks.most)}.`
      : undefined;
  return [
    t`**${title} sampling**: ${escapeMarkdown(description)}`,
    ...(here ? ["", here] : []),
    "",
    source,
  ].join("\n");
}

function lossNumbers(id: LossId, parameters: LossParameters, view: View): string | undefined {
  const marks = landmarks(view);
  if (!marks) return undefined;
  const { tau } = withDefaults(id, parameters);
  const weight = weightFactor({ id, ...parameters }, view);
  if (weight > 1) {
    const ratio = formatRatio(weight);
    return t`Here ${nameOf(marks.least)} weighs ${ratio} times ${nameOf(marks.most)}, at an imbalance factor of ${formatFactor(view.imbalanceFactor)}.`;
  }
  if (typeof tau === "number") {
    const shift = fixed(tau * Math.log(marks.most.count / marks.least.count), 1);
    return t`Here the logit of ${nameOf(marks.most)} is shifted by ${shift} more than that of ${nameOf(marks.least)}, in training only.`;
  }
  return undefined;
}

function nameOf({ name }: Landmarks["most"]): string {
  return escapeMarkdown(shortName(name, 30));
}
