/** Training that goes on by itself: after its process died, and after the window was reloaded. */
import * as vscode from "vscode";
import type { Training } from "./training.ts";

/** The manifest of the comparison that runs, for the window that comes after this one. */
const memoryKey = "training.running";
/** Milliseconds before a comparison goes on: a process that dies at its start must not be started in a loop. */
const pause = 1000;
/** A process that dies so often without a step more is not started again. */
const mostDeaths = 3;
/** The process of the window before may still write down where it stopped; so often it is waited for. */
const looks = 5;

/** Goes on with comparisons that nobody stopped, until disposed. */
export function resumeTraining(
  training: Training,
  memory: vscode.Memento,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let deaths = { experiment: "", step: 0, number: 0 };
  let stepsDone = 0;
  let waiting: NodeJS.Timeout | undefined;
  let isDisposed = false;

  function goOnWithCurrent(): void {
    const current = training.current();
    if (!current) return;
    const { id, plan } = current;
    const isStuck = deaths.experiment === id && deaths.step >= stepsDone;
    deaths = { experiment: id, step: stepsDone, number: isStuck ? deaths.number + 1 : 1 };
    if (deaths.number > mostDeaths) {
      log.warn(
        `${id}: its process died ${mostDeaths} times at the same step; it is not started again by itself`,
      );
      return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      training.start(plan).catch((problem: unknown) => log.error(`${id} does not go on: ${String(problem)}`));
    }, pause);
  }

  async function goOnWithRemembered(): Promise<void> {
    const path = memory.get<string>(memoryKey);
    if (path === undefined || !vscode.workspace.isTrusted) return;
    for (let look = 0; look < looks && !isDisposed && !training.isRunning(); look++) {
      const found = await training.latest(vscode.Uri.file(path));
      if (found?.state.kind === "stopped") {
        log.info(`${found.id} was interrupted and goes on`);
        await training.start(found.plan);
        return;
      }
      if (found?.state.kind !== "elsewhere") break;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    if (!training.isRunning()) await memory.update(memoryKey, undefined);
  }

  goOnWithRemembered().catch((problem: unknown) => log.warn(`nothing goes on: ${String(problem)}`));
  return vscode.Disposable.from(
    training.onStart(({ plan }) => void memory.update(memoryKey, plan.manifest)),
    training.onUpdate(({ state }) => {
      if (state.kind === "running") stepsDone = state.stepsDone;
      // A death is told as a failure, and what died goes on.
      if (state.kind === "finished" || state.kind === "stopped") void memory.update(memoryKey, undefined);
    }),
    training.onDeath(goOnWithCurrent),
    new vscode.Disposable(() => {
      isDisposed = true;
      clearTimeout(waiting);
    }),
  );
}
