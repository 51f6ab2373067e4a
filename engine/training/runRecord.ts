/** What is known of one run of an experiment while it is open. */
import type { Predictions } from "#engine/runs/runFolder.ts";
import type { EpochReport, GradientReport, RunSnapshot, RunState } from "#protocol/training.ts";
import type { FinishedRun } from "./comparison.ts";
import { score } from "./evaluation.ts";
import type { PlannedRun } from "./plan.ts";
import { figuresAmong, type LogitFigures } from "./testLogits.ts";

export interface RunRecord extends PlannedRun {
  state: RunState;
  epochs: EpochReport[];
  gradients: GradientReport[];
  predictions?: Predictions;
}

export function waitingRecord(run: PlannedRun): RunRecord {
  return { ...run, state: { kind: "waiting" }, epochs: [], gradients: [] };
}

/** Returns a copy that later reports do not change. */
export function runSnapshot({ id, choice, seed, state, epochs, gradients }: RunRecord): RunSnapshot {
  return { id, choice, seed, state, epochs: [...epochs], gradients: [...gradients] };
}

/** Returns the state of a run that ended with these predictions and what its logits told. */
export function finishedState(
  { truth, predicted }: Predictions,
  classes: number,
  figures: LogitFigures,
): RunState {
  return { kind: "finished", result: { ...score(predicted, truth, classes), ...figuresAmong(figures) } };
}

export function finishedRuns(records: readonly RunRecord[]): FinishedRun[] {
  return records.flatMap(({ choice, seed, state, predictions }) =>
    state.kind === "finished" && predictions ? [{ choice, seed, ...predictions, figures: state.result }] : [],
  );
}
