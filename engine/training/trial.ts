/** One run of an experiment with its folder: trained, written, and gone on with after an interruption. */

import type { TrainingData } from "#engine/data/inputs.ts";
import { countSets, fillMultiHot, type LabelSets } from "#engine/manifest/labelSets.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import type { RunDescription } from "#engine/runs/runDescription.ts";
import { RunFolder } from "#engine/runs/runFolder.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentId, ExperimentPlan } from "#protocol/training.ts";
import type { Evaluation } from "./evaluation.ts";
import { metricWeights } from "./metric.ts";
import type { RankedSets } from "./rankedSets.ts";
import { createRun, type RunCheckpoint, type RunEvent, stepsPerEpoch, type TrainingRun } from "./run.ts";
import { finishedState, type RunRecord, rankedState } from "./runRecord.ts";
import { checkpointOf } from "./stored.ts";
import { figuresAmong } from "./testLogits.ts";

/** A crash costs at most this much training, in milliseconds; machines that vanish without a word may want less. */
const checkpointEvery = 1000 * (Number(process.env["EQUIPOISE_CHECKPOINT_SECONDS"]) || 10);

export interface Trial {
  readonly record: RunRecord;
  readonly data: TrainingData;
  readonly plan: ExperimentPlan;
  readonly experiment: ExperimentId;
  readonly backend: string;
  /** Asked before the end is written; absent: nobody else trains it. */
  isOurs?(): Promise<boolean>;
  /** Of thousands of runs: neither test logits nor, once it is finished, the checkpoint are kept. */
  readonly isBrief?: boolean;
}

/** Ends one run; the others of the experiment go on. Its message stands in the record. */
export class TrialFailure extends Error {}

/**
 * Trains a run from its checkpoint, or from the start, keeps its record up to date and yields its events. Throws
 * `TrialFailure` where this run cannot go on, `disk/full` where none can.
 */
export async function* trainTrial(trial: Trial, signal?: AbortSignal): AsyncGenerator<RunEvent> {
  const { record, plan, data } = trial;
  let run: TrainingRun | undefined;
  let folder: RunFolder | undefined;
  try {
    run = createRun({
      id: record.id,
      choice: plan.losses[record.choice] as ExperimentPlan["losses"][number],
      seed: record.seed,
      settings: plan,
      data,
      keepsLogits: !trial.isBrief,
    });
    folder = await openFolder(trial, run);
    yield* train(trial, run, folder, signal);
  } catch (problem) {
    throw await failure(trial, problem, run, folder);
  } finally {
    run?.dispose();
    await folder?.close();
  }
}

async function openFolder(trial: Trial, run: TrainingRun): Promise<RunFolder> {
  const { record, plan } = trial;
  const stored = record.state.kind === "stopped" ? await checkpointOf(plan.folder, record) : undefined;
  const misfit = stored && restore(run, stored.checkpoint);
  const path = runFolderOf(plan.folder, record.id);
  const folder = await RunFolder.open(path, describe(trial), misfit ? 0 : (stored?.reports ?? 0));
  if (!misfit) return folder;
  // Written down, so that the next start does not meet the same state again.
  await folder.setState({ kind: "failed", step: 0, message: misfit.message });
  await folder.close();
  throw misfit;
}

/** Returns `run/failed` where a checkpoint is of another network, loss, sampler or class count. */
function restore(run: TrainingRun, checkpoint: RunCheckpoint): EquipoiseError | undefined {
  try {
    run.restore(checkpoint);
    return undefined;
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message : String(problem);
    return new EquipoiseError(
      "run/failed",
      t`The saved state of this run does not fit it: ${reason.replace(/\.?$/, ".")} Start again: this run then begins anew.`,
      { cause: problem },
    );
  }
}

async function* train(
  { record, data, plan, isOurs = async () => true, isBrief = false }: Trial,
  run: TrainingRun,
  folder: RunFolder,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunEvent> {
  let saved = performance.now();
  record.state = { kind: "running", epoch: 1, step: run.step };
  for await (const event of run.events(signal)) {
    if (event.kind === "step") {
      record.state = { kind: "running", epoch: event.epoch, step: event.step };
    } else if (event.kind === "end") {
      if (!(await isOurs())) return;
      if (!isBrief) await folder.checkpoint(await run.save());
      await finish({ record, data, plan, isBrief }, folder, event.evaluation);
      if (isBrief) await folder.dropCheckpoint();
    } else await report(record, folder, event);
    yield event;
    if (event.kind !== "end" && performance.now() - saved >= checkpointEvery) {
      await folder.checkpoint(await run.save());
      saved = performance.now();
    }
  }
  if (record.state.kind !== "running" || !(await isOurs())) return;
  const { epoch, step } = record.state;
  await folder.checkpoint(await run.save());
  record.state = { kind: "stopped", epoch, step };
  await folder.setState(record.state);
}

type Ended = Pick<Trial, "record" | "data" | "plan" | "isBrief">;

/** As `finish`, of samples with several labels: what their ranking tells, and truth and logits where they are few enough. */
async function finishRanked(
  { record, data, plan, isBrief = false }: Ended,
  folder: RunFolder,
  evaluation: Evaluation,
): Promise<void> {
  const { classes, tested } = data;
  const sets = data.test.sets as LabelSets;
  const { logits } = evaluation;
  const counts = countSets(sets, classes.length);
  const influence = evaluation.influence as RankedSets["influence"];
  const none = new Float32Array(classes.length).fill(Number.NaN);
  const ranked = {
    averagePrecision: evaluation.recall,
    precision: evaluation.precision ?? none,
    f1: evaluation.f1 ?? none,
    counts,
    influence: await influence(metricWeights(plan.objective, classes, counts)),
    ...(plan.splits === "repeated" && tested ? { tested } : {}),
  };
  await folder.ranking(ranked);
  if (!isBrief && logits) {
    const samples = Int32Array.from({ length: data.test.rows }, (_, i) => i);
    const multiHot = new Uint8Array(samples.length * classes.length);
    fillMultiHot(sets, samples, classes.length, multiHot);
    await folder.truth(multiHot, classes.length);
    await folder.logits(logits);
  }
  const { accuracy, balancedAccuracy } = evaluation;
  await folder.setState({ kind: "finished", accuracy, balancedAccuracy, ...figuresAmong(evaluation) });
  record.ranked = ranked;
  record.state = rankedState(ranked, evaluation);
}

/** Keeps what a run came to; told as finished once all of it is there. */
async function finish(ended: Ended, folder: RunFolder, evaluation: Evaluation): Promise<void> {
  const { record, data, plan } = ended;
  if (data.test.sets) return finishRanked(ended, folder, evaluation);
  const { tested } = data;
  const predictions = {
    truth: data.test.labels,
    predicted: evaluation.predictions,
    ...(plan.splits === "repeated" && tested ? { tested } : {}),
  };
  const { logits, accuracy, balancedAccuracy } = evaluation;
  await folder.predictions(predictions);
  if (logits) await folder.logits(logits);
  const link = logits ? { link: logits.link } : {};
  await folder.setState({
    kind: "finished",
    accuracy,
    balancedAccuracy,
    ...link,
    ...figuresAmong(evaluation),
  });
  record.predictions = predictions;
  record.state = finishedState(predictions, data.classes.length, evaluation);
}

async function report(
  record: RunRecord,
  folder: RunFolder,
  event: RunEvent & { readonly kind: "gradient" | "epoch" },
): Promise<void> {
  record.gradients.push(event.gradient);
  if (event.kind === "gradient") return folder.report({ gradient: event.gradient });
  record.epochs.push(event.report);
  const { gradient, learningRate } = event;
  return folder.report({ gradient, epoch: event.report, learningRate });
}

/**
 * Marks the run as failed, on disk too where that still takes it, and tells whether the others can go on. Where the
 * device failed none can, and on disk the run stays as interrupted, to be gone on with from its checkpoint.
 */
async function failure(
  { record }: Trial,
  problem: unknown,
  run: TrainingRun | undefined,
  folder: RunFolder | undefined,
): Promise<Error> {
  const message = problem instanceof Error ? problem.message : String(problem);
  record.state = { kind: "failed", step: run?.step ?? 0, message };
  const code = problem instanceof EquipoiseError ? problem.code : undefined;
  if (code !== "backend/lost") await folder?.setState(record.state).catch(() => {});
  const own = code === "run/failed" || code === "loss/unsuitable";
  return own || !(problem instanceof Error) ? new TrialFailure(message) : problem;
}

function describe({ record, data, plan, experiment, backend }: Trial): RunDescription {
  const { loss, parameters, sampler, schedule, recipe, settings } = plan.losses[
    record.choice
  ] as ExperimentPlan["losses"][number];
  const { rate, optimizer, augmentation, isMultiLabel } = plan;
  return {
    format: "equipoise-run",
    version: 1,
    id: record.id,
    experiment,
    choice: record.choice,
    loss,
    parameters,
    sampler,
    ...(schedule ? { schedule } : {}),
    ...(recipe ? { recipe } : {}),
    ...(settings ? { settings } : {}),
    seed: record.seed,
    model: plan.model,
    epochs: plan.epochs,
    stepsPerEpoch: stepsPerEpoch(plan, data.train.rows),
    batchSize: plan.batchSize,
    learningRate: plan.learningRate,
    ...(rate ? { rate } : {}),
    momentum: plan.momentum,
    weightDecay: plan.weightDecay,
    ...(optimizer ? { optimizer } : {}),
    ...(augmentation ? { augmentation } : {}),
    ...(isMultiLabel ? { isMultiLabel } : {}),
    backend,
    classes: data.classes,
    counts: data.counts,
    started: new Date().toISOString(),
    state: { kind: "running" },
  };
}
