/** The sweep file: written by a plan, read by every worker. docs/scale.md describes it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { describeProblem } from "#engine/data/problem.ts";
import { replaceFile } from "#engine/runs/files.ts";
import { canonical, checkPlan } from "#engine/training/plan.ts";
import { backendIds } from "#protocol/backends.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepConfiguration, SweepFile, SweepId } from "#protocol/sweep.ts";
import type { DataSource, ExperimentPlan, RunId } from "#protocol/training.ts";

/** A sweep file at its place; what it names lies from its folder. */
export interface Sweep {
  /** Absolute. */
  readonly path: string;
  /** Absolute: the folder of the file. */
  readonly folder: string;
  readonly file: SweepFile;
}

/** One trial: which configuration, which seed. */
export interface SweepTrial {
  readonly index: number;
  readonly configuration: number;
  readonly seed: number;
  /** Also the name of its run folder. */
  readonly run: RunId;
}

/** More trials than this are no sweep that anybody waits for, and no folder that a file system likes. */
export const mostTrials = 100_000;

export function trialCount({ configurations, seeds }: SweepFile): number {
  return configurations.length * seeds.length;
}

/** Returns a trial. Throws `settings/invalid` where the sweep has none of this index. */
export function trialAt({ file }: Sweep, index: number): SweepTrial {
  const trials = trialCount(file);
  if (!Number.isInteger(index) || index < 0 || index >= trials) {
    throw new EquipoiseError(
      "settings/invalid",
      `There is no trial ${index}: ${file.id} has ${trials.toLocaleString("en")}, from 0 to ${trials - 1}.`,
    );
  }
  const configuration = index % file.configurations.length;
  const seed = file.seeds[Math.floor(index / file.configurations.length)] as number;
  const { loss } = (file.configurations[configuration] as SweepConfiguration).choice;
  return { index, configuration, seed, run: `${file.id}-${trialName(index)}-${loss}-seed${seed}` };
}

/** The index as it stands in names of files: they sort like numbers. */
export function trialName(index: number): string {
  return String(index).padStart(5, "0");
}

/** Returns what a configuration trains with; `root` holds `.equipoise`. Its losses are those of the whole sweep. */
export function planOf({ file, folder }: Sweep, configuration: number, root: string): ExperimentPlan {
  const { plan, configurations, backend } = file;
  const at = (path: string): string => resolve(folder, path);
  const source = ({ inputs, labels }: DataSource): DataSource => ({ inputs: at(inputs), labels: at(labels) });
  return {
    ...plan,
    ...configurations[configuration]?.training,
    manifest: at(plan.manifest),
    folder: root,
    train: source(plan.train),
    ...(plan.test ? { test: source(plan.test) } : {}),
    losses: configurations.map(({ choice }) => choice),
    seeds: 1,
    backend: backend.id,
  };
}

/** A path as a sweep file in `folder` writes it. */
export function pathFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  return isAbsolute(way) ? way : way.split(sep).join("/") || ".";
}

/** Returns the name that follows from all that decides the outcome. */
export function sweepId(file: Omit<SweepFile, "id">): SweepId {
  const { plan, backend, configurations, seeds, data } = file;
  const hash = createHash("sha256").update(canonical({ plan, backend, configurations, seeds, data }));
  return `sweep-${hash.digest("hex").slice(0, 12)}`;
}

/** Writes the file, one configuration a line. Throws `disk/full`. */
export async function writeSweep(path: string, file: SweepFile): Promise<void> {
  const { configurations, ...rest } = file;
  const list = configurations.map((each) => `    ${JSON.stringify(each)}`).join(",\n");
  const head = JSON.stringify({ ...rest, configurations: "" }, null, 2);
  // A function, as names in the data may hold what a replacement would read as a pattern.
  await replaceFile(path, `${head.replace(/""(?=\n\}$)/, () => `[\n${list}\n  ]`)}\n`);
}

/** As `writeSweep`, but throws `settings/invalid` rather than write over another sweep: its results would lose their plan. */
export async function writeNewSweep(path: string, file: SweepFile): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const there = text === undefined ? undefined : await readSweep(path).catch(() => undefined);
  if (text !== undefined && there?.file.id !== file.id) {
    throw new EquipoiseError(
      "settings/invalid",
      `${basename(path)} is there already and holds ${there ? `another sweep (${there.file.id})` : "something else"}. ` +
        "Name another file with --out, or delete it.",
    );
  }
  await writeSweep(path, file);
}

/** What decides between configurations, in words. */
export function decidedOn({ plan }: SweepFile): string {
  return plan.test ? basename(plan.test.labels) : "a fifth of the training samples, held out by class";
}

/** Returns a sweep. Throws `data/unreadable` or `settings/invalid`, naming the file and what is wrong with it. */
export async function readSweep(path: string): Promise<Sweep> {
  const text = await readFile(path, "utf8").catch((problem: unknown) => {
    throw new EquipoiseError(
      "data/unreadable",
      `${basename(path)} cannot be read: ${describeProblem(problem)}. Write one with equipoise sweep plan.`,
    );
  });
  const file = parse(path, text);
  const sweep = { path: resolve(path), folder: dirname(resolve(path)), file };
  if (file.id !== sweepId(file)) {
    throw new EquipoiseError(
      "settings/invalid",
      `${basename(path)} was changed after it was planned: its id ${file.id} does not belong to what it says. ` +
        "Results of both would be mixed. Plan it again: equipoise sweep plan.",
    );
  }
  // A file that somebody made by hand may say anything.
  checkPlan(planOf(sweep, 0, sweep.folder));
  return sweep;
}

function parse(path: string, text: string): SweepFile {
  const wrong = (what: string): EquipoiseError =>
    new EquipoiseError(
      "data/unreadable",
      `${basename(path)} is no sweep file: ${what}. Write one with equipoise sweep plan.`,
    );
  let file: Partial<SweepFile> | null;
  try {
    file = JSON.parse(text) as Partial<SweepFile> | null;
  } catch (problem) {
    throw wrong(
      `it does not parse as JSON (${problem instanceof Error ? problem.message : String(problem)})`,
    );
  }
  if (file?.format !== "equipoise-sweep") throw wrong(`it has no "format": "equipoise-sweep"`);
  if (file.version !== 1) {
    throw new EquipoiseError(
      "data/unreadable",
      `${basename(path)} has version ${String(file.version)}, and this Equipoise reads version 1. Update Equipoise.`,
    );
  }
  const missing = missingParts(file);
  if (missing) throw wrong(missing);
  const whole = file as SweepFile;
  if (trialCount(whole) > mostTrials)
    throw wrong(`it has ${trialCount(whole).toLocaleString("en")} trials, more than ${mostTrials}`);
  return whole;
}

/** What a file of this version must have; undefined where it does. */
function missingParts({
  id,
  plan,
  backend,
  configurations,
  seeds,
  data,
}: Partial<SweepFile>): string | undefined {
  if (typeof id !== "string" || !/^sweep-[0-9a-f]{12}$/.test(id))
    return "it has no id such as sweep-0123456789ab";
  if (typeof plan?.manifest !== "string" || typeof plan.train?.labels !== "string")
    return "plan names no data";
  if (!backend || !backendIds.includes(backend.id) || !(backend.threads >= 1)) return "backend names none";
  if (!Array.isArray(configurations) || configurations.some((each) => typeof each?.choice?.loss !== "string"))
    return "configurations is no list of losses";
  if (configurations.length === 0) return "configurations is empty";
  if (
    !Array.isArray(seeds) ||
    seeds.length === 0 ||
    !seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)
  )
    return "seeds is no list of whole numbers from 0";
  if (
    !Array.isArray(data) ||
    data.some((each) => typeof each?.path !== "string" || typeof each.sha256 !== "string")
  )
    return "data is no list of files with their hashes";
  return undefined;
}
