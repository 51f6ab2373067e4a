/** Whether a comparison that says that it trains still has a process that trains it. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunId } from "#protocol/training.ts";
import { type ExperimentFile, runFolderOf } from "./experimentFile.ts";
import { isAlive } from "./process.ts";
import { hasEnded, isOfThisMachine, type ProcessPlace } from "./processPlace.ts";
import { scalarsFile, seriesFile } from "./reports.ts";
import { descriptionFile } from "./runDescription.ts";

/** A run that nobody wrote to for so long, in milliseconds, is not running any more; checkpoints come every 10 s. */
const silent = 60_000;

/**
 * Whether a process trains a comparison. One of this machine is looked for; of one elsewhere, or from before a restart of
 * this machine, only what it writes tells.
 */
export async function isTrained(file: ExperimentFile): Promise<boolean> {
  const { state, runs, plan } = file;
  if (state.kind !== "running") return false;
  const isThere = isOwnerThere(file);
  if (isThere !== undefined) return isThere;
  const written = await Promise.all(runs.map((run) => isWrittenTo(plan.folder, run)));
  return written.includes(true);
}

/** Whether the process of a comparison runs; undefined where it cannot be looked for. */
export function isOwnerThere(file: ExperimentFile): boolean | undefined {
  const owner = ownerOf(file);
  if (!owner) return isAlive(file.process);
  return isOfThisMachine(owner) ? !hasEnded(owner) : undefined;
}

/** Whether another process than this one trains a comparison. */
export async function isTrainedElsewhere(file: ExperimentFile): Promise<boolean> {
  const owner = ownerOf(file);
  const isOwn = file.process === process.pid && (!owner || isOfThisMachine(owner));
  return !isOwn && (await isTrained(file));
}

/** A program that does not know the key leaves that of the process before. */
function ownerOf({ process: number, owner }: ExperimentFile): ProcessPlace | undefined {
  return owner?.process === number ? owner : undefined;
}

/** Whether a file of a run has changed within the last minute. */
export async function isWrittenTo(folder: string, run: RunId): Promise<boolean> {
  const names = [scalarsFile, seriesFile, descriptionFile, "checkpoint.safetensors"];
  const times = await Promise.all(
    names.map((name) =>
      stat(join(runFolderOf(folder, run), name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times) < silent;
}
