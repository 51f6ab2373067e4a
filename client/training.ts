/** The experiment that is under way or was last looked at, as the engine reports it. */

import * as vscode from "vscode";
import type { AdviceProgress, MeasuredAdvice } from "#protocol/advice.ts";
import type { BackendDescription, SetupWish } from "#protocol/backends.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { ExperimentSummary } from "#protocol/experiments.ts";
import type { Adjusted } from "#protocol/runs.ts";
import type {
  ExperimentId,
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentState,
  ExperimentUpdate,
  Proposal,
  RunId,
  RunState,
} from "#protocol/training.ts";
import type { Engine } from "./engineProcess.ts";
import { folderOf } from "./places.ts";
import { backendChoice } from "./settings.ts";

/** An experiment of this session, with just what status, views and a death notice need. */
export interface Watched {
  readonly id: ExperimentId;
  readonly plan: ExperimentPlan;
  /** Such as "wasm, 2 threads". */
  readonly backend: string;
  readonly state: ExperimentState;
  readonly runs: ReadonlyMap<RunId, RunState>;
}

export interface Training extends vscode.Disposable {
  /** Asks the engine something else; its process stays for a while. Nothing is asked in a workspace that is not trusted. */
  readonly ask: Engine["ask"];
  /** A plan that suits the manifest, on the backend that the settings name. */
  propose(manifest: vscode.Uri): Promise<Proposal>;
  start(plan: ExperimentPlan): Promise<ExperimentSnapshot>;
  /** Stops the experiment that runs; false where none does. */
  stop(): Promise<boolean>;
  /** The newest experiment on the manifest, running or on disk. */
  latest(manifest: vscode.Uri): Promise<ExperimentSnapshot | undefined>;
  /** All on the manifest, newest first. */
  list(manifest: vscode.Uri): Promise<readonly ExperimentSummary[]>;
  /** One of them; throws `run/unknown`. */
  open(folder: string, experiment: ExperimentId): Promise<ExperimentSnapshot>;
  /** An empty title takes the name away. */
  rename(folder: string, experiment: ExperimentId, title: string): Promise<void>;
  /** Deletes it with its runs; throws `run/busy` while it trains. */
  remove(folder: string, experiment: ExperimentId): Promise<void>;
  /**
   * Sets a backend up in a new process, as one process loads one TensorFlow; throws `run/busy` while training runs.
   * @param tell hears what is being done.
   */
  setUp(
    wish: SetupWish,
    tell: (message: string) => void,
    cancelled: vscode.CancellationToken,
  ): Promise<BackendDescription>;
  /** What finished runs would have measured with logits adjusted after training; throws `data/none` without logits. */
  adjust(folder: string, runs: readonly RunId[], taus: readonly number[]): Promise<Adjusted>;
  /** Tries losses on the manifest's training data within about so many seconds; throws `run/busy` while training runs. */
  measure(manifest: vscode.Uri, seconds: number): Promise<MeasuredAdvice>;
  /** What was measured last, in this session or before; undefined where nothing was, or the data have changed. */
  measured(manifest: vscode.Uri): Promise<MeasuredAdvice | undefined>;
  /** Ends the measuring; what asked for it throws `run/stopped`. */
  stopMeasuring(): Promise<void>;
  readonly onMeasuring: vscode.Event<AdviceProgress>;
  /** Whether training is under way and its process has said nothing for long. */
  isSilent(): boolean;
  readonly onSilence: vscode.Event<boolean>;
  /** Ends the process of the training: it has failed then, and goes on from its last checkpoint when it is resumed. */
  kill(): void;
  current(): Watched | undefined;
  isRunning(): boolean;
  readonly onStart: vscode.Event<ExperimentSnapshot>;
  readonly onUpdate: vscode.Event<ExperimentUpdate>;
  /** Fires with a message for the user when a comparison was cut off. An idle process is missed by nobody. */
  readonly onDeath: vscode.Event<string>;
}

/** A process without work is given back after this time: it holds a few hundred MB. */
const idleMilliseconds = 5 * 60_000;

/** A training process reports several times a second; one that said nothing for so long is stuck, or its machine is. */
const silentMilliseconds = 10_000;

/** Why nothing is trained here. */
export function restrictedMode(): string {
  return vscode.l10n.t("Restricted mode: advice only. Training starts in a trusted workspace.");
}

/** Gives the training side of the extension; nothing starts a process in a workspace that is not trusted. */
export function createTraining(engine: Engine): Training {
  const starts = new vscode.EventEmitter<ExperimentSnapshot>();
  const updates = new vscode.EventEmitter<ExperimentUpdate>();
  const deaths = new vscode.EventEmitter<string>();
  const silences = new vscode.EventEmitter<boolean>();
  let current: Watched | undefined;
  let idle: NodeJS.Timeout | undefined;
  let unanswered = 0;

  /** Asks the engine, and lets its process end when nothing was asked for a while. */
  const ask: Engine["ask"] = async (method, params) => {
    clearInterval(idle);
    unanswered++;
    try {
      return await engine.ask(method, params);
    } finally {
      unanswered--;
      clearInterval(idle);
      idle = setInterval(() => {
        if (isRunning() || unanswered > 0) return;
        clearInterval(idle);
        engine.rest();
      }, idleMilliseconds);
      idle.unref();
    }
  };

  const isRunning = (): boolean => current?.state.kind === "running" || current?.state.kind === "preparing";

  let wasSilent = false;
  const watching = setInterval(() => {
    const isSilent = isRunning() && engine.silence() > silentMilliseconds;
    if (isSilent === wasSilent) return;
    wasSilent = isSilent;
    silences.fire(isSilent);
  }, 1000);
  watching.unref();

  engine.onUpdate((update) => {
    if (current?.id === update.experiment) current = applied(current, update);
    updates.fire(update);
  });
  engine.onDeath((message) => {
    if (!current || !isRunning()) return;
    const update = failure(current, message);
    current = applied(current, update);
    updates.fire(update);
    deaths.fire(message);
  });

  return {
    async ask(method, params) {
      requireTrust();
      return ask(method, params);
    },
    async propose(manifest) {
      requireTrust();
      const proposal = await ask("experiment/propose", question(manifest));
      const backend = backendChoice();
      if (backend === "auto" || proposal.plan.backend !== "auto") return proposal;
      return { ...proposal, plan: { ...proposal.plan, backend } };
    },
    async start(plan) {
      requireTrust();
      if (isRunning())
        throw new EquipoiseError(
          "run/busy",
          vscode.l10n.t("A comparison runs already. Stop it first, or wait until it has finished."),
        );
      const snapshot = await ask("experiment/start", { plan });
      current = watch(snapshot);
      starts.fire(snapshot);
      return snapshot;
    },
    async stop() {
      if (!current || !isRunning()) return false;
      await ask("experiment/stop", { experiment: current.id });
      return true;
    },
    async latest(manifest) {
      requireTrust();
      const snapshot = await ask("experiment/latest", question(manifest));
      return snapshot ?? undefined;
    },
    async list(manifest) {
      requireTrust();
      return ask("experiment/list", question(manifest));
    },
    open: (folder, experiment) => ask("experiment/open", { folder, experiment }),
    async rename(folder, experiment, title) {
      await ask("experiment/rename", { folder, experiment, title });
    },
    async remove(folder, experiment) {
      await ask("experiment/delete", { folder, experiment });
    },
    async setUp(wish, tell, cancelled) {
      requireTrust();
      if (isRunning())
        throw new EquipoiseError(
          "run/busy",
          vscode.l10n.t("A comparison runs. Stop it, or wait until it has finished."),
        );
      engine.rest();
      const listening = vscode.Disposable.from(
        engine.onProgress(tell),
        cancelled.onCancellationRequested(() => void ask("backend/cancelSetUp", null)),
      );
      try {
        return await ask("backend/setUp", wish);
      } finally {
        listening.dispose();
      }
    },
    adjust: (folder, runs, taus) => ask("runs/adjust", { folder, runs, taus }),
    async measure(manifest, seconds) {
      requireTrust();
      return ask("advice/measure", { ...question(manifest), seconds });
    },
    async measured(manifest) {
      requireTrust();
      return (await ask("advice/latest", question(manifest))) ?? undefined;
    },
    async stopMeasuring() {
      await ask("advice/stop", {});
    },
    onMeasuring: engine.onMeasuring,
    isSilent: () => wasSilent,
    onSilence: silences.event,
    kill: () => engine.kill(),
    current: () => current,
    isRunning,
    onStart: starts.event,
    onUpdate: updates.event,
    onDeath: deaths.event,
    dispose() {
      clearInterval(idle);
      clearInterval(watching);
      silences.dispose();
      starts.dispose();
      updates.dispose();
      deaths.dispose();
    },
  };
}

function requireTrust(): void {
  if (!vscode.workspace.isTrusted) throw new EquipoiseError("settings/invalid", restrictedMode());
}

function question(manifest: vscode.Uri): { manifest: string; folder: string } {
  return { manifest: manifest.fsPath, folder: folderOf(manifest) };
}

function watch(snapshot: ExperimentSnapshot): Watched {
  const runs = new Map(snapshot.runs.map((run) => [run.id, run.state]));
  return { id: snapshot.id, plan: snapshot.plan, backend: snapshot.backend, state: snapshot.state, runs };
}

function applied(watched: Watched, update: ExperimentUpdate): Watched {
  const runs = new Map(watched.runs);
  for (const { id, state } of update.runs) runs.set(id, state);
  return { ...watched, state: update.state, runs };
}

/** The update that the engine can no longer send: the experiment and the runs under way have failed. */
function failure(watched: Watched, message: string): ExperimentUpdate {
  const cut = [...watched.runs].flatMap(([id, state]) =>
    state.kind === "running" ? [{ id, state: { kind: "failed", step: state.step, message } as const }] : [],
  );
  return {
    experiment: watched.id,
    state: { kind: "failed", message },
    runs: cut,
    epochs: [],
    gradients: [],
  };
}
