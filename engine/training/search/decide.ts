/** From where a race ended to what is advised, and in which words. */

import { fixed, formatPercent } from "#engine/statistics/format.ts";
import type { MeasuredAdvice, MeasuredCandidate } from "#protocol/advice.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { inSentence, lossTitles, metricTitles } from "#protocol/titles.ts";
import type { LossChoice, Metric } from "#protocol/training.ts";
import type { Standing } from "./race.ts";
import { differenceOf } from "./splitScore.ts";
import { enoughRows, type ValidationSplits } from "./validationSplits.ts";

export interface Decision {
  /** The first one is the plain loss, cross-entropy or its binary form; the earlier, the more believed in. */
  readonly choices: readonly LossChoice[];
  readonly standings: readonly Standing[];
  readonly weights: Float64Array;
  readonly validation: ValidationSplits;
  readonly metric: Metric;
  readonly cutShort: boolean;
  /** Whether the counts alone speak for another loss than the plain one: then a lead within the noise is taken. */
  readonly isGainExpected: boolean;
}

/** Half a 95 % interval in standard errors. */
const normal = 1.96;
/** A lead smaller than this, 0 to 1, is none: no seed repeats it. */
const least = 0.002;

type Decided = Pick<
  MeasuredAdvice,
  "choice" | "verdict" | "metric" | "gain" | "candidates" | "why" | "evidence"
>;

/** A candidate with what it scored; those compared have been trained equally far. */
interface Ranked {
  readonly standing: Standing;
  readonly score: number;
}

/**
 * Returns the advice. Of those that came furthest the best leads; one of them that is at most one standard error behind
 * and stands earlier in the list is taken in its place, since validation cannot tell the two apart. Either must be ahead of
 * cross-entropy: by more than one standard error, or at all where a gain is expected, as then the lead is what was to be
 * expected and doubting it costs more than it saves. Cross-entropy is kept where none is. Throws `run/failed` where none was
 * trained.
 */
export function decide(decision: Decision): Decided {
  const { choices, standings, weights, metric, isGainExpected } = decision;
  const ranked = standings
    .filter(({ scores }) => scores !== undefined)
    .map((standing) => ({ standing, score: meanScore(standing) }))
    .sort((a, b) => b.standing.epochs - a.standing.epochs || b.score - a.score);
  const [leader] = ranked;
  if (!leader) throw new EquipoiseError("run/failed", nothingRan(standings));
  const base = standings[0] as Standing;
  const leadOf = ({ standing }: Ranked): ReturnType<typeof differenceOf> =>
    differenceOf(standing.scores ?? [], base.scores ?? [], weights);
  const isAhead = (each: Ranked): boolean => {
    const { mean, error } = leadOf(each);
    return each.standing.racer !== 0 && mean > Math.max(least, isGainExpected ? 0 : error);
  };
  const picked = preferred(ranked.filter(isAhead), leader, weights);
  const chosen = picked?.standing.racer ?? 0;
  const lead = leadOf(picked ?? leader);
  const [low, high] = [lead.mean - normal * lead.error, lead.mean + normal * lead.error];
  const verdict = !picked ? "nothing-helps" : low > 0 ? "helps" : "leads";
  return {
    choice: choices[chosen] as LossChoice,
    verdict,
    metric,
    ...(picked ? { gain: { mean: lead.mean, low, high } } : {}),
    candidates: candidatesOf(choices, ranked, standings),
    why: whyText(decision, ranked, picked ?? leader, verdict, lead.mean <= lead.error),
    evidence: evidenceText(decision, chosen),
  };
}

/** Such as "measured 71.8 % balanced accuracy against 56.9 % for cross-entropy on 102 validation rows". */
function evidenceText({ choices, standings, validation, metric }: Decision, chosen: number): string {
  const shown = (racer: number): string => formatPercent(meanScore(standings[racer] as Standing));
  const rows = validation.splits.reduce((sum, { test }) => sum + test.rows, 0);
  const against =
    chosen === 0 || !standings[0]?.scores
      ? ""
      : t` against ${shown(0)} for ${inSentence(lossTitles(choices)[0] ?? "")}`;
  return t`measured ${shown(chosen)} ${metricTitles[metric].name}${against} on ${rows} validation rows`;
}

function meanScore({ scores = [] }: Standing): number {
  return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
}

function preferred(ahead: readonly Ranked[], leader: Ranked, weights: Float64Array): Ranked | undefined {
  const close = ahead.filter(({ standing }) => {
    if (standing.epochs !== leader.standing.epochs) return false;
    const behind = differenceOf(leader.standing.scores ?? [], standing.scores ?? [], weights);
    return standing.racer === leader.standing.racer || behind.mean <= behind.error;
  });
  return close.toSorted((a, b) => a.standing.racer - b.standing.racer)[0];
}

function candidatesOf(
  choices: readonly LossChoice[],
  ranked: readonly Ranked[],
  standings: readonly Standing[],
): MeasuredCandidate[] {
  const scored = ranked.map(({ standing, score }) => ({ ...candidateOf(choices, standing), score }));
  const unscored = standings
    .filter(({ scores }) => !scores)
    .map((standing) => candidateOf(choices, standing));
  return [...scored, ...unscored];
}

function candidateOf(
  choices: readonly LossChoice[],
  { racer, epochs, fate, message }: Standing,
): MeasuredCandidate {
  return {
    choice: choices[racer] as LossChoice,
    epochs,
    fate,
    ...(message === undefined ? {} : { message }),
  };
}

function nothingRan(standings: readonly Standing[]): string {
  const failure = standings.find(({ message }) => message !== undefined)?.message;
  return failure === undefined
    ? t`The time ended before anything was trained. Give more of it.`
    : t`No loss could be trained. ${failure}`;
}

function whyText(
  { choices, standings, validation, metric, cutShort }: Decision,
  ranked: readonly Ranked[],
  picked: Ranked,
  verdict: MeasuredAdvice["verdict"],
  isDoubtful: boolean,
): string {
  const chosen = picked.standing.racer;
  const titles = lossTitles(choices);
  const title = (racer: number): string => inSentence(titles[racer] ?? "");
  const shown = (racer: number): string => {
    const { scores, epochs } = standings[racer] as Standing;
    return scores
      ? t`${formatPercent(meanScore(standings[racer] as Standing))} after ${epochs} epochs`
      : t`not trained`;
  };
  const { splits, smallest, untested } = validation;
  const rows = splits[0]?.test.rows ?? 0;
  const over =
    splits.length === 1 ? t`${rows} validation rows` : t`${splits.length} splits of ${rows} validation rows`;
  const name = metricTitles[metric].name;
  const sentences = [
    verdict === "nothing-helps"
      ? t`Nothing tried is ahead of ${title(0)} by more than the noise: ${name} ${shown(0)} on ${over}, best other ${bestOther(ranked, titles)}.`
      : t`${titles[chosen]} has ${name} ${shown(chosen)}, ${title(0)} ${shown(0)}, on ${over}.`,
    ...closeSentence(ranked, picked, title, verdict),
    ...(isDoubtful && verdict === "leads"
      ? [t`So small a lead may be luck; it is taken because the counts alone speak for such a loss.`]
      : []),
    ...(smallest.rows < enoughRows
      ? [
          t`The smallest tested class, ${smallest.name}, has ${smallest.rows} of them${splits.length > 1 ? t` in each split` : ""}: results move by points from split to split, and a comparison with several seeds should confirm the choice.`,
        ]
      : []),
    ...(untested.length > 0
      ? [
          t`Not measured, as they have a single sample: ${untested.slice(0, 3).join(", ")}${untested.length > 3 ? t` and ${untested.length - 3} more` : ""}.`,
        ]
      : []),
    ...(cutShort ? [t`The time ended before the race did.`] : []),
  ];
  return sentences.join(" ");
}

function bestOther(ranked: readonly Ranked[], titles: readonly string[]): string {
  const other = ranked.find(({ standing }) => standing.racer !== 0);
  return other ? `${inSentence(titles[other.standing.racer] ?? "")} ${formatPercent(other.score)}` : "none";
}

function closeSentence(
  ranked: readonly Ranked[],
  picked: Ranked,
  title: (racer: number) => string,
  verdict: MeasuredAdvice["verdict"],
): string[] {
  const [leader] = ranked;
  if (!leader || leader === picked || verdict === "nothing-helps") return [];
  const points = fixed(100 * (leader.score - picked.score), 1);
  return [
    t`${points} points behind ${title(leader.standing.racer)}, which is within the noise; of such a tie the one that did well on public data is taken.`,
  ];
}
