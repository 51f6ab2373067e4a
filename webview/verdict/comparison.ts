/** The verdict on a finished comparison. */

import { fixed, formatAmount, formatCount, formatPercent, formatPoints } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { inSentence, lossTitles } from "#protocol/titles.ts";
import type { CorrectedDifference } from "#protocol/training.ts";
import { classFigure, metricWords } from "../model/metric.ts";
import type { LossSummary } from "../model/summaries.ts";
import {
  type Action,
  type ExperimentFacts,
  intervalWords,
  joined,
  type Phrase,
  percentNumber,
  strong,
  testUnit,
  text,
  type Verdict,
} from "./phrases.ts";

/** Seeds of every compared loss below which there is no verdict. */
const enoughSeeds = 3;

/** Who wins, whether anybody does, or why that cannot be said. */
export function comparisonVerdict(facts: ExperimentFacts): Verdict {
  const verdict = facts.experiment.comparison?.verdict;
  switch (verdict?.kind) {
    case "winner":
      return winner(facts, verdict.leader, verdict.overSecond);
    case "no-winner":
      return noWinner(facts, verdict.leader, verdict.second);
    case "baseline-best":
      return baselineBest(facts, verdict.best);
    case "too-few-seeds":
      return tooFewSeeds(facts, verdict.leader, verdict.seeds);
    default:
      return spoken([strong(t`No verdict.`), text(t` No loss has a finished run.`)], "", [again(false)]);
  }
}

function winner(
  facts: ExperimentFacts,
  leader: number,
  overSecond: CorrectedDifference | undefined,
): Verdict {
  const titles = lossTitles(facts.experiment.plan.losses);
  const [best, baseline] = [facts.summaries[leader], facts.summaries[0]];
  const gain = best?.difference?.mean ?? 0;
  const metric = metricWords(facts.experiment).name;
  const say = [
    strong(
      t`${titles[leader]} wins: ${percentNumber(best?.score)} % ${metric}, ${formatPoints(gain)} points`,
    ),
    text(t` over ${inSentence(titles[0] ?? "")}${intervalClause(best)}.`),
    text(priceSentence(facts, baseline, best)),
  ];
  return spoken(say, `${aheadSentence(overSecond, titles)}${coverage(facts)}`, [
    ...insertActions(facts, leader, t`Insert into equipoise.yaml`, true),
  ]);
}

function intervalClause(summary: LossSummary | undefined): string {
  const interval = summary?.difference?.interval;
  return interval ? t` (95 % interval ${intervalWords(interval)})` : "";
}

/** " Tail recall 2.0 → 46.4 %, head recall 71.7 → 51.3 %." */
function priceSentence(
  { experiment }: ExperimentFacts,
  from: LossSummary | undefined,
  to: LossSummary | undefined,
): string {
  const change = (group: "tail" | "head"): string | undefined => {
    const [before, after] = [from?.groups?.[group], to?.groups?.[group]];
    if (typeof before !== "number" || typeof after !== "number") return undefined;
    return t`${group} ${classFigure(experiment).name} ${percentNumber(before)} → ${percentNumber(after)} %`;
  };
  const changes = [change("tail"), change("head")].filter((part) => part !== undefined).join(", ");
  return changes === "" ? "" : ` ${changes.slice(0, 1).toUpperCase()}${changes.slice(1)}.`;
}

function aheadSentence(second: CorrectedDifference | undefined, titles: readonly string[]): string {
  if (!second || second.choice === 0) return "";
  const correction = `${intervalWords(second.interval)}${correctionClause(second.comparisons)}`;
  return t`Also ahead of ${inSentence(titles[second.choice] ?? "")}, by ${points(second.mean)} points (${correction}). `;
}

function correctionClause(comparisons: number): string {
  return comparisons > 1 ? t` after correction for ${comparisons} comparisons` : "";
}

function coverage({ experiment, snapshot }: ExperimentFacts): string {
  const seeds = formatAmount(experiment.plan.seeds, "seeds");
  return t`${seeds}, ${formatCount(experiment.testSamples)} test ${testUnit(snapshot)}; intervals cover both.`;
}

function noWinner(facts: ExperimentFacts, leader: number, second: CorrectedDifference): Verdict {
  const titles = lossTitles(facts.experiment.plan.losses);
  const [a, b] = [titles[leader] ?? "", inSentence(titles[second.choice] ?? "")];
  const say = [
    strong(t`No winner.`),
    text(t` ${a} leads ${b} by ${points(second.mean)} points of ${metricWords(facts.experiment).name}`),
    text(
      t` (interval ${intervalWords(second.interval)}): within the noise.${bothBeat(facts, leader, second.choice)}`,
    ),
  ];
  const level = fixed(100 - 5 / Math.max(1, second.comparisons), 1);
  const correction = second.comparisons > 1 ? t`, corrected for ${second.comparisons} comparisons` : "";
  const why = `${noiseSentence(facts, leader, second)} ${choiceSentence(facts, leader, second.choice)}Interval: ${level} %${correction}.`;
  return spoken(say, why, insertActions(facts, leader, t`Insert ${inSentence(a)}`, false).slice(0, 1));
}

function bothBeat({ summaries, experiment }: ExperimentFacts, a: number, b: number): string {
  if (a === 0 || b === 0) return "";
  const gains = [a, b].map((choice) => summaries[choice]?.difference);
  if (gains.some((gain) => !gain?.interval || gain.interval.low <= 0)) return "";
  const least = Math.min(...gains.map((gain) => (gain?.mean ?? 0) * 100));
  const words = least >= 2 ? String(Math.floor(least + 1e-9)) : fixed(least, 1);
  return t` Both beat ${inSentence(lossTitles(experiment.plan.losses)[0] ?? "")} by ${words} points.`;
}

/** What the noise comes from: seeds that differ little cannot settle what the test part leaves open. */
function noiseSentence(
  { summaries, experiment, snapshot }: ExperimentFacts,
  leader: number,
  second: CorrectedDifference,
): string {
  const deviation = Math.max(
    summaries[leader]?.seedDeviation ?? 0,
    summaries[second.choice]?.seedDeviation ?? 0,
  );
  const seeds = formatAmount(experiment.plan.seeds, "seeds");
  const differ = t`${seeds} differ by ${fixed(deviation * 100, 1)} points`;
  const halfWidth = (second.interval.high - second.interval.low) / 2;
  // Two means over the seeds, twice their standard error.
  const fromSeeds = 2 * deviation * Math.sqrt(2 / Math.max(1, experiment.plan.seeds));
  if (fromSeeds > halfWidth / 2) return t`${differ}; more seeds may settle it.`;
  const test = t`the ${formatCount(experiment.testSamples)} test ${testUnit(snapshot)}`;
  return t`${differ}, so more seeds will not settle it; the noise is in ${test}.`;
}

function choiceSentence({ summaries, experiment }: ExperimentFacts, a: number, b: number): string {
  const titles = lossTitles(experiment.plan.losses).map(inSentence);
  const [first, second] = [summaries[a]?.groups, summaries[b]?.groups];
  if (!first || !second) return "";
  const tail = (first.tail ?? 0) >= (second.tail ?? 0) ? a : b;
  const { name: measure } = classFigure(experiment);
  const head = (first.head ?? 0) >= (second.head ?? 0) ? a : b;
  if (tail === head)
    return t`${titles[tail]} has the higher ${measure} in head and tail. `.replace(/^./, (c) =>
      c.toUpperCase(),
    );
  const [tailRecall, headRecall] = [summaries[tail]?.groups?.tail, summaries[head]?.groups?.head];
  return t`Choose by group: ${titles[tail]} has ${percentNumber(tailRecall)} % tail ${measure}, ${titles[head]} ${percentNumber(headRecall)} % head ${measure}. `;
}

function baselineBest(facts: ExperimentFacts, best: CorrectedDifference | undefined): Verdict {
  const titles = lossTitles(facts.experiment.plan.losses);
  const baseline = titles[0] ?? "";
  if (!best)
    return spoken([strong(t`${baseline} is not beaten.`), text(t` No other loss was compared.`)], "", [
      again(false),
    ]);
  const { low, high } = best.interval;
  const say = [
    strong(t`${baseline} is not beaten.`),
    text(
      t` The best other loss, ${inSentence(titles[best.choice] ?? "")}, is ${points(best.mean)} points below`,
    ),
    text(t` (interval ${fixed(low * 100, 1)} to ${fixed(high * 100, 1)}). Keep it.`),
  ];
  return spoken(
    say,
    coverage(facts),
    insertActions(facts, 0, t`Insert ${inSentence(baseline)}`, false).slice(0, 1),
  );
}

function tooFewSeeds(facts: ExperimentFacts, leader: number, seeds: number): Verdict {
  const titles = lossTitles(facts.experiment.plan.losses);
  const [best, baseline] = [facts.summaries[leader], facts.summaries[0]];
  const metric = metricWords(facts.experiment).name;
  const seen =
    best?.score === undefined
      ? ""
      : leader === 0
        ? t` ${titles[0]} leads with ${formatPercent(best.score)} ${metric}.`
        : t` ${titles[leader]} has ${formatPercent(best.score)} ${metric}, ${inSentence(titles[0] ?? "")} ${percentNumber(baseline?.score)} %.`;
  return spoken(
    [strong(t`No verdict from ${formatAmount(seeds, "seeds")}.`), text(`${seen}${priceOf(facts, leader)}`)],
    t`At least ${enoughSeeds} seeds of every loss are needed for a verdict.`,
    [{ kind: "run-seeds", label: t`Run with ${enoughSeeds} seeds`, primary: false, seeds: enoughSeeds }],
  );
}

const priceOf = (facts: ExperimentFacts, leader: number): string =>
  leader === 0 ? "" : priceSentence(facts, facts.summaries[0], facts.summaries[leader]);

function insertActions(
  { experiment }: ExperimentFacts,
  index: number,
  label: string,
  primary: boolean,
): readonly Action[] {
  const choice = experiment.plan.losses[index];
  if (!choice) return [];
  return [
    { kind: "insert", label, primary, choice },
    { kind: "copy-code", label: t`Copy as code`, primary: false, choice },
  ];
}

/** The button that starts the plan anew. */
export function again(primary: boolean): Action {
  return { kind: "run", label: t`Run again`, primary };
}

const points = (share: number): string => fixed(Math.abs(share) * 100, 1);

function spoken(say: readonly Phrase[], why: string, actions: readonly Action[]): Verdict {
  return { tone: "plain", say, why, actions, spoken: joined(say) };
}
