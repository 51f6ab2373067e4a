/** The plan that the next run would follow: the last one, or the proposal, with the user's changes. */

import { formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { PanelSnapshot } from "#protocol/panel.ts";
import type { ExperimentPlan } from "#protocol/training.ts";
import type { PlanEdits } from "../choices.ts";

/** Undefined where nothing can be trained. */
export function nextPlan(snapshot: PanelSnapshot, edits: PlanEdits): ExperimentPlan | undefined {
  const plan = snapshot.experiment?.plan ?? snapshot.proposal?.plan;
  return plan ? { ...plan, ...edits } : undefined;
}

/** Steps of one run of a plan; undefined where that is not known before a run. */
export function stepsPerRun(snapshot: PanelSnapshot, plan: ExperimentPlan): number | undefined {
  const { proposal } = snapshot;
  if (!proposal) return undefined;
  return Math.round((proposal.stepsPerRun / proposal.plan.epochs) * plan.epochs);
}

/** Such as "4 losses, 5 seeds, 58,200 steps". */
export function planSize(snapshot: PanelSnapshot, plan: ExperimentPlan): string {
  const losses = plan.losses.length === 1 ? t`1 loss` : t`${formatCount(plan.losses.length)} losses`;
  return `${losses}, ${formatAmount(plan.seeds, "seeds")}${stepsText(snapshot, plan)}`;
}

/** Such as "20 runs, 58,200 steps". */
export function runsSize(snapshot: PanelSnapshot, plan: ExperimentPlan): string {
  const runs = plan.losses.length * plan.seeds;
  return `${formatCount(runs)} ${runs === 1 ? "run" : "runs"}${stepsText(snapshot, plan)}`;
}

function stepsText(snapshot: PanelSnapshot, plan: ExperimentPlan): string {
  const steps = stepsPerRun(snapshot, plan);
  return steps === undefined ? "" : t`, ${formatCount(steps * plan.losses.length * plan.seeds)} steps`;
}
