/**
 * A sweep on a Ray cluster: trials go there as jobs of many, their results come back, and what the cluster loses goes there
 * again. All that it needs to know is in the results folder and on the cluster, so that it may end at any moment.
 */
import { join } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { claimTrial } from "../claim.ts";
import { endedTrials, prepareResults, readResult, sweepFolder } from "../results.ts";
import { type Sweep, trialCount } from "../sweepFile.ts";
import { hasEnded, type RayApi, type RayJob } from "./api.ts";
import { type JobEnd, judge } from "./endings.ts";
import { framesIn, keepFramed, withoutFrames } from "./frames.ts";
import { entrypoint, indexText, indicesOf, jobId } from "./jobs.ts";
import { type JobNote, type RayNotes, readNotes, writeNotes } from "./notes.ts";
import type { RayEvent, RayOptions, RayOutcome } from "./options.ts";
import type { RayPackage } from "./package.ts";
import { patiently, pause } from "./patience.ts";

/** Milliseconds between two looks for results in the log of a running job: Ray sends all of it each time. */
const collectEvery = 10_000;
/** Milliseconds before trials that another worker holds are sent again. */
const holdOff = 30_000;
/** Jobs in a row that never began: the nodes cannot have the program, and more jobs change nothing. */
const mostNotBegun = 3;

/**
 * Runs what is left of a sweep and returns how it ended; after an abort, jobs go on and a later call finds them. Throws
 * `cluster/unreachable` and `cluster/refused`, `run/busy` where another client does it, and what a worker refuses:
 * `data/changed`, `backend/unavailable`, `settings/invalid`.
 */
export async function runOnRay(
  sweep: Sweep,
  api: RayApi,
  options: RayOptions,
  tell: (event: RayEvent) => void,
  signal?: AbortSignal,
): Promise<RayOutcome> {
  await prepareResults(options.root);
  const answer = await claimTrial(join(sweepFolder(options.root, sweep.file.id), "ray"), undefined, signal);
  if (answer.kind === "taken")
    throw new EquipoiseError(
      "run/busy",
      `${answer.by} already sends this sweep to Ray. Watch it: equipoise sweep ray logs.`,
    );
  try {
    return await new RaySweep(sweep, api, options, tell, signal).run();
  } finally {
    await answer.claim.release(true);
  }
}

/** A job as this client has seen it. */
interface Watched {
  readonly note: JobNote;
  status: "waiting" | "running";
  /** Whether the cluster has known it. */
  hasArrived: boolean;
  /** Characters of its log that were told. */
  told: number;
  /** Whether its log was there when it was last looked at. */
  hasLog: boolean;
  /** When its log is looked at next, by the clock of this process. */
  collectAt: number;
}

class RaySweep {
  private readonly sweep: Sweep;
  private readonly api: RayApi;
  private readonly options: RayOptions;
  private readonly tell: (event: RayEvent) => void;
  private readonly signal: AbortSignal | undefined;
  private readonly open = new Map<string, Watched>();
  private closed: JobNote[] = [];
  private ended = new Set<number>();
  /** How often each trial was lost while it ran. */
  private readonly losses = new Map<number, number>();
  private readonly givenUp = new Map<number, string>();
  private notBegun = 0;
  private submitAt = 0;
  private isStopped = false;

  constructor(
    sweep: Sweep,
    api: RayApi,
    options: RayOptions,
    tell: (event: RayEvent) => void,
    signal: AbortSignal | undefined,
  ) {
    this.sweep = sweep;
    this.api = api;
    this.options = options;
    this.tell = tell;
    this.signal = signal;
  }

  async run(): Promise<RayOutcome> {
    await this.takeUp();
    const { shortest, longest } = this.options.waits;
    let wait = shortest;
    for (;;) {
      const before = this.state();
      await this.look();
      await this.submit();
      this.progress();
      if (this.open.size === 0 && (this.isStopped || this.missing().length === 0)) return this.outcome();
      wait = this.state() === before ? Math.min(wait * 1.5, longest) : shortest;
      await pause(wait, this.signal);
    }
  }

  /** Checks the cluster and finds the jobs of an earlier client. */
  private async takeUp(): Promise<void> {
    const { root, address } = this.options;
    await this.patiently(() => this.api.version());
    const notes = await readNotes(root, this.sweep.file.id);
    const isSame = notes?.address === address;
    for (const note of notes?.jobs ?? []) {
      // Those of another cluster are not asked for: a trial that ends there too counts once.
      if (note.end !== undefined || !isSame) this.closed.push({ end: "LOST", ...note });
      else this.watch(note);
    }
    this.ended = new Set(await endedTrials(root, this.sweep.file.id));
    if (this.open.size > 0) this.note(`found ${this.open.size} jobs of an earlier call again`);
  }

  private watch(note: JobNote): Watched {
    const watched: Watched = {
      note,
      hasArrived: false,
      status: "waiting",
      told: 0,
      hasLog: true,
      collectAt: performance.now() + collectEvery,
    };
    this.open.set(note.id, watched);
    return watched;
  }

  private async look(): Promise<void> {
    const jobs = await Promise.all(
      [...this.open.values()].map(async (watched) => {
        const job = await this.patiently(() => this.api.job(watched.note.id));
        if (job) watched.hasArrived = true;
        if (job?.status === "RUNNING") watched.status = "running";
        const isOver = job === undefined || hasEnded(job);
        const isDue = this.options.follow || performance.now() >= watched.collectAt;
        if (job && (isOver || (watched.status === "running" && isDue))) await this.collect(watched);
        return { watched, job, isOver };
      }),
    );
    await this.refresh();
    for (const { watched, job, isOver } of jobs) if (isOver) await this.close(watched, job);
  }

  /** Takes results out of a job's log, and tells what is new in it. */
  private async collect(watched: Watched): Promise<void> {
    if (this.options.entry.isShared && !this.options.follow) return;
    const began = performance.now();
    const log = await this.patiently(() => this.api.logs(watched.note.id)).catch((problem: unknown) => {
      // The node may be gone while the head is there; the job's end will tell.
      if (problem instanceof EquipoiseError && problem.code === "cluster/unreachable") return undefined;
      throw problem;
    });
    watched.collectAt = performance.now() + Math.max(collectEvery, 20 * (performance.now() - began));
    watched.hasLog = log !== undefined;
    if (log === undefined) return;
    const whole = log.slice(0, log.lastIndexOf("\n") + 1);
    const fresh = withoutFrames(whole.slice(watched.told));
    watched.told = whole.length;
    if (this.options.follow && fresh !== "") this.tell({ kind: "log", job: watched.note.id, text: fresh });
    for (const framed of framesIn(whole, this.sweep)) {
      if (!this.ended.has(framed.result.index)) await keepFramed(this.options.root, framed);
    }
  }

  /** Looks which trials have ended, and tells those that are new. */
  private async refresh(): Promise<void> {
    const { root } = this.options;
    const { id } = this.sweep.file;
    const now = new Set(await endedTrials(root, id));
    for (const index of now) {
      const result = this.ended.has(index) ? undefined : await readResult(root, id, index);
      if (result) this.tell({ kind: "result", result });
    }
    this.ended = now;
  }

  private async close({ note, hasLog, hasArrived }: Watched, job: RayJob | undefined): Promise<void> {
    const missing = (): number[] => indicesOf(note.indices).filter((index) => !this.ended.has(index));
    if (missing().length > 0 && this.options.entry.isShared) {
      // A network drive may show a file a moment late.
      await pause(this.options.waits.shortest, this.signal);
      await this.refresh();
    }
    this.open.delete(note.id);
    const said = job && job.status !== "SUCCEEDED" ? { message: job.message } : {};
    this.closed.push({ ...note, end: job?.status ?? "LOST", ...said });
    await this.write();
    // A client that ended while it submitted leaves a note of a job that never was: no trial is to blame.
    if (hasArrived) await this.draw(judge(note.id, job, missing(), hasLog));
  }

  /** Draws the conclusion from a job's end. */
  private async draw(end: JobEnd): Promise<void> {
    if (end.kind !== "not-begun") this.notBegun = 0;
    switch (end.kind) {
      case "done":
        return;
      case "refused":
        await this.stopAll();
        throw end.problem;
      case "stopped":
        this.isStopped = true;
        this.note(end.message);
        return;
      case "held":
        this.submitAt = performance.now() + holdOff;
        this.note(end.message);
        return;
      case "no-room":
        this.note(end.message);
        return;
      case "not-begun":
        this.notBegun++;
        this.note(end.message);
        if (this.notBegun < mostNotBegun) return;
        await this.stopAll();
        throw new EquipoiseError("cluster/refused", end.message);
      case "lost":
        this.lose(end.index, end.message);
    }
  }

  private lose(index: number, message: string): void {
    const times = (this.losses.get(index) ?? 0) + 1;
    this.losses.set(index, times);
    if (times >= this.options.attempts) this.givenUp.set(index, message);
    this.note(`${message}; ${times < this.options.attempts ? "sending it again" : "given up"}`);
  }

  /** Trials that are nowhere: neither ended, nor in a job, nor given up. Those that were lost come last. */
  private missing(): number[] {
    const there = new Set([...this.open.values()].flatMap(({ note }) => indicesOf(note.indices)));
    const all = Array.from({ length: trialCount(this.sweep.file) }, (_, index) => index);
    return all
      .filter((index) => !this.ended.has(index) && !there.has(index) && !this.givenUp.has(index))
      .sort((a, b) => this.lossesOf(a) - this.lossesOf(b) || a - b);
  }

  private lossesOf(index: number): number {
    return this.losses.get(index) ?? 0;
  }

  private async submit(): Promise<void> {
    const { jobs, batch } = this.options;
    if (this.isStopped || performance.now() < this.submitAt) return;
    const missing = this.missing();
    while (this.open.size < jobs && missing.length > 0) {
      // A trial that ends its node must not take others along again and again: one that was lost goes alone.
      const isLone = this.lossesOf(missing[0] as number) > 0;
      const fresh = missing.findIndex((index) => this.lossesOf(index) > 0);
      const size = isLone ? 1 : Math.min(batch, fresh < 0 ? missing.length : fresh);
      await this.submitJob(indexText(missing.splice(0, size)));
    }
  }

  private async submitJob(indices: string): Promise<void> {
    const { entry, cpus, gpus, package: needed } = this.options;
    const { id: sweep } = this.sweep.file;
    const tried = this.closed.filter((note) => note.indices === indices).length;
    const note = { id: jobId(sweep, indices, tried + 1), indices };
    const watched = this.watch(note);
    // Written first: a client that ends in between leaves an id that the next one can ask for.
    await this.write();
    if (needed) await this.provide(needed);
    await this.patiently(() =>
      this.api.submit({
        id: note.id,
        entrypoint: entrypoint(entry, indices),
        cpus,
        gpus,
        environment: needed ? { working_dir: `gcs://${needed.name}` } : {},
        metadata: { equipoise_sweep: sweep, equipoise_trials: indices },
      }),
    );
    watched.hasArrived = true;
  }

  /** The cluster forgets a package that no job needs, and every one when it starts anew. */
  private async provide({ name, content }: RayPackage): Promise<void> {
    if (await this.patiently(() => this.api.hasPackage(name))) return;
    this.note(`sending program and data, ${(content.length / 2 ** 20).toFixed(1)} MiB`);
    await this.patiently(() => this.api.upload(name, content));
  }

  private async stopAll(): Promise<void> {
    await Promise.all([...this.open.keys()].map((id) => this.api.stop(id).catch(() => {})));
  }

  private async write(): Promise<void> {
    const jobs = [...this.closed, ...[...this.open.values()].map(({ note }) => note)];
    const { root, address } = this.options;
    const notes: RayNotes = { format: "equipoise-ray", version: 1, sweep: this.sweep.file.id, address, jobs };
    await writeNotes(root, notes);
  }

  private patiently<T>(act: () => Promise<T>): Promise<T> {
    return patiently(this.options.waits, act, this.signal, (message) => this.note(message));
  }

  private note(message: string): void {
    this.tell({ kind: "note", message });
  }

  private state(): string {
    const jobs = [...this.open.values()].map(({ note, status }) => `${note.id} ${status}`);
    return `${this.ended.size} ${jobs.join(" ")}`;
  }

  private progress(): void {
    const running = [...this.open.values()].filter(({ status }) => status === "running").length;
    const trials = trialCount(this.sweep.file);
    this.tell({
      kind: "progress",
      ended: this.ended.size,
      trials,
      running,
      waiting: this.open.size - running,
    });
  }

  private outcome(): RayOutcome {
    const givenUp = [...this.givenUp].map(([index, message]) => ({ index, message }));
    const kind = givenUp.length > 0 ? "incomplete" : this.missing().length > 0 ? "stopped" : "finished";
    return { kind, ended: this.ended.size, givenUp };
  }
}
