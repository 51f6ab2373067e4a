/** Training that goes on by itself: after its process died, and after the window was reloaded. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Training } from "./training.ts";

/** Milliseconds before a comparison goes on: a process that dies at its start must not be started in a loop. */
const pause = 1000;
/** A process that dies so often without a step more is not started again. */
const mostDeaths = 3;
/**
 * The process of the window before may still write down where it stopped; so often it is waited for. One that ran before
 * this machine, or the container that it was in, was started anew counts for a minute.
 */
const looks = 90;

/**
 * Goes on with comparisons that nobody stopped, until disposed.
 * @param storage a folder that only windows on this workspace have, one after the other.
 */
export function resumeTraining(
  training: Training,
  storage: vscode.Uri,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let deaths = { experiment: "", step: 0, number: 0 };
  let stepsDone = 0;
  let waiting: NodeJS.Timeout | undefined;
  let isDisposed = false;
  const memory = createMemory(storage.fsPath, log);

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
    const manifest = memory.running();
    if (manifest === undefined || !vscode.workspace.isTrusted) return;
    for (let look = 0; look < looks && !isDisposed && !training.isRunning(); look++) {
      const [found] = await training.list(vscode.Uri.file(manifest));
      if (found?.state === "stopped") {
        log.info(`${found.id} was interrupted and goes on`);
        await training.start(found.plan);
        return;
      }
      if (found?.state !== "running") {
        if (!training.isRunning()) memory.remember(undefined);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  goOnWithRemembered().catch((problem: unknown) => log.warn(`nothing goes on: ${String(problem)}`));
  return vscode.Disposable.from(
    training.onStart(({ plan }) => memory.remember(plan.manifest)),
    training.onUpdate(({ state }) => {
      if (state.kind === "running") stepsDone = state.stepsDone;
      // A death is told as a failure, and what died goes on.
      if (state.kind === "finished" || state.kind === "stopped") memory.remember(undefined);
    }),
    training.onDeath(goOnWithCurrent),
    new vscode.Disposable(() => {
      isDisposed = true;
      clearTimeout(waiting);
    }),
  );
}

/** The manifest of the comparison that runs, for the window that comes after this one. */
interface Memory {
  running(): string | undefined;
  remember(manifest: string | undefined): void;
}

/**
 * A memory in a file. It is written at once: the editor's own memory of a workspace takes a moment to reach the disk, and
 * forgets what was told in the last moments of a window.
 */
function createMemory(folder: string, log: vscode.LogOutputChannel): Memory {
  const path = join(folder, "running.txt");
  return {
    running() {
      try {
        return readFileSync(path, "utf8") || undefined;
      } catch {
        return undefined;
      }
    },
    remember(manifest) {
      try {
        if (manifest === undefined) return rmSync(path, { force: true });
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, manifest);
      } catch (problem) {
        log.warn(`${path} cannot be written, so that nothing goes on after a reload: ${String(problem)}`);
      }
    },
  };
}
