/** All that the parts of the panel draw, made from messages and the user's choices. */
import type { Dataset, PanelSnapshot } from "#protocol/panel.ts";
import type { ExperimentPlan, ExperimentSnapshot } from "#protocol/training.ts";
import type { Choices } from "../choices.ts";
import type { PanelState } from "../state.ts";
import type { Verdict } from "../verdict/phrases.ts";
import { silentVerdict } from "../verdict/progress.ts";
import { loadingVerdict, panelVerdict } from "../verdict.ts";
import { classesOf, type Room } from "./classes.ts";
import { memo } from "./memo.ts";
import { nextPlan } from "./plan.ts";
import { type StepInfo, shownStep, stepInfo } from "./ratios.ts";
import { recordedRun } from "./recorded.ts";
import { pointedAt, type Series, seriesOf } from "./series.ts";
import { type LossSummary, lossSummaries } from "./summaries.ts";

export interface PanelModel {
  readonly state: PanelState;
  readonly choices: Choices;
  readonly snapshot: PanelSnapshot;
  readonly dataset?: Dataset;
  readonly experiment?: ExperimentSnapshot;
  /** What a start would run. */
  readonly plan?: ExperimentPlan;
  readonly verdict?: Verdict;
  /** Of the classes in training order; the same arrays as long as they say the same. */
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** Of the experiment, in the plan's order; empty without one. The same object for as long as it says the same. */
  readonly legend: readonly Series[];
  /** The same, paler where another key is under the pointer. */
  readonly series: readonly Series[];
  readonly summaries: readonly LossSummary[];
  readonly steps: StepInfo;
  /** Step of the class ladder. */
  readonly step?: number;
  /** The user's beta, else the one that the plan trains with, else the usual one. */
  readonly beta: number;
  /** How wide the panel is. */
  readonly room: Room;
}

const usualBeta = 0.9999;
const nothing: PanelSnapshot = { manifests: [], trusted: true };
const noSeries: readonly Series[] = [];
const keptSeries = memo(seriesOf);
const withPointed = memo(pointedAt);
const noSteps: StepInfo = { steps: [], perEpoch: undefined, perRun: 1 };

/** Everything that is on screen. */
export function panelModel(
  state: PanelState,
  choices: Choices,
  pointed: number | undefined,
  room: Room,
): PanelModel {
  const snapshot = state.snapshot ?? nothing;
  const { dataset, experiment } = snapshot;
  const plan = nextPlan(snapshot, choices.edits);
  const summaries = experiment ? lossSummaries(experiment) : [];
  const verdict = verdictOf(state, snapshot, plan, summaries);
  const { hidden, swapped } = choices;
  const legend = experiment
    ? keptSeries(experiment.plan.losses, hidden, swapped, leaderOf(experiment), recordedRun(snapshot)?.title)
    : noSeries;
  const steps = experiment ? stepInfo(experiment) : noSteps;
  const step = shownStep(steps, choices.step);
  return {
    state,
    choices,
    snapshot,
    ...(dataset ? { dataset } : {}),
    ...(experiment ? { experiment } : {}),
    ...(plan ? { plan } : {}),
    ...(verdict ? { verdict } : {}),
    ...classesOf(snapshot),
    legend,
    series: withPointed(legend, pointed),
    summaries,
    steps,
    ...(step === undefined ? {} : { step }),
    beta: choices.beta ?? plannedBeta(plan) ?? usualBeta,
    room,
  };
}

function verdictOf(
  { loading, silent }: PanelState,
  snapshot: PanelSnapshot,
  plan: ExperimentPlan | undefined,
  summaries: readonly LossSummary[],
): Verdict | undefined {
  if (loading) return loadingVerdict(loading);
  const { experiment, recording } = snapshot;
  const isTraining = experiment?.state.kind === "running" || experiment?.state.kind === "preparing";
  if (silent && isTraining && recording === undefined) return silentVerdict();
  return panelVerdict(snapshot, plan, summaries);
}

function plannedBeta(plan: ExperimentPlan | undefined): number | undefined {
  const betas = plan?.losses.map(({ parameters }) => parameters["beta"]) ?? [];
  return betas.find((beta) => typeof beta === "number");
}

/** The loss that is drawn heavier: the winner, or the best so far if it is not the baseline. */
export function leaderOf({ comparison }: ExperimentSnapshot): number | undefined {
  if (!comparison) return undefined;
  const { verdict, results } = comparison;
  return verdict.kind === "baseline-best"
    ? undefined
    : "leader" in verdict
      ? verdict.leader
      : results[0]?.choice;
}
