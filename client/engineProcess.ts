/** Starts, restarts and talks to the training engine, a process of its own. */
import { type ChildProcess, fork } from "node:child_process";
import * as vscode from "vscode";
import type { AdviceNotifications, AdviceProgress, AdviceRequests } from "#protocol/advice.ts";
import { type Dialogue, dialogue, type Transport } from "#protocol/dialogue.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { ExperimentRequests } from "#protocol/experiments.ts";
import type { RunRequests } from "#protocol/runs.ts";
import type { SweepRequests } from "#protocol/sweepRequests.ts";
import type { ExperimentUpdate, TrainingNotifications, TrainingRequests } from "#protocol/training.ts";
import { engineRuntime } from "./engineRuntime.ts";

type Asked = TrainingRequests & ExperimentRequests & AdviceRequests & RunRequests & SweepRequests;
type Heard = TrainingNotifications & AdviceNotifications;
type EngineDialogue = Dialogue<Asked, Heard>;

/** The engine, whether its process runs or not: asking starts one. */
export interface Engine extends vscode.Disposable {
  ask: EngineDialogue["ask"];
  readonly onUpdate: vscode.Event<ExperimentUpdate>;
  /** What a set-up is doing. */
  readonly onProgress: vscode.Event<string>;
  /** How far measuring is. */
  readonly onMeasuring: vscode.Event<AdviceProgress>;
  /** Fires with a message for the user when the process ended without being asked to. */
  readonly onDeath: vscode.Event<string>;
  /** Undefined while no process runs. */
  pid(): number | undefined;
  /** Milliseconds since the process last said anything; 0 while none runs. */
  silence(): number;
  /** Ends a process that does not answer any more: a death, told as such. */
  kill(): void;
  /** Ends the process; the next question starts a new one. */
  rest(): void;
}

interface Running {
  readonly child: ChildProcess;
  /** When it last said something. */
  heard: number;
  readonly talk: EngineDialogue;
  /** Set before the process is ended on purpose. */
  dismissed: boolean;
}

/** Gives an engine that forks `script` on demand; `environment` is read at each start. */
export function createEngine(
  script: string,
  log: vscode.LogOutputChannel,
  environment: () => Readonly<Record<string, string>>,
): Engine {
  const updates = new vscode.EventEmitter<ExperimentUpdate>();
  const progress = new vscode.EventEmitter<string>();
  const measuring = new vscode.EventEmitter<AdviceProgress>();
  const deaths = new vscode.EventEmitter<string>();
  let running: Running | undefined;
  let starting: Promise<Running> | undefined;

  /** The process that runs, else a new one. */
  async function present(): Promise<Running> {
    if (running) return running;
    starting ??= engineRuntime()
      .then((runtime) => {
        running = start(runtime);
        return running;
      })
      .finally(() => {
        starting = undefined;
      });
    return starting;
  }

  function start(runtime: string): Running {
    const child = forkEngine(runtime, script, environment(), log);
    const talk = dialogue<Asked, Heard>(transportOf(child), (problem) =>
      log.error(`engine: ${String(problem)}`),
    );
    talk.hear("experiment/update", (update) => updates.fire(update));
    talk.hear("advice/progress", (step) => measuring.fire(step));
    talk.hear("backend/progress", ({ message }) => progress.fire(message));
    const started: Running = { child, talk, heard: Date.now(), dismissed: false };
    child.on("message", () => {
      started.heard = Date.now();
    });
    const ended = (how: string): void => {
      if (running === started) running = undefined;
      const message = vscode.l10n.t(
        "The training process ended ({0}). Finished runs are kept. Compare losses again, or open the log.",
        how,
      );
      talk.close(new EquipoiseError("engine/died", message));
      log.info(`engine ${child.pid ?? ""} ended: ${how}`);
      if (!started.dismissed) deaths.fire(message);
      started.dismissed = true; // exit may follow error; a death is told once
    };
    child.once("error", (problem) => ended(problem.message));
    child.once("exit", (code, signal) => ended(signal ? `signal ${signal}` : `code ${code}`));
    log.info(`engine ${child.pid ?? ""} started by ${runtime}`);
    return started;
  }

  function rest(): void {
    const leaving = running;
    running = undefined;
    if (leaving) dismiss(leaving);
  }

  return {
    async ask(method, params) {
      const { talk } = await present();
      return talk.ask(method, params);
    },
    onUpdate: updates.event,
    onProgress: progress.event,
    onMeasuring: measuring.event,
    onDeath: deaths.event,
    silence: () => (running ? Date.now() - running.heard : 0),
    kill: () => void running?.child.kill("SIGKILL"),
    pid: () => running?.child.pid,
    rest,
    dispose() {
      rest();
      updates.dispose();
      progress.dispose();
      measuring.dispose();
      deaths.dispose();
    },
  };
}

function forkEngine(
  runtime: string,
  script: string,
  additions: Readonly<Record<string, string>>,
  log: vscode.LogOutputChannel,
): ChildProcess {
  // The editor's own runtime is Node in a remote host and an Electron helper on a desktop: the variable makes both Node.
  const env: NodeJS.ProcessEnv = { ...process.env, ...additions, ELECTRON_RUN_AS_NODE: "1" };
  delete env["NODE_OPTIONS"]; // a debugger's loader must not leak in
  delete env["VSCODE_INSPECTOR_OPTIONS"];
  const child = fork(script, [], {
    env,
    execPath: runtime,
    execArgv: ["--max-old-space-size=4096"], // explicit: the host may run with --inspect-brk
    serialization: "advanced", // typed arrays arrive as typed arrays
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const write = (text: string): void => log.info(`engine: ${text.trimEnd()}`);
  child.stdout?.setEncoding("utf8").on("data", write);
  child.stderr?.setEncoding("utf8").on("data", write);
  return child;
}

function transportOf(child: ChildProcess): Transport {
  return {
    send(message) {
      // The error of a pipe that just closed is told by the exit event.
      if (child.connected) child.send(message as object, () => {});
    },
    receive(listener) {
      child.on("message", listener);
      return () => child.off("message", listener);
    },
  };
}

/** Asks first, by closing the channel, and insists after two seconds. */
function dismiss(leaving: Running): void {
  leaving.dismissed = true;
  const { child } = leaving;
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (child.connected) child.disconnect();
  const insist = setTimeout(() => child.kill("SIGKILL"), 2000);
  insist.unref();
  child.once("exit", () => clearTimeout(insist));
}
