/** Long scans in a worker thread, so that hover and completion stay quick. */

import { stat } from "node:fs/promises";
import { type MessagePort, Worker } from "node:worker_threads";
import { longReading } from "#engine/manifest/longReading.ts";
import type { RowIndex } from "#engine/manifest/rows.ts";
import type { Analysis, CountsSoFar } from "#protocol/analysis.ts";
import { type Dialogue, dialogue, type Transport } from "#protocol/dialogue.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import {
  type AnalysisJob,
  type Analyst,
  type ClassPlace,
  inlineAnalyst,
  type PlacesJob,
  type ReadingListener,
  reading,
  standsForMany,
  type Watching,
} from "./analyst.ts";
import type { LiveJob } from "./manifestReading.ts";
import { stateAfter, type TextStamp, type TextState, unknownState } from "./textChanges.ts";

interface ScanRequests {
  readonly scan: {
    readonly params: { readonly id: number; readonly job: AnalysisJob };
    readonly result: Analysis | null;
  };
  readonly live: {
    readonly params: { readonly id: number; readonly job: LiveJob };
    readonly result: Analysis | null | typeof unknownState;
  };
  readonly rows: {
    readonly params: { readonly id: number; readonly path: string };
    readonly result: RowIndex;
  };
  readonly places: {
    readonly params: { readonly id: number; readonly job: PlacesJob };
    readonly result: ClassPlace[];
  };
  readonly livePlaces: {
    readonly params: { readonly id: number; readonly job: LiveJob<PlacesJob> };
    readonly result: ClassPlace[] | typeof unknownState;
  };
}

interface ScanOrders {
  readonly cancel: { readonly id: number };
  readonly forget: { readonly path: string };
}

interface ScanReports {
  readonly progress: { readonly id: number; readonly made: Parameters<ReadingListener> };
}

type ToThread = Dialogue<ScanRequests, ScanReports, unknown, ScanOrders>;

/** A thread without work is given back after this time; it costs about 10 MB. */
const idleMilliseconds = 30_000;
/** With a long text in it that is edited it stays longer, as a new one has to read all of it. */
const liveMilliseconds = 600_000;

/** Milliseconds between two reports of how far a reading is: each takes time from who is asked meanwhile. */
const pace = 50;

/** Analyses small manifests at once and long ones in a thread that runs `script`, which must call `serveScans`. */
export function threadedAnalyst(script: string | URL, log: (problem: unknown) => void): Analyst {
  let thread: { readonly worker: Worker; readonly talk: ToThread } | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 1;
  /** States of the texts that the thread keeps. */
  const states = new Map<string, number>();
  const watched = new Map<number, Watching>();

  function start(): ToThread {
    const worker = new Worker(script, { argv: [], execArgv: [] });
    const talk: ToThread = dialogue(workerTransport(worker), log);
    const end = (problem: unknown): void => {
      if (thread?.worker === worker) thread = undefined;
      states.clear();
      talk.close(
        problem instanceof Error ? problem : new EquipoiseError("internal", t`The reading thread ended.`),
      );
    };
    worker.on("error", end);
    worker.on("exit", end);
    // Work in progress keeps the process alive through its connection; the thread alone must not.
    worker.unref();
    talk.hear("progress", ({ id, made }) => watched.get(id)?.progress?.(...made));
    thread = { worker, talk };
    return talk;
  }

  /** Ends the thread; who asks before it has ended gets a new one. */
  function leave(): void {
    clearTimeout(idle);
    const leaving = thread;
    thread = undefined;
    states.clear();
    void leaving?.worker.terminate();
  }

  function rest(): void {
    clearTimeout(idle);
    if (watched.size > 0) return;
    idle = setTimeout(leave, states.size > 0 ? liveMilliseconds : idleMilliseconds);
    idle.unref();
  }

  async function inThread<T>(
    watching: Watching,
    work: (talk: ToThread, id: number) => Promise<T>,
  ): Promise<T> {
    const id = next++;
    const talk = thread?.talk ?? start();
    watched.set(id, watching);
    clearTimeout(idle);
    try {
      return await untilAborted(work(talk, id), watching.signal, () => talk.tell("cancel", { id }));
    } finally {
      watched.delete(id);
      rest();
    }
  }

  /** Asks about a long text, of which is sent what changed since the thread has read it, or all of it. */
  async function askLive<Job extends LongText, T>(
    { text, stamp, ...rest }: Job,
    watching: Watching,
    question: (
      talk: ToThread,
      params: { readonly id: number; readonly job: LiveJob<Job> },
    ) => Promise<T | typeof unknownState>,
  ): Promise<T | undefined> {
    const ask = (live: TextState): Promise<T | typeof unknownState> =>
      inThread(watching, (talk, id) => {
        states.set(rest.path, stamp.state);
        return question(talk, { id, job: { ...rest, live } });
      });
    const known = await ask(stateAfter(text, stamp, states.get(rest.path)));
    const found = known === unknownState ? await ask({ state: stamp.state, text }) : known;
    return found === unknownState ? undefined : found;
  }

  return {
    async analyse(job, watching = {}) {
      const long = await takesLong(job);
      watching.signal?.throwIfAborted();
      if (!long) return inlineAnalyst.analyse(job, watching);
      const found = isLongText(job)
        ? await askLive(job, watching, (talk, params) => talk.ask("live", params))
        : await inThread(watching, (talk, id) => talk.ask("scan", { id, job: withoutStamp(job) }));
      return found ?? undefined;
    },
    forget(path) {
      inlineAnalyst.forget(path);
      if (states.delete(path)) thread?.talk.tell("forget", { path });
      rest();
    },
    async places(job, watching = {}) {
      if (!(await takesLong(job))) return inlineAnalyst.places(job, watching);
      if (!isLongText(job))
        return inThread(watching, (talk, id) => talk.ask("places", { id, job: withoutStamp(job) }));
      return (await askLive(job, watching, (talk, params) => talk.ask("livePlaces", params))) ?? [];
    },
    async rows(path, watching = {}) {
      if ((await sizeOf(path)) <= longReading) return inlineAnalyst.rows(path, watching);
      return inThread(watching, (talk, id) => talk.ask("rows", { id, path }));
    },
    dispose: leave,
  };
}

/** The other side: answers scans on the port of a worker thread. */
export function serveScans(port: MessagePort): void {
  const running = new Map<number, AbortController>();
  const talk: Dialogue<unknown, ScanOrders, ScanRequests, ScanReports> = dialogue(portTransport(port));
  talk.hear("cancel", ({ id }) => running.get(id)?.abort());
  /** Work that can be cancelled and says how far it is. */
  async function watched<T>(id: number, work: (watching: Watching) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      return await work({ signal: controller.signal, progress: reports(id) });
    } finally {
      running.delete(id);
    }
  }
  /** Tells now and then how far a reading is, and at once what was counted. */
  function reports(id: number): ReadingListener {
    let next = 0;
    let told: CountsSoFar | undefined;
    return (...made) => {
      const [, , , soFar] = made;
      const now = performance.now();
      if (soFar === told && now < next) return;
      told = soFar;
      next = now + pace;
      talk.tell("progress", { id, made });
    };
  }
  talk.answer("scan", ({ id, job }) =>
    watched(id, async (watching) => (await inlineAnalyst.analyse(job, watching)) ?? null),
  );
  talk.answer("live", ({ id, job }) =>
    watched(id, async (watching) => (await (await reading()).analyseLive(job, watching)) ?? null),
  );
  talk.hear("forget", ({ path }) => inlineAnalyst.forget(path));
  talk.answer("livePlaces", ({ id, job }) =>
    watched(id, async (watching) => (await reading()).livePlaces(job, watching)),
  );
  talk.answer("places", ({ id, job }) => watched(id, (watching) => inlineAnalyst.places(job, watching)));
  talk.answer("rows", ({ id, path }) => watched(id, (watching) => inlineAnalyst.rows(path, watching)));
}

/** The promise's value, or the signal's reason as soon as it is aborted; `cancel` is then called once. */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  cancel: () => void = () => {},
): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** A job about a text of which the state is known. */
type LongText = PlacesJob & { readonly text: string; readonly stamp: TextStamp };

function isLongText<Job extends PlacesJob>(job: Job): job is Job & LongText {
  return job.text !== undefined && job.stamp !== undefined;
}

/** What tells changes cannot cross to the thread. */
function withoutStamp<Job extends PlacesJob>({ stamp: _, ...job }: Job): Omit<Job, "stamp"> {
  return job;
}

/** Whether reading takes long: much text, or many files. */
async function takesLong(job: PlacesJob): Promise<boolean> {
  return (job.text?.length ?? (await sizeOf(job.path))) > longReading || (await standsForMany(job));
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

function workerTransport(worker: Worker): Transport {
  return {
    send: (message) => worker.postMessage(message),
    receive(listener) {
      worker.on("message", listener);
      return () => worker.off("message", listener);
    },
  };
}

function portTransport(port: MessagePort): Transport {
  return {
    send: (message) => port.postMessage(message),
    receive(listener) {
      port.on("message", listener);
      return () => port.off("message", listener);
    },
  };
}
