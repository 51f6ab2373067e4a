/** A comparison that another process trains, as it grows on disk. */
import * as vscode from "vscode";
import type { ExperimentSnapshot, ExperimentUpdate, RunId } from "#protocol/training.ts";
import type { Training } from "./training.ts";

/** Milliseconds between two looks. */
const pace = 3000;

interface Listener {
  /** Whether there is anybody to tell; without that nothing is read. */
  isSeen(): boolean;
  /** Reports that were added. */
  more(update: ExperimentUpdate): void;
  /** Something else has changed: what is known is to be read anew. */
  anew(): void;
}

/** Looks for what is added to a comparison as it is known, until it is told `anew` or disposed. */
export function followElsewhere(
  training: Training,
  known: ExperimentSnapshot,
  listener: Listener,
): vscode.Disposable {
  const { folder } = known.plan;
  const ended = known.runs
    .filter(({ state }) => state.kind === "finished" || state.kind === "failed")
    .map(({ id }) => id);
  const steps: Record<RunId, number> = {};
  for (const { id, gradients } of known.runs) steps[id] = gradients.at(-1)?.step ?? 0;
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;

  async function look(): Promise<void> {
    if (!listener.isSeen()) return wait();
    const news = await training
      .ask("experiment/follow", { folder, experiment: known.id, ended, steps })
      .catch(() => undefined);
    if (isDisposed) return;
    if (news?.kind === "anew") return listener.anew();
    if (news?.kind === "more") {
      for (const { run, step } of news.update.gradients) steps[run] = step;
      listener.more(news.update);
    }
    // One look that failed is not the last.
    wait();
  }

  function wait(): void {
    timer = setTimeout(() => void look(), pace);
  }

  wait();
  return new vscode.Disposable(() => {
    isDisposed = true;
    clearTimeout(timer);
  });
}
