/** All trials of a sweep on this machine, in processes beside each other. Each claims what it trains, as workers elsewhere do. */
import { type ChildProcess, fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { availableCores } from "#engine/backends/cores.ts";
import { type Dialogue, dialogue } from "#protocol/dialogue.ts";
import { EquipoiseError, type ErrorCode } from "#protocol/errors.ts";
import type { PoolEnd, SweepProgress, TrialOutcome, TrialResult } from "#protocol/sweep.ts";
import type { SweepNotifications, SweepRequests } from "#protocol/sweepRequests.ts";
import { readResults } from "./results.ts";
import { type Sweep, trialCount } from "./sweepFile.ts";

export interface PoolOptions {
  readonly root: string;
  /** The bundle of the training process. */
  readonly script: string;
  readonly workers: number;
  readonly signal?: AbortSignal;
  /** Told at every end of a trial, and a few times a second. */
  progress?(progress: SweepProgress): void;
  /** Told once a trial. */
  ended?(outcome: TrialOutcome): void;
  /** What a worker said last before it died. */
  log?(text: string): void;
}

/** A trial that takes its process down so often is left out: memory, as a rule. */
const mostCrashes = 3;
/** What goes wrong with one trial so would go wrong with all. */
const ofAll: readonly ErrorCode[] = ["data/changed", "data/unreadable", "backend/unavailable", "disk/full"];
/** Characters of a worker's last words. */
const mostSaid = 2000;
/** Milliseconds until trials of other workers are looked at again. */
const lookAgain = 5_000;
const progressEvery = 250;

/** Returns how many workers this machine carries with so many threads each. */
export function usualWorkers(threads: number): number {
  return Math.max(1, Math.floor(availableCores() / threads));
}

/**
 * Trains every trial that has not ended. Throws what keeps all of them from training: `data/changed`,
 * `backend/unavailable`, `disk/full`.
 */
export async function runPool(sweep: Sweep, options: PoolOptions): Promise<PoolEnd> {
  return new Pool(sweep, options).run();
}

class Pool {
  private readonly sweep: Sweep;
  private readonly options: PoolOptions;
  private readonly results = new Map<number, TrialResult>();
  private readonly running = new Map<number, { step: number; steps: number }>();
  private readonly crashes = new Map<number, number>();
  private readonly workers = new Set<Worker>();
  /** Not begun yet, in order. */
  private queue: number[] = [];
  /** Other workers train them. */
  private elsewhere: number[] = [];
  private failure: unknown;
  private lastDeath = "";
  private told = 0;

  constructor(sweep: Sweep, options: PoolOptions) {
    this.sweep = sweep;
    this.options = options;
  }

  async run(): Promise<PoolEnd> {
    const { root, signal } = this.options;
    for (const [index, result] of await readResults(root, this.sweep.file.id))
      this.results.set(index, result);
    this.queue = Array.from({ length: trialCount(this.sweep.file) }, (_, i) => i).filter(
      (i) => !this.results.has(i),
    );
    const stop = (): void => {
      for (const worker of this.workers) worker.stop();
    };
    signal?.addEventListener("abort", stop);
    try {
      const workers = Math.min(this.options.workers, this.queue.length);
      await Promise.all(Array.from({ length: workers }, () => this.work()));
    } finally {
      signal?.removeEventListener("abort", stop);
      for (const worker of this.workers) worker.dismiss();
    }
    this.tell(true);
    if (this.failure) throw this.failure;
    if (signal?.aborted) return { kind: "stopped" };
    const indices = [...this.crashes].flatMap(([index, times]) => (times >= mostCrashes ? [index] : []));
    return indices.length > 0 ? { kind: "given-up", indices, message: this.lastDeath } : { kind: "ended" };
  }

  /** One worker at a time, started anew where it died. */
  private async work(): Promise<void> {
    let worker: Worker | undefined;
    for (;;) {
      const index = await this.next();
      if (index === undefined) break;
      worker = worker?.isAlive() ? worker : this.start();
      this.running.set(index, { step: 0, steps: this.sweep.file.stepsPerTrial });
      this.tell();
      try {
        this.take(index, await worker.train(index));
      } catch (problem) {
        this.fail(index, worker, problem);
      }
      this.running.delete(index);
      this.tell(true);
    }
    worker?.dismiss();
  }

  /** The next trial; waits for those of other workers once nothing else is left. */
  private async next(): Promise<number | undefined> {
    for (;;) {
      if (this.failure !== undefined || this.options.signal?.aborted) return undefined;
      const index = this.queue.shift();
      if (index !== undefined) return index;
      if (this.elsewhere.length === 0) return undefined;
      await sleep(lookAgain, undefined, this.options.signal ? { signal: this.options.signal } : {}).catch(
        () => {},
      );
      this.queue = this.elsewhere.splice(0);
    }
  }

  private take(index: number, outcome: TrialOutcome): void {
    if ("result" in outcome) this.results.set(index, outcome.result);
    else if (outcome.kind === "claimed") this.elsewhere.push(index);
    else if (!this.options.signal?.aborted) this.queue.push(index);
    this.options.ended?.(outcome);
  }

  private fail(index: number, worker: Worker, problem: unknown): void {
    if (this.options.signal?.aborted) return;
    if (problem instanceof EquipoiseError && ofAll.includes(problem.code)) {
      this.failure ??= problem;
      return;
    }
    const times = (this.crashes.get(index) ?? 0) + 1;
    this.crashes.set(index, times);
    this.lastDeath = problem instanceof Error ? problem.message : String(problem);
    this.options.log?.(`trial ${index}: ${this.lastDeath}\n${worker.said.trimEnd()}`.trimEnd());
    if (times < mostCrashes) this.queue.push(index);
  }

  private start(): Worker {
    const { script, root } = this.options;
    const worker = new Worker(script, { path: this.sweep.path, root }, (index, step, steps) => {
      this.running.set(index, { step, steps });
      this.tell();
    });
    this.workers.add(worker);
    return worker;
  }

  private tell(now = false): void {
    if (!now && performance.now() - this.told < progressEvery) return;
    this.told = performance.now();
    const results = [...this.results.values()];
    const finished = results.filter(({ state }) => state === "finished");
    const trials = trialCount(this.sweep.file);
    const mean = finished.reduce((sum, { seconds }) => sum + seconds, 0) / finished.length;
    const begun = [...this.running.values()].reduce(
      (sum, { step, steps }) => sum + step / Math.max(1, steps),
      0,
    );
    const left = trials - results.length - begun;
    const beside = Math.max(1, Math.min(this.options.workers, this.running.size));
    this.options.progress?.({
      sweep: this.sweep.file.id,
      trials,
      finished: finished.length,
      failed: results.length - finished.length,
      running: [...this.running].map(([index, { step, steps }]) => ({ index, step, steps })),
      ...(finished.length > 0 ? { secondsLeft: (mean * left) / beside } : {}),
    });
  }
}

/** A training process. */
class Worker {
  private readonly child: ChildProcess;
  private readonly talk: Dialogue<SweepRequests, SweepNotifications>;
  private readonly place: { readonly path: string; readonly root: string };
  /** The end of what it wrote to its streams. */
  said = "";

  constructor(
    script: string,
    place: { readonly path: string; readonly root: string },
    step: (index: number, step: number, steps: number) => void,
  ) {
    this.place = place;
    // Its own arguments and flags must not be ours: a test runner's, an editor's.
    this.child = fork(script, [], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const { child } = this;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.said = (this.said + text).slice(-mostSaid);
      });
    }
    this.talk = dialogue({
      send: (message) => void (child.connected && child.send(message as object, () => {})),
      receive(listener) {
        child.on("message", listener);
        return () => child.off("message", listener);
      },
    });
    this.talk.hear("sweep/step", ({ index, step: done, steps }) => step(index, done, steps));
    const ended = (how: string): void =>
      this.talk.close(new EquipoiseError("engine/died", `The worker ended with ${how}.`));
    child.once("error", (problem) => ended(problem.message));
    child.once("exit", (code, signal) => ended(signal ? `signal ${signal}` : `code ${code}`));
  }

  isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && this.child.connected;
  }

  train(index: number): Promise<TrialOutcome> {
    return this.talk.ask("sweep/trial", { ...this.place, index });
  }

  stop(): void {
    if (this.isAlive()) void this.talk.ask("sweep/stop", null).catch(() => {});
  }

  /** The process ends once the channel is closed. */
  dismiss(): void {
    if (this.child.connected) this.child.disconnect();
  }
}
