/** How far a sweep is, told from the files of its results folder alone: whoever trains it, and wherever. */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FailedTrial, RunningTrial, SweepStatus, TrialResult } from "#protocol/sweep.ts";
import { claimOwner, lastSign, usualTimes } from "./claim.ts";
import { claimsFolder, logPath, sweepFolder } from "./results.ts";
import { type Sweep, trialCount } from "./sweepFile.ts";

/** Claims that are looked at in one go. */
const looks = 64;

/** Returns the status that follows from these results and the claims on disk. */
export async function sweepStatus(
  { file }: Sweep,
  root: string,
  results: ReadonlyMap<number, TrialResult>,
): Promise<SweepStatus> {
  const trials = trialCount(file);
  const running = await runningTrials(root, file.id, results);
  const ended = [...results.values()];
  const finished = ended.filter(({ state }) => state === "finished");
  const seconds = finished.map((result) => result.seconds);
  const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
  const versions = [...new Set(ended.map(({ equipoise }) => equipoise))].sort();
  const left = trials - ended.length;
  return {
    id: file.id,
    trials,
    finished: finished.length,
    failed: ended.flatMap((result) => (result.state === "failed" ? [failureOf(root, result)] : [])),
    running,
    ...(seconds.length > 0 ? { secondsPerTrial: mean } : {}),
    ...(seconds.length > 0 && running.length > 0
      ? { secondsLeft: mean * Math.max(1, (left - running.length / 2) / running.length) }
      : {}),
    ...(versions.length > 1 ? { versions } : {}),
  };
}

function failureOf(root: string, result: TrialResult & { readonly state: "failed" }): FailedTrial {
  const { sweep, index, attempt, message } = result;
  return { index, message, log: logPath(root, sweep, index, attempt) };
}

/** Trials that somebody began and that have not ended, without those whose owner is gone or shows no sign of life. */
async function runningTrials(
  root: string,
  id: string,
  results: ReadonlyMap<number, TrialResult>,
): Promise<RunningTrial[]> {
  const names = await readdir(join(sweepFolder(root, id), "claims")).catch(() => []);
  const open = names.map(Number).filter((index) => Number.isInteger(index) && !results.has(index));
  if (open.length === 0) return [];
  const silent = (await timeOf(sweepFolder(root, id))) - usualTimes.lease;
  const running: RunningTrial[] = [];
  let next = 0;
  const look = async (): Promise<void> => {
    while (next < open.length) {
      const index = open[next++] as number;
      const folder = claimsFolder(root, id, index);
      const owner = await claimOwner(folder);
      const sign = owner && (await lastSign(folder, owner.attempt));
      if (owner && sign && sign.time > silent) running.push({ index, ...owner, steps: sign.told });
    }
  };
  await Promise.all(Array.from({ length: looks }, look));
  return running.sort((a, b) => a.index - b.index);
}

/**
 * The time by the clock that stamps the files of a folder, in milliseconds: that of the file server, which may be another
 * than ours. Ours where the folder cannot be written.
 */
async function timeOf(folder: string): Promise<number> {
  const probe = join(folder, `.clock-${process.pid}`);
  try {
    await writeFile(probe, "");
    return (await stat(probe)).mtimeMs;
  } catch {
    return Date.now();
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Returns the last lines of a log; "" where there is none. */
export async function logTail(path: string, lines = 40): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
