/** What the panel says before there is a comparison to judge: running, stopped, failed, out of date. */

import { formatAmount, formatCount, formatList, formatPercent } from "#engine/statistics/format.ts";
import { heldOutCount } from "#engine/statistics/heldOut.ts";
import type { View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { inSentence, lossTitles } from "#protocol/titles.ts";
import type { ExperimentState, RunSnapshot } from "#protocol/training.ts";
import { metricValue, metricWords } from "../model/metric.ts";
import { again } from "./comparison.ts";
import {
  type Action,
  type ExperimentFacts,
  joined,
  type Phrase,
  percentNumber,
  strong,
  text,
  type Verdict,
} from "./phrases.ts";

/** While data are read and the backend starts. */
export function preparingVerdict(message: string): Verdict {
  const say = [strong(t`Preparing.`), text(` ${message}`)];
  return {
    tone: "plain",
    say,
    why: t`Training starts when the data have been read.`,
    actions: [{ kind: "stop", label: t`Stop`, primary: false }],
    progress: 0,
    spoken: t`Preparing.`,
  };
}

/** The process that trains is there, and says nothing. */
export function silentVerdict(): Verdict {
  const say = [strong(t`The training process does not answer.`), text(t` Waiting.`)];
  return {
    tone: "warning",
    say,
    why: t`What it said last is shown. Ended now, it keeps finished runs, and Resume goes on from the last checkpoint.`,
    actions: [
      { kind: "kill", label: t`End it`, primary: false },
      { kind: "show-log", label: t`Show log`, primary: false },
    ],
    spoken: joined(say),
  };
}

/** Who leads so far, which run is under way, how long it will take. */
export function runningVerdict(
  facts: ExperimentFacts,
  state: Extract<ExperimentState, { kind: "running" }>,
): Verdict {
  const { experiment } = facts;
  const lead = leadPhrases(facts);
  const finished = experiment.runs.filter((run) => run.state.kind === "finished").length;
  const left = state.secondsLeft === undefined ? "" : t`About ${duration(state.secondsLeft)} left. `;
  return {
    tone: "plain",
    say: [...lead, text(` ${placeSentence(facts)}`)],
    why: t`${left}Nothing is decided before every run has ended.`,
    actions: [{ kind: "stop", label: t`Stop`, primary: false }],
    progress: state.stepsTotal > 0 ? state.stepsDone / state.stepsTotal : 0,
    spoken: t`${joined(lead)} ${wholeLosses(facts)} of ${experiment.plan.losses.length} losses are done${finished === 0 ? t`, training has started` : ""}.`,
  };
}

function leadPhrases({ experiment, summaries }: ExperimentFacts): readonly Phrase[] {
  const titles = lossTitles(experiment.plan.losses);
  const done = summaries.filter((summary) => summary.seedsDone > 0 && summary.score !== undefined);
  const ranked = [...done].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const [best] = ranked;
  const baseline = done.find((summary) => summary.choice === 0);
  if (!best || done.length < 2 || !baseline) {
    const measured = baseline
      ? t`: ${inSentence(titles[0] ?? "")} has ${percentNumber(baseline.score)} %`
      : "";
    return [strong(t`Training`), text(`${measured}.`)];
  }
  const other = best.choice === 0 ? ranked[1] : baseline;
  return [
    strong(t`${titles[best.choice]} leads so far`),
    text(t`, ${percentNumber(best.score)} % against ${percentNumber(other?.score)} %.`),
  ];
}

/** "Run 12 of 20: class-balanced focal, seed 2, epoch 14 of 30." */
function placeSentence({ experiment }: ExperimentFacts): string {
  const { runs, plan } = experiment;
  const present = runs.findIndex((run) => run.state.kind === "running");
  const run = runs[present];
  if (run?.state.kind !== "running") return t`The next run starts.`;
  const epoch = Math.min(plan.epochs, Math.max(1, run.state.epoch));
  const over = runs.filter((other) => other.state.kind !== "waiting").length;
  return t`Run ${over} of ${runs.length}: ${whereabouts(experiment.plan, run)}, epoch ${epoch} of ${plan.epochs}.`;
}

function whereabouts(plan: ExperimentFacts["experiment"]["plan"], run: RunSnapshot): string {
  return t`${inSentence(lossTitles(plan.losses)[run.choice] ?? "")}, seed ${run.seed}`;
}

function wholeLosses({ summaries, experiment }: ExperimentFacts): number {
  return summaries.filter((summary) => summary.seedsDone >= experiment.plan.seeds).length;
}

/** After the user stopped: what is kept, what is missing. */
export function stoppedVerdict(facts: ExperimentFacts): Verdict {
  const { experiment, summaries } = facts;
  const finished = experiment.runs.filter((run) => run.state.kind === "finished").length;
  const titles = lossTitles(experiment.plan.losses);
  const counted = [...summaries]
    .sort((a, b) => b.seedsDone - a.seedsDone)
    .filter(({ seedsDone }) => seedsDone > 0);
  const list = counted.map(({ choice, seedsDone }, index) =>
    index === 0
      ? t`${titles[choice]} has ${formatAmount(seedsDone, "seeds")}`
      : `${inSentence(titles[choice] ?? "")} ${seedsDone}`,
  );
  const few = summaries.some(({ seedsDone }) => seedsDone < 3)
    ? t` No verdict for losses with fewer than 3 seeds.`
    : "";
  const say = [
    strong(t`Stopped after ${finished} of ${experiment.runs.length} runs.`),
    text(list.length > 0 ? ` ${list.join(", ")}.${few}` : few),
  ];
  return {
    tone: "warning",
    say,
    why: `${kept(finished)} ${resumeSentence(facts)}`.trim(),
    actions: [resume],
    spoken: joined(say),
  };
}

/** While another window or a terminal trains it. */
export function elsewhereVerdict(facts: ExperimentFacts, process: number): Verdict {
  const { runs } = facts.experiment;
  const finished = runs.filter((run) => run.state.kind === "finished").length;
  const say = [
    strong(t`Trains elsewhere.`),
    text(
      t` Process ${process}, another window or a terminal, has finished ${finished} of ${runs.length} runs.`,
    ),
  ];
  return {
    tone: "plain",
    say,
    why: t`What it has come to is read anew every few seconds. Stop it where it was started.`,
    actions: [],
    progress: finished / runs.length,
    spoken: joined(say),
  };
}

const resume: Action = { kind: "resume", label: t`Resume`, primary: true };

function kept(finished: number): string {
  if (finished === 0) return t`No run was finished.`;
  return finished === 1
    ? t`The finished run is kept in .equipoise/runs.`
    : t`${finished} runs are kept in .equipoise/runs.`;
}

/** "Resume goes on with class-balanced focal, seed 2, epoch 14." */
function resumeSentence({ experiment }: ExperimentFacts): string {
  const next = experiment.runs.find((run) => run.state.kind !== "finished");
  if (!next) return "";
  const epoch = next.state.kind === "stopped" && next.state.epoch > 0 ? t`, epoch ${next.state.epoch}` : "";
  return t`Resume goes on with ${whereabouts(experiment.plan, next)}${epoch}.`;
}

/** After training ended with an error. */
export function failedVerdict({ experiment }: ExperimentFacts, message: string): Verdict {
  const failed = experiment.runs.find((run) => run.state.kind === "failed");
  const finished = experiment.runs.filter((run) => run.state.kind === "finished").length;
  const [cause = message, ...rest] = message.split(/(?<=\.)\s+/);
  const place = failed ? t` At ${whereabouts(experiment.plan, failed)}.` : "";
  const say = [strong(cause), text(`${rest.length > 0 ? ` ${rest.join(" ")}` : ""}${place}`)];
  return {
    tone: "error",
    say,
    why: kept(finished),
    actions: [resume, { kind: "show-log", label: t`Show log`, primary: false }],
    spoken: joined(say),
  };
}

/** Where the counts of the manifest are no longer those of the run; undefined where they are, or cannot be compared. */
export function staleVerdict({ snapshot, experiment }: ExperimentFacts): Verdict | undefined {
  const change = changeWords(snapshot.dataset?.view, experiment);
  if (change === undefined) return undefined;
  const say = [strong(t`Counts changed since this run:`), text(` ${change}`)];
  const leader = experiment.comparison?.results[0];
  const score = leader ? (leader.score ?? metricValue(experiment, leader)) : 0;
  const title = leader ? lossTitles(experiment.plan.losses)[leader.choice] : undefined;
  const result =
    leader && title ? t`${title} led with ${formatPercent(score)} ${metricWords(experiment).name}.` : "";
  return {
    tone: "warning",
    say,
    why: formatList([result].filter((part) => part !== "")),
    actions: [again(true)],
    spoken: joined(say),
  };
}

/** "truck 50 then, 62 now, and 2 classes more." of the classes of a run; undefined where they are as they were. */
function changeWords(
  view: View | undefined,
  { plan, classes: names, counts, testSamples, notes = [] }: ExperimentFacts["experiment"],
): string | undefined {
  const isCounted = plan.inputs === "embeddings" || (plan.inputs === "images" && notes.length === 0);
  const classes = view?.classes ?? [];
  if (!view || !isCounted || view.basis !== "images" || classes.length !== counts.length) return undefined;
  // Without a test part a fifth of each class was held out of these counts.
  const trained = (count: number): number => (plan.test ? count : count - heldOutCount(count));
  const changed = classes.filter(
    ({ count, name }, index) => name === names[index] && trained(count) !== counts[index],
  );
  const [first] = changed.sort((a, b) => a.count - b.count);
  if (first) {
    const [then, now] = [counts[first.index] ?? 0, trained(first.count)].map(formatCount);
    const more = changed.length > 1 ? t`, and ${formatAmount(changed.length - 1, "classes")} more` : "";
    return plan.test
      ? t`${first.name} ${then} then, ${now} now${more}.`
      : t`${first.name} ${then} for training then, ${now} now${more}.`;
  }
  const total = counts.reduce((sum, count) => sum + count, testSamples);
  if (plan.test || total === view.samples) return undefined;
  return t`${formatCount(total)} ${view.basis} then, ${formatCount(view.samples)} now.`;
}

/** "9 s", "3 min" or "2 h". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return t`${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
