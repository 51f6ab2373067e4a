/** Experiments as they lie on disk. */
import { countLabels } from "#engine/data/dataset.ts";
import { maskPixels } from "#engine/data/masks.ts";
import type { StoredCheckpoint } from "#engine/runs/checkpointFile.ts";
import { type ExperimentFile, readExperiments, runFolderOf } from "#engine/runs/experimentFile.ts";
import { requireExperiment } from "#engine/runs/experimentList.ts";
import { isTrainedElsewhere } from "#engine/runs/owner.ts";
import { readRun, readRunCheckpoint, type StoredRun } from "#engine/runs/runFolder.ts";
import { metricOf } from "#engine/statistics/metric.ts";
import type {
  Comparison,
  ExperimentId,
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentState,
  RunState,
} from "#protocol/training.ts";
import { compare } from "./comparison.ts";
import { metricWeights } from "./metric.ts";
import { type PlannedRun, plannedRuns } from "./plan.ts";
import {
  finishedRuns,
  finishedState,
  type RunRecord,
  rankedState,
  runSnapshot,
  waitingRecord,
} from "./runRecord.ts";

/**
 * Returns the newest experiment on a manifest as it lies on disk; undefined where there is none. One whose process
 * ended while it trained is `stopped`, one that another process trains `elsewhere`.
 */
export async function latestExperiment(
  folder: string,
  manifest: string,
): Promise<ExperimentSnapshot | undefined> {
  const [newest] = await readExperiments(folder, manifest);
  return newest && storedSnapshot(newest);
}

/** Returns an experiment as it lies on disk. Throws `run/unknown`. */
export async function storedExperiment(folder: string, id: ExperimentId): Promise<ExperimentSnapshot> {
  return storedSnapshot(await requireExperiment(folder, id));
}

async function storedSnapshot(file: ExperimentFile): Promise<ExperimentSnapshot> {
  const records = await readRecords(file);
  const comparison = await compareRecords(file.plan, file.classes, records);
  return {
    id: file.id,
    plan: file.plan,
    classes: file.classes,
    counts: file.counts,
    testSamples: file.testSamples,
    backend: file.backend,
    notes: file.notes,
    state: await storedState(file, records),
    runs: records.map(runSnapshot),
    ...(comparison ? { comparison } : {}),
  };
}

async function storedState(file: ExperimentFile, records: readonly RunRecord[]): Promise<ExperimentState> {
  const { state } = file;
  if (state.kind === "failed") return state;
  if (await isTrainedElsewhere(file)) return { kind: "elsewhere", process: file.process };
  const done = records.every((record) => record.state.kind === "finished");
  return { kind: state.kind === "finished" || done ? "finished" : "stopped" };
}

/** Returns every run of an experiment as far as it came. */
function readRecords(file: ExperimentFile): Promise<RunRecord[]> {
  const { folder } = file.plan;
  return Promise.all(
    plannedRuns(file.id, file.plan).map((run) => readRecord(run, folder, file.classes.length)),
  );
}

async function readRecord(run: PlannedRun, folder: string, classes: number): Promise<RunRecord> {
  const stored = await readRun(runFolderOf(folder, run.id));
  if (!stored) return waitingRecord(run);
  const { epochs, gradients, predictions, ranked } = stored;
  return {
    ...run,
    state: runState(stored, classes),
    epochs: [...epochs],
    gradients: [...gradients],
    ...(predictions ? { predictions } : {}),
    ...(ranked ? { ranked } : {}),
  };
}

function runState({ description, gradients, predictions, ranked }: StoredRun, classes: number): RunState {
  const { state } = description;
  if (state.kind === "finished" && predictions) return finishedState(predictions, classes, state);
  const { accuracy, balancedAccuracy } = state.kind === "finished" ? state : {};
  if (state.kind === "finished" && ranked && accuracy !== undefined && balancedAccuracy !== undefined)
    return rankedState(ranked, { ...state, accuracy, balancedAccuracy });
  if (state.kind === "failed" || state.kind === "stopped") return state;
  const last = gradients.at(-1);
  return last ? { kind: "stopped", epoch: last.epoch, step: last.step } : { kind: "waiting" };
}

/** Returns the runs of an experiment to go on with: reports after a run's checkpoint will be made once more. */
export async function resumeRecords(file: ExperimentFile): Promise<RunRecord[]> {
  const { folder } = file.plan;
  return Promise.all(
    plannedRuns(file.id, file.plan).map((run) => resumeRecord(run, folder, file.classes.length)),
  );
}

/** Returns one run to go on with, as far as its checkpoint came. */
export async function resumeRecord(run: PlannedRun, folder: string, classes: number): Promise<RunRecord> {
  const record = await readRecord(run, folder, classes);
  if (record.state.kind === "finished") return record;
  const stored = record.state.kind === "stopped" ? await checkpointOf(folder, record) : undefined;
  record.gradients = record.gradients.slice(0, stored?.reports ?? 0);
  const reported = record.gradients.at(-1)?.step ?? 0;
  record.epochs = record.epochs.filter(({ step }) => step <= reported);
  record.state = stored
    ? { kind: "stopped", epoch: record.gradients.at(-1)?.epoch ?? 1, step: stored.checkpoint.step }
    : { kind: "waiting" };
  return record;
}

/** Returns the checkpoint of a run; undefined where there is none or it is damaged, and the run starts anew. */
export async function checkpointOf(folder: string, run: PlannedRun): Promise<StoredCheckpoint | undefined> {
  return readRunCheckpoint(runFolderOf(folder, run.id)).catch(() => undefined);
}

/** Returns results and verdict of the finished runs; undefined where there are none. */
export async function compareRecords(
  plan: ExperimentPlan,
  classes: readonly string[],
  records: readonly RunRecord[],
  pause?: () => Promise<void>,
): Promise<Comparison | undefined> {
  const first = records.find(({ predictions, ranked }) => predictions ?? ranked);
  if (!first) return undefined;
  const truth = first.predictions?.truth ?? new Int32Array();
  const tested = first.ranked?.counts ?? countLabels(truth, classes.length);
  const failed = (choice: number): boolean =>
    records.filter((record) => record.choice === choice).every(({ state }) => state.kind === "failed");
  const input = {
    truth,
    classes: classes.length,
    weights: metricWeights(plan.objective, classes, tested),
    choices: [...plan.losses.keys()].filter((choice) => !failed(choice)),
    finished: finishedRuns(records),
    ...(plan.inputs === "masks" ? { pixels: maskPixels } : {}),
  };
  const comparison = await compare(input, pause);
  return comparison && { metric: metricOf(plan), ...comparison };
}
