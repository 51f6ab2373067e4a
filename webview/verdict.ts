/** The answer at the top of the panel, as sentences: pure text from what is known. */

import { formatAmount, formatCount, formatFactor, unitName } from "#engine/statistics/format.ts";
import { thirds } from "#engine/statistics/shotGroups.ts";
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import type { Dataset, PanelSnapshot } from "#protocol/panel.ts";
import type { ExperimentPlan, LossChoice } from "#protocol/training.ts";
import { canMeasure, measuredSeconds } from "./model/measured.ts";
import { planSize } from "./model/plan.ts";
import { recordedRun } from "./model/recorded.ts";
import type { LossSummary } from "./model/summaries.ts";
import type { Loading } from "./state.ts";
import { comparisonVerdict } from "./verdict/comparison.ts";
import { measuredVerdict, measuringVerdict } from "./verdict/measured.ts";
import { type Action, type ExperimentFacts, joined, strong, text, type Verdict } from "./verdict/phrases.ts";
import {
  elsewhereVerdict,
  failedVerdict,
  preparingVerdict,
  runningVerdict,
  staleVerdict,
  stoppedVerdict,
} from "./verdict/progress.ts";
import { recordedVerdict } from "./verdict/recorded.ts";

/** What the panel says about a snapshot; `plan` is what a start would run. */
export function panelVerdict(
  snapshot: PanelSnapshot,
  plan: ExperimentPlan | undefined,
  summaries: readonly LossSummary[],
): Verdict | undefined {
  const { dataset, experiment } = snapshot;
  if (!dataset) return undefined;
  if (snapshot.measurement?.kind === "running") return measuringVerdict(snapshot.measurement);
  if (!experiment)
    return snapshot.trusted ? readyVerdict(snapshot, dataset, plan) : restrictedVerdict(dataset);
  const recorded = recordedRun(snapshot);
  if (recorded) return recordedVerdict(recorded, experiment);
  const verdict = experimentVerdict({ snapshot, experiment, summaries });
  return snapshot.opened === undefined
    ? verdict
    : { ...verdict, actions: [...verdict.actions, backAction()] };
}

function experimentVerdict(facts: ExperimentFacts): Verdict {
  const { experiment } = facts;
  switch (experiment.state.kind) {
    case "preparing":
      return preparingVerdict(experiment.state.message);
    case "running":
      return runningVerdict(facts, experiment.state);
    case "stopped":
      return stoppedVerdict(facts);
    case "elsewhere":
      return elsewhereVerdict(facts, experiment.state.process);
    case "failed":
      return failedVerdict(facts, experiment.state.message);
    default:
      return staleVerdict(facts) ?? comparisonVerdict(facts);
  }
}

function measureAction(): Action {
  const label = t`Measure for ${measuredSeconds} s`;
  return { kind: "measure", label, primary: false, seconds: measuredSeconds };
}

/** From an earlier comparison that was opened. */
function backAction(): Action {
  return { kind: "show-comparison", label: t`Back to the newest`, primary: false };
}

/** While a manifest is read. */
export function loadingVerdict({ name, read, total, unit }: Loading): Verdict {
  const amount = unit ? formatCount : megabytes;
  return {
    tone: "plain",
    say: [text(t`Reading: `), strong(amount(read)), text(t` of ${amount(total)} ${unit ?? "MB"}.`)],
    why: t`The charts appear when the ${unit ? t`files have` : t`file has`} been read.`,
    actions: [{ kind: "cancel", label: t`Cancel`, primary: false }],
    progress: total > 0 ? Math.min(1, read / total) : 0,
    spoken: t`Reading ${name}.`,
  };
}

const megabytes = (bytes: number): string => formatCount(Math.round(bytes / 1e6));

function readyVerdict(snapshot: PanelSnapshot, dataset: Dataset, plan: ExperimentPlan | undefined): Verdict {
  const { recommendation } = dataset;
  const run: readonly Action[] = plan ? [{ kind: "run", label: t`Run comparison`, primary: true }] : [];
  if (snapshot.measurement?.kind === "done") return measuredVerdict(snapshot.measurement.advice, run[0]);
  const next = plan
    ? t`Run the comparison to measure it on your data: ${planSize(snapshot, plan)}.`
    : (snapshot.noProposal ?? t`Looking for training data.`);
  if (!recommendation) {
    const nothing = [strong(t`No advice for these counts.`), text(` ${sizeSentence(dataset)}`)];
    return { tone: "plain", say: nothing, why: next, actions: run, spoken: t`No advice for these counts.` };
  }
  const say = adviceSentence(dataset);
  const insert = insertAction(dataset, plan === undefined && snapshot.noProposal !== undefined);
  return {
    tone: "plain",
    say,
    why: t`Advice from the counts alone, after ${shortSource(recommendation.source)}. ${next}`.trim(),
    actions: [
      ...run,
      ...(canMeasure(plan) ? [measureAction()] : []),
      ...(insert ? [{ ...insert, label: plan ? t`Insert without a run` : insert.label }] : []),
    ],
    spoken: joined(say),
  };
}

function restrictedVerdict(dataset: Dataset): Verdict {
  const say = [strong(t`Restricted mode: advice only.`), text(t` Training starts in a trusted workspace.`)];
  return {
    tone: "plain",
    say,
    why: dataset.recommendation ? `${joined(adviceSentence(dataset))}` : sizeSentence(dataset),
    actions: [{ kind: "manage-trust", label: t`Manage trust`, primary: false }],
    spoken: joined(say),
  };
}

function adviceSentence(dataset: Dataset): Verdict["say"] {
  const { view, recommendation } = dataset;
  const factor = view.imbalanceFactor;
  const baseline =
    recommendation?.loss === "cross-entropy" || recommendation?.loss === "binary-cross-entropy";
  if (factor !== null && factor < 1.5 && baseline) {
    return [
      strong(t`These data are balanced (imbalance factor ${formatFactor(factor)}).`),
      text(t` Use ${losses[recommendation.loss].title.toLowerCase()}; no loss here would help.`),
    ];
  }
  const title = recommendation ? losses[recommendation.loss].title : "";
  return [strong(t`${title} is the first loss to try.`), text(` ${sizeSentence(dataset)}`)];
}

/** "Imbalance factor 100: three of ten classes hold 79 % of the images, the last three 2.2 %." */
function sizeSentence({ view }: Dataset): string {
  const counts = view.classes.map(({ count }) => count).filter((count) => count > 0);
  if (view.imbalanceFactor === null || counts.length === 0) return t`No class occurs.`;
  const factor = t`Imbalance factor ${formatFactor(view.imbalanceFactor)}`;
  const { head, tail } = thirds(counts);
  if (head.length === 0) return `${factor}: ${formatAmount(counts.length, "classes")}.`;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const share = (indices: readonly number[]): string =>
    shortPercent(indices.reduce((sum, index) => sum + (counts[index] ?? 0), 0) / total);
  const all = t`${numberWord(counts.length)} classes${counts.length < view.classes.length ? t` that occur` : ""}`;
  const units = unitName(view.labels === view.samples ? view.basis : "labels");
  const last = tail.length === 1 ? t`the last` : t`the last ${numberWord(tail.length)}`;
  const again = tail.length > 10 ? t` hold` : "";
  const verb = head.length === 1 ? "holds" : "hold";
  return t`${factor}: ${numberWord(head.length)} of ${all} ${verb} ${share(head)} of the ${units}, ${last}${again} ${share(tail)}.`;
}

/** The recommended loss as something to insert; undefined where nothing is recommended. */
function insertAction({ recommendation }: Dataset, primary: boolean): Action | undefined {
  if (!recommendation) return undefined;
  const choice: LossChoice = {
    loss: recommendation.loss,
    parameters: recommendation.parameters,
    sampler: recommendation.sampler ?? "instance-balanced",
  };
  return { kind: "insert", label: t`Insert into equipoise.yaml`, primary, choice };
}

/** "Ren et al. 2020" of "Ren et al. 2020, arXiv 2007.10740". */
export function shortSource(source: string): string {
  return source.split(",")[0] ?? source;
}

function shortPercent(share: number): string {
  const percent = share * 100;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

function numberWord(count: number): string {
  return words[count] ?? formatCount(count);
}
