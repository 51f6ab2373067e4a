/** What is known of one run of an experiment while it is open. */
import type { Predictions, RankedOutcome } from "#engine/runs/runFolder.ts";
import type { EpochReport, GradientReport, RunResult, RunSnapshot, RunState } from "#protocol/training.ts";
import type { FinishedRun } from "./comparison.ts";
import { score } from "./evaluation.ts";
import type { PlannedRun } from "./plan.ts";
import { figuresAmong, type LogitFigures } from "./testLogits.ts";

export interface RunRecord extends PlannedRun {
  state: RunState;
  epochs: EpochReport[];
  gradients: GradientReport[];
  predictions?: Predictions;
  /** Of samples with several labels, in place of predictions. */
  ranked?: RankedOutcome;
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

/** Returns the state of a run on samples with several labels, with the means that were stored beside its outcome. */
export function rankedState(
  { averagePrecision, precision, f1 }: RankedOutcome,
  means: Pick<RunResult, "accuracy" | "balancedAccuracy"> & LogitFigures,
): RunState {
  const { accuracy, balancedAccuracy } = means;
  const tested = f1.filter((value) => !Number.isNaN(value));
  const macroF1 = tested.reduce((sum, value) => sum + value, 0) / tested.length;
  const result = { accuracy, balancedAccuracy, recall: averagePrecision, precision, f1, macroF1 };
  return { kind: "finished", result: { ...result, ...figuresAmong(means) } };
}

export function finishedRuns(records: readonly RunRecord[]): FinishedRun[] {
  return records.flatMap(({ choice, seed, state, predictions, ranked }): FinishedRun[] => {
    if (state.kind !== "finished") return [];
    const { result } = state;
    if (predictions) return [{ choice, seed, ...predictions, figures: result }];
    if (!ranked) return [];
    const { influence, counts, tested } = ranked;
    const outcome = { result, influence, counts };
    return [{ choice, seed, predicted: new Int32Array(), ranked: outcome, ...(tested ? { tested } : {}) }];
  });
}
