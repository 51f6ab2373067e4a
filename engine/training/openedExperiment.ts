/** An experiment while it trains: its runs one after the other, updates, state, and how it ends. */
import { loadInputs, type TrainingData } from "#engine/data/inputs.ts";
import { readParts } from "#engine/data/parts.ts";
import type { Split } from "#engine/data/split.ts";
import {
  type ExperimentFile,
  type StoredExperimentState,
  writeExperiment,
} from "#engine/runs/experimentFile.ts";
import type { ExperimentSnapshot, ExperimentState, ExperimentUpdate } from "#protocol/training.ts";
import { stepsPerEpoch } from "./run.ts";
import { type RunRecord, runSnapshot } from "./runRecord.ts";
import { compareRecords } from "./stored.ts";
import { TrialFailure, trainTrial } from "./trial.ts";
import { Updates } from "./updates.ts";

/** An experiment that is ready to train, and what is known of it while it does. */
export class Experiment {
  private file: ExperimentFile;
  private readonly split: Split;
  private readonly records: RunRecord[];
  private data: TrainingData | undefined;
  private state: ExperimentState = { kind: "preparing", message: "Starting" };
  private readonly updates: Updates;
  private ended = false;
  /** Of the seed that trains, where it has a split of its own. */
  private repeated: { readonly seed: number; readonly data: TrainingData } | undefined;

  constructor(file: ExperimentFile, split: Split, records: RunRecord[], data: TrainingData | undefined) {
    this.file = file;
    this.split = split;
    this.records = records;
    this.data = data;
    this.updates = new Updates(file.id);
  }

  get id(): string {
    return this.file.id;
  }

  /** All that is known at this moment. */
  snapshot(): ExperimentSnapshot {
    const { id, plan, classes, counts, testSamples, backend, notes } = this.file;
    const { comparison } = this.updates;
    return {
      id,
      plan,
      classes,
      counts,
      testSamples,
      backend,
      notes,
      state: this.state,
      runs: this.records.map(runSnapshot),
      ...(comparison ? { comparison } : {}),
    };
  }

  /**
   * Trains every run that is not finished and yields what changed. Ends within one step after an abort, with the
   * state `stopped` and a checkpoint. What goes wrong becomes the state `failed`; it does not throw.
   */
  async *run(signal?: AbortSignal): AsyncGenerator<ExperimentUpdate> {
    for (const record of this.records) if (record.state.kind !== "waiting") this.updates.add(record);
    try {
      yield* this.load(signal);
      yield* this.trainAll(signal);
      await this.end(signal?.aborted ? { kind: "stopped" } : this.verdictState());
    } catch (problem) {
      await this.end(signal?.aborted ? { kind: "stopped" } : { kind: "failed", message: messageOf(problem) });
    }
    yield this.updates.flush(this.state);
  }

  /** Ends it as failed because of a mistake elsewhere; returns what to tell of that. */
  async fail(problem: unknown): Promise<ExperimentUpdate> {
    await this.end({ kind: "failed", message: messageOf(problem) });
    return this.updates.flush(this.state);
  }

  /** Writes the experiment's file. Throws `disk/full`. */
  async write(state: StoredExperimentState["kind"]): Promise<void> {
    const stored = state === "failed" && this.state.kind === "failed" ? this.state : { kind: state };
    this.file = { ...this.file, state: stored as StoredExperimentState };
    await writeExperiment(this.file);
  }

  private async *load(signal?: AbortSignal): AsyncGenerator<ExperimentUpdate> {
    if (this.data) return;
    let loaded: TrainingData | undefined;
    const loading = loadInputs(
      this.file.plan,
      this.split,
      (message) => {
        this.state = { kind: "preparing", message };
      },
      signal,
    ).then((data) => {
      loaded = data;
    });
    while (!loaded) {
      await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, 100))]);
      yield this.updates.flush(this.state);
    }
    this.data = loaded;
    const report = { counts: loaded.counts, testSamples: loaded.test.rows, notes: loaded.notes };
    this.file = { ...this.file, ...report };
    this.updates.addData(report);
    await this.write("running");
  }

  private async *trainAll(signal?: AbortSignal): AsyncGenerator<ExperimentUpdate> {
    const { data } = this;
    if (!data) throw new Error("expected loaded data");
    const clock = this.startClock(data);
    for (const record of this.records) {
      if (signal?.aborted) return;
      if (record.state.kind === "finished") continue;
      const trial = {
        record,
        data: await this.dataOf(record.seed, data, signal),
        plan: this.file.plan,
        experiment: this.file.id,
        backend: this.file.backend,
      };
      try {
        for await (const event of trainTrial(trial, signal)) {
          if (!this.ended) this.state = clock();
          this.updates.add(record, event);
          if (this.updates.due()) yield this.updates.flush(this.state);
        }
      } catch (problem) {
        if (!(problem instanceof TrialFailure)) throw problem;
      }
      this.updates.add(record);
      await this.compare(record);
      yield this.updates.flush(this.state);
    }
  }

  /** Returns what a seed trains and tests on: with repeated splits each holds out other samples, the first as without. */
  private async dataOf(seed: number, data: TrainingData, signal?: AbortSignal): Promise<TrainingData> {
    const { plan } = this.file;
    if (plan.splits !== "repeated" || seed === 1) return data;
    if (this.repeated?.seed !== seed) {
      const split = await readParts(plan, seed - 1);
      this.repeated = { seed, data: await loadInputs(plan, split, undefined, signal) };
    }
    return this.repeated.data;
  }

  /** Returns how far the experiment is; the time left is told once enough steps were timed. */
  private startClock(data: TrainingData): () => ExperimentState {
    const { plan } = this.file;
    const perRun = plan.epochs * stepsPerEpoch(plan, data.train.rows);
    const stepsTotal = perRun * this.records.length;
    const startedAt = Date.now();
    const done = (): number => this.records.reduce((sum, record) => sum + stepsOf(record, perRun), 0);
    const before = done();
    return () => {
      const stepsDone = done();
      const seconds = (Date.now() - startedAt) / 1000;
      const timed = stepsDone - before;
      const rest =
        seconds >= 1 && timed >= 20 ? { secondsLeft: ((stepsTotal - stepsDone) * seconds) / timed } : {};
      return { kind: "running", startedAt, stepsDone, stepsTotal, ...rest };
    };
  }

  /** Intervals are drawn anew only when every loss has one more seed: each time costs most of a second. */
  private async compare(last: RunRecord): Promise<void> {
    const { plan, classes } = this.file;
    const roundDone = last.choice === plan.losses.length - 1;
    if (last.seed >= 3 && !roundDone) return;
    this.updates.comparison = await compareRecords(plan, classes, this.records, giveWay);
  }

  private verdictState(): ExperimentState {
    const failures = this.records.flatMap(({ state }) => (state.kind === "failed" ? [state.message] : []));
    const [first] = failures;
    return first !== undefined && failures.length === this.records.length
      ? { kind: "failed", message: first }
      : { kind: "finished" };
  }

  /** The first end counts: after a mistake elsewhere training still comes to its own. */
  private async end(state: ExperimentState): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.state = state;
    try {
      const { plan, classes } = this.file;
      this.updates.comparison = await compareRecords(plan, classes, this.records, giveWay);
      await this.write(state.kind === "finished" || state.kind === "failed" ? state.kind : "stopped");
    } catch (problem) {
      this.state = { kind: "failed", message: messageOf(problem) };
    }
  }
}

function stepsOf({ state }: RunRecord, perRun: number): number {
  if (state.kind === "finished" || state.kind === "failed") return perRun;
  return state.kind === "waiting" ? 0 : state.step;
}

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
