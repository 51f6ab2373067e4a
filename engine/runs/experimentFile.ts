/** The file that holds the runs of one experiment together. */
import { mkdir, open, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ExperimentId, ExperimentPlan, RunId } from "#protocol/training.ts";
import { replaceFile, writing } from "./files.ts";
import type { ProcessPlace } from "./processPlace.ts";
import { keepFromVersionControl, root } from "./rootFolder.ts";
import { isPlainName } from "./title.ts";

/** What became of an experiment. `running` of a process that has ended means: it was interrupted. */
export type StoredExperimentState =
  | { readonly kind: "running" | "finished" | "stopped" }
  | { readonly kind: "failed"; readonly message: string };

/** `.equipoise/experiments/<id>.json`. */
export interface ExperimentFile {
  readonly format: "equipoise-experiment";
  readonly version: 1;
  readonly id: ExperimentId;
  readonly plan: ExperimentPlan;
  readonly classes: readonly string[];
  readonly counts: readonly number[];
  readonly testSamples: number;
  readonly backend: string;
  /** What a user should know about the data; a sentence each. */
  readonly notes: readonly string[];
  /** Seeds in turn, each with every loss: run `s * losses + l` is loss l with seed s + 1. */
  readonly runs: readonly RunId[];
  /** Size and time of change of each data file, to know whether they are still the same. */
  readonly data: Readonly<Record<string, string>>;
  /** When it was started, ISO 8601. */
  readonly started: string;
  /** The process that writes it. */
  readonly process: number;
  /** Where that runs, as its number may be another's by now; absent in files of before. */
  readonly owner?: ProcessPlace;
  readonly state: StoredExperimentState;
}

export function runFolderOf(folder: string, run: RunId): string {
  return join(folder, root, "runs", run);
}

export function experimentPath(folder: string, id: ExperimentId): string {
  return join(folder, root, "experiments", `${id}.json`);
}

/** Writes an experiment's file; keeps the whole folder out of version control on first use. */
export async function writeExperiment(experiment: ExperimentFile): Promise<void> {
  const { folder } = experiment.plan;
  await keepFromVersionControl(folder);
  await replaceFile(experimentPath(folder, experiment.id), `${JSON.stringify(experiment, null, 2)}\n`);
}

/** Returns the experiments on a manifest, newest first. Files of other versions are left out. */
export async function readExperiments(folder: string, manifest: string): Promise<ExperimentFile[]> {
  const place = join(folder, root, "experiments");
  const names = (await readdir(place).catch(() => [])).filter((name) => name.endsWith(".json"));
  const found = await Promise.all(
    names.map((name) => readExperiment(folder, name.slice(0, -".json".length))),
  );
  return found
    .filter((experiment) => experiment !== undefined)
    .filter(({ plan }) => plan.manifest === manifest)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Returns an experiment; undefined where there is none of this version. */
export async function readExperiment(folder: string, id: ExperimentId): Promise<ExperimentFile | undefined> {
  if (!isPlainName(id)) return undefined;
  try {
    const parsed = JSON.parse(await readFile(experimentPath(folder, id), "utf8")) as ExperimentFile;
    if (parsed.format !== "equipoise-experiment" || parsed.version !== 1) return undefined;
    // A moved workspace: files lie where they were found, not where they were once written.
    return { ...parsed, plan: { ...parsed.plan, folder } };
  } catch {
    return undefined;
  }
}

/**
 * Returns an id that sorts by time, `20261122-001503`, and takes it by an empty file: two windows that start in the same
 * second get two. Throws `disk/full`.
 */
export async function newExperimentId(folder: string, now: Date): Promise<ExperimentId> {
  const digits = now.toISOString().replaceAll(/[-:]/g, "");
  const stamp = `${digits.slice(0, 8)}-${digits.slice(9, 15)}`;
  for (let n = 1; ; n++) {
    const id = n === 1 ? stamp : `${stamp}-${n}`;
    if (await take(experimentPath(folder, id))) return id;
  }
}

function take(path: string): Promise<boolean> {
  return writing(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    try {
      await (await open(path, "wx")).close();
      return true;
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw problem;
    }
  });
}

/** Returns size and time of change of files, by path. */
export async function fingerprint(paths: readonly string[]): Promise<Record<string, string>> {
  const entries = await Promise.all(
    [...new Set(paths)].map(async (path): Promise<[string, string]> => {
      const info = await stat(path).catch(() => undefined);
      return [path, info ? `${info.size} ${Math.round(info.mtimeMs)}` : "absent"];
    }),
  );
  return Object.fromEntries(entries);
}
