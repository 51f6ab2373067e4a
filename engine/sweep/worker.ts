/** Runs trials of a sweep in this process, one after the other; the data are read once. */
import os from "node:os";
import { startBackend } from "#engine/backends/backend.ts";
import { loadInputs, type TrainingData } from "#engine/data/inputs.ts";
import { readParts } from "#engine/data/parts.ts";
import { stepsPerEpoch } from "#engine/training/run.ts";
import type { RunRecord } from "#engine/training/runRecord.ts";
import { resumeRecord } from "#engine/training/stored.ts";
import { TrialFailure, trainTrial } from "#engine/training/trial.ts";
import { version } from "#engine/version.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepBackend, TrialMetrics, TrialOutcome, TrialResult } from "#protocol/sweep.ts";
import type { ExperimentPlan } from "#protocol/training.ts";
import { type Claim, type ClaimTimes, claimTrial } from "./claim.ts";
import { dataStamp, requireSameData } from "./dataReferences.ts";
import { rankedMetrics, trialMetrics } from "./metrics.ts";
import { addResult, claimsFolder, prepareResults, readResult } from "./results.ts";
import { planOf, type Sweep, type SweepTrial, trialAt } from "./sweepFile.ts";
import { openTrialLog, type TrialLog } from "./trialLog.ts";

export interface WorkerOptions {
  /** The folder that holds `.equipoise`; by default that of the sweep file. May be a shared volume. */
  readonly root?: string;
  readonly times?: ClaimTimes;
  /** Steps done of a trial; called at most a few times a second. */
  progress?(index: number, step: number, steps: number): void;
}

export interface SweepWorker {
  readonly root: string;
  /**
   * Trains a trial unless it has ended or another worker trains it. After an abort it ends within a step and can be gone
   * on with. Throws `data/changed` naming files, `backend/unavailable` where the planned backend does not run here, and
   * `disk/full` where the results cannot be written; the trial is then free again.
   */
  run(index: number, signal?: AbortSignal): Promise<TrialOutcome>;
}

/** Milliseconds between two reports of progress. */
const reportEvery = 250;

export function createSweepWorker(sweep: Sweep, options: WorkerOptions = {}): SweepWorker {
  const root = options.root ?? sweep.folder;
  const ground = createGround(sweep);
  return {
    root,
    async run(index, signal) {
      const trial = trialAt(sweep, index);
      const { id } = sweep.file;
      const before = await readResult(root, id, index);
      if (before) return { kind: "skipped", result: before };
      await prepareResults(root);
      await ground.require(signal);
      const answer = await claimTrial(claimsFolder(root, id, index), options.times, signal);
      if (answer.kind === "taken") return { kind: "claimed", index, by: answer.by };
      return attempt(sweep, trial, answer.claim, root, ground, options, signal);
    },
  };
}

async function attempt(
  sweep: Sweep,
  trial: SweepTrial,
  claim: Claim,
  root: string,
  ground: Ground,
  { progress }: WorkerOptions,
  signal: AbortSignal | undefined,
): Promise<TrialOutcome> {
  const began = performance.now();
  const log = openTrialLog(root, sweep.file, trial, claim.attempt);
  let ended = false;
  try {
    // Another worker may have ended it between the first look and the claim.
    const before = await readResult(root, sweep.file.id, trial.index);
    ended = before !== undefined;
    if (before) return { kind: "skipped", result: before };
    const stop = AbortSignal.any([claim.lost, ...(signal ? [signal] : [])]);
    const end = await train({
      sweep,
      trial,
      claim,
      root,
      ground,
      log,
      stop,
      progress: progress ?? (() => {}),
    });
    if (end.kind === "stopped") {
      const message = claim.lost.aborted
        ? "another worker took the trial over"
        : "stopped; it goes on from its checkpoint";
      log.line(message);
      return { kind: "stopped", index: trial.index, message };
    }
    const { kind: _, ...outcome } = end;
    const result = await addResult(root, {
      format: "equipoise-trial",
      version: 1,
      sweep: sweep.file.id,
      ...trial,
      backend: ground.backend(),
      equipoise: version,
      host: os.hostname(),
      attempt: claim.attempt,
      ended: new Date().toISOString(),
      seconds: (performance.now() - began) / 1000,
      ...outcome,
    } as TrialResult);
    ended = true;
    log.line(end.state === "finished" ? `finished: score ${end.metrics.score}` : `failed: ${end.message}`);
    return { kind: result.state, result };
  } catch (problem) {
    log.line(
      `ended by an error: ${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}`,
    );
    if (!signal?.aborted || problem instanceof EquipoiseError) throw problem;
    return { kind: "stopped", index: trial.index, message: "stopped; it goes on from its checkpoint" };
  } finally {
    await claim.release(!ended);
    await log.close();
  }
}

interface Attempt {
  readonly sweep: Sweep;
  readonly trial: SweepTrial;
  readonly claim: Claim;
  readonly root: string;
  readonly ground: Ground;
  readonly log: TrialLog;
  readonly stop: AbortSignal;
  progress(index: number, step: number, steps: number): void;
}

type End =
  | { readonly kind: "stopped" }
  | ({ readonly kind: "ended"; readonly trainingSeconds: number } & (
      | Pick<TrialResult & { readonly state: "finished" }, "state" | "metrics">
      | Pick<TrialResult & { readonly state: "failed" }, "state" | "message">
    ));

async function train({ sweep, trial, claim, root, ground, log, stop, progress }: Attempt): Promise<End> {
  const { index, configuration, seed, run } = trial;
  const plan = planOf(sweep, configuration, root);
  const data = await ground.data(plan, stop);
  const record = await resumeRecord({ id: run, choice: configuration, seed }, root, data.classes.length);
  const backend = ground.backend();
  const steps = plan.epochs * stepsPerEpoch(plan, data.train.rows);
  log.begin(backend, record.state.kind === "stopped" ? record.state.step : 0, steps);
  const began = performance.now();
  let told = 0;
  try {
    if (record.state.kind !== "finished") {
      const task = {
        record,
        data,
        plan,
        experiment: sweep.file.id,
        backend,
        isOurs: claim.isOurs,
        isBrief: true,
      };
      for await (const event of trainTrial(task, stop)) {
        if (event.kind === "epoch") log.epoch(event.report);
        if (event.kind !== "step" || performance.now() - told < reportEvery) continue;
        told = performance.now();
        claim.tell(`${event.step}/${steps}`);
        progress(index, event.step, steps);
      }
    }
  } catch (problem) {
    if (!(problem instanceof TrialFailure)) throw problem;
    if (!(await claim.isOurs())) return { kind: "stopped" };
    return { kind: "ended", state: "failed", message: problem.message, trainingSeconds: secondsSince(began) };
  }
  const metrics = (await claim.isOurs()) ? metricsOf(record, data, plan) : undefined;
  if (!metrics) return { kind: "stopped" };
  return { kind: "ended", state: "finished", metrics, trainingSeconds: secondsSince(began) };
}

function metricsOf(record: RunRecord, data: TrainingData, plan: ExperimentPlan): TrialMetrics | undefined {
  const { state, predictions, ranked } = record;
  if (state.kind !== "finished") return undefined;
  const loss = record.epochs.at(-1)?.loss ?? Number.NaN;
  if (ranked) return rankedMetrics(ranked, state.result, data, plan, loss);
  return predictions && trialMetrics(predictions, data.classes, data.counts, plan, loss);
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

/** What trials stand on: the data of the plan and its backend, checked before anything is claimed. */
interface Ground {
  /** Throws `data/changed` or `backend/unavailable`. */
  require(signal?: AbortSignal): Promise<void>;
  /** Such as "wasm, 1 thread". */
  backend(): string;
  data(plan: ExperimentPlan, signal: AbortSignal): Promise<TrainingData>;
}

function createGround({ file, folder }: Sweep): Ground {
  let stamp: string | undefined;
  let loaded: { readonly key: string; readonly data: TrainingData } | undefined;
  return {
    async require(signal) {
      const now = await dataStamp(folder, file.data);
      if (now !== stamp) {
        loaded = undefined;
        await requireSameData(folder, file.data, signal);
        stamp = now;
      }
      await requireBackend(file.backend);
    },
    backend: () => backendText(file.backend),
    async data(plan, signal) {
      // A linear head wants inputs of another scale.
      const key = String(plan.model === "linear");
      if (loaded?.key !== key) {
        loaded = undefined;
        const split = await readParts(plan);
        loaded = { key, data: await loadInputs(plan, split, undefined, signal) };
      }
      return loaded.data;
    },
  };
}

/** Such as "wasm, 2 threads". */
export function backendText({ id, threads }: SweepBackend): string {
  return `${id}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** Starts the planned backend; another one, or another number of threads, would give other figures without a word. */
async function requireBackend(planned: SweepBackend): Promise<void> {
  const { id, threads, reason } = await startBackend(planned.id, planned.threads);
  if (id === planned.id && threads === planned.threads) return;
  throw new EquipoiseError(
    "backend/unavailable",
    `The sweep was planned on ${backendText(planned)}, and ${os.hostname()} has ${backendText({ id, threads })} (${reason}). ` +
      "Run it on a machine like the planned one, or plan it with --backend and --threads for this one.",
  );
}
