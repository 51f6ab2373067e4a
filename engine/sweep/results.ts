/** The folder of a sweep's results, which may be a shared volume: files are only ever added. docs/scale.md describes it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "#engine/runs/files.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepId, TrialResult } from "#protocol/sweep.ts";
import { createOnce } from "./claim.ts";
import { trialName } from "./sweepFile.ts";

/** `.equipoise/sweeps/<id>`; `root` holds `.equipoise`. */
export function sweepFolder(root: string, id: SweepId): string {
  return join(root, ".equipoise", "sweeps", id);
}

export function claimsFolder(root: string, id: SweepId, index: number): string {
  return join(sweepFolder(root, id), "claims", trialName(index));
}

export function logPath(root: string, id: SweepId, index: number, attempt: number): string {
  return join(sweepFolder(root, id), "logs", `${trialName(index)}-${attempt}.log`);
}

function resultPath(root: string, id: SweepId, index: number): string {
  return join(sweepFolder(root, id), "results", `${trialName(index)}.json`);
}

/** Keeps results out of version control; throws `disk/full` where the folder cannot be written. */
export async function prepareResults(root: string): Promise<void> {
  const path = join(root, ".equipoise", ".gitignore");
  if ((await readFile(path, "utf8").catch(() => undefined)) === undefined) await replaceFile(path, "*\n");
}

/** Adds a result unless the trial has one; returns the one that counts. Throws `disk/full`. */
export async function addResult(root: string, result: TrialResult): Promise<TrialResult> {
  const path = resultPath(root, result.sweep, result.index);
  if (await createOnce(path, `${JSON.stringify(result)}\n`)) return result;
  const first = await readResult(root, result.sweep, result.index);
  if (first) return first;
  throw new EquipoiseError(
    "disk/full",
    `${path} is there and cannot be read. Delete it, then train the trial again.`,
  );
}

/** Returns the result of a trial; undefined where it has none yet. */
export async function readResult(root: string, id: SweepId, index: number): Promise<TrialResult | undefined> {
  const text = await readFile(resultPath(root, id, index), "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseResult(text, id, index);
}

/** Returns a result as its file says; undefined for what is none, or of another trial. */
export function parseResult(text: string, id: SweepId, index: number): TrialResult | undefined {
  try {
    const result = JSON.parse(text) as TrialResult;
    const isOurs = result.format === "equipoise-trial" && result.version === 1;
    return isOurs && result.sweep === id && result.index === index ? result : undefined;
  } catch {
    // Being written on a file system without hard links.
    return undefined;
  }
}

/** Files read at the same time: a network drive answers slowly, one by one. */
const readers = 64;

/** Returns all results there are, by index; those that are `known` are not read again, as they never change. */
export async function readResults(
  root: string,
  id: SweepId,
  known: ReadonlyMap<number, TrialResult> = new Map(),
): Promise<Map<number, TrialResult>> {
  const indices = await endedTrials(root, id);
  const results = new Map<number, TrialResult>();
  let next = 0;
  const reader = async (): Promise<void> => {
    while (next < indices.length) {
      const index = indices[next++] as number;
      const result = known.get(index) ?? (await readResult(root, id, index));
      if (result) results.set(index, result);
    }
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return new Map([...results].sort(([a], [b]) => a - b));
}

/** Returns the indices of trials that have ended, in order. */
export async function endedTrials(root: string, id: SweepId): Promise<number[]> {
  const names = await readdir(join(sweepFolder(root, id), "results")).catch(() => []);
  return names
    .flatMap((name) => (/^\d+\.json$/.test(name) ? [Number(name.slice(0, -5))] : []))
    .sort((a, b) => a - b);
}
