/** The data set that a path stands for: a manifest, or what a folder holds. */

import { stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import type { FoundDataset } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { openFolder } from "./folder/folder.ts";
import { originalName } from "./folder/repeatedFiles.ts";
import type { CountedView, ManifestReading, ManifestSource, Observation, Span } from "./manifest.ts";
import { openManifest, type ReadOptions, readManifest } from "./readManifest.ts";
import { SampleSplits, sampleHash } from "./sampleSplits.ts";
import { decode } from "./scan/text.ts";
import { fileSource } from "./source.ts";
import { splitOf } from "./split.ts";

/** Files whose start is read when a folder is searched. */
const mostTried = 300;
/** Names of files that may be manifests; others are not opened. */
const manifestName =
  /(^(label|labels|seq\.label|intent)|\.(txt|lst|list|csv|tsv|tab|data|json|jsonl|ndjson|xml|ya?ml|pbtxt|parquet|npy|names|tra|tes)|-ubyte)(\.gz)?$/i;
/** Folders with the files of others, or with nothing but images. */
const skipped =
  /^(node_modules|bower_components|__pycache__|dist|build|site-packages|images|imgs|jpegimages)$/i;
const deepest = 3;

/** One data set: a file, several files of one form with a split each, or a folder. */
interface Found extends FoundDataset {
  /** Absolute, training first. */
  readonly paths: readonly string[];
}

/** Reads the data set at the source's path; where that is a folder, the best one in it. */
export async function readDataset(
  source: ManifestSource,
  options: ReadOptions,
): Promise<ManifestReading | undefined> {
  if (!options.asked || !(await isFolder(source.path))) return readManifest(source, options);
  const sets = await datasetsIn(source.path, options.signal);
  const [best] = sets;
  if (!best) return emptyFolder(source.path);
  const reading = await readSet(best, source, options);
  const found = sets.map(({ files, format, why }) => ({ files, format, why }));
  return reading && { ...reading, found };
}

/** The file, or folder of images, that holds the training split of the data set at a path. */
export async function trainingManifest(path: string, signal?: AbortSignal): Promise<string> {
  if (!(await isFolder(path))) return path;
  const [best] = await datasetsIn(path, signal);
  return best?.paths[0] ?? path;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

function emptyFolder(path: string): ManifestReading {
  const message = t`${basename(path)} holds no data set: looked for data.yaml, Pascal VOC, CVAT, folders of images by class, masks, and for lists and tables with labels in it and two folders below. Name the file.`;
  const observation: Observation = { code: "manifest/no-labels", severity: "error", message };
  return { format: "unknown", views: [], observations: [observation] };
}

/** The data sets in a folder, the best first: those of several splits, with training data, nearest. */
async function datasetsIn(path: string, signal: AbortSignal | undefined): Promise<Found[]> {
  const whole = await setAt(path, path);
  if (whole) return [whole];
  const folder = openFolder(path);
  const sets: Found[] = [];
  const files: Manifest[] = [];
  const open = [{ at: path, depth: 0 }];
  let left = mostTried;
  for (let next = open.shift(); next && left > 0; next = open.shift()) {
    signal?.throwIfAborted();
    const { at, depth } = next;
    const set = depth === 0 ? undefined : await setAt(at, path);
    if (set) {
      sets.push(set);
      continue;
    }
    const names = await folder.list(at);
    const tried = (names?.files ?? []).filter((name) => manifestName.test(name)).slice(0, left);
    left -= tried.length;
    for (const name of tried) files.push(...(await manifestAt(join(at, name))));
    if (depth + 1 < deepest) open.push(...below(at, names?.folders ?? [], depth + 1));
  }
  return [...sets, ...grouped(path, files)].sort((a, b) => rank(b) - rank(a));
}

function below(at: string, names: readonly string[], depth: number): { at: string; depth: number }[] {
  return names.filter((name) => !skipped.test(name)).map((name) => ({ at: join(at, name), depth }));
}

/** A manifest of one file. */
interface Manifest {
  readonly path: string;
  readonly format: string;
  readonly why: string;
}

function rank({ paths, files }: Found): number {
  const train = paths.some((each) => splitOf(each) === "train") ? 1 : 0;
  const depth = Math.min(...files.map((each) => each.split("/").length));
  return 4 * Math.min(paths.length, 3) + 2 * train - depth;
}

/** The data set of several files that a folder is. */
async function setAt(folder: string, root: string): Promise<Found | undefined> {
  const opened = await openManifest(fileSource(folder), {});
  if (!opened || "observations" in opened) return undefined;
  const [candidate] = opened.candidates;
  if (!candidate) return undefined;
  const files = [relativeTo(root, folder) || "."];
  return { paths: [folder], files, format: candidate.reader.format, why: candidate.why };
}

async function manifestAt(path: string): Promise<Manifest[]> {
  const opened = await openManifest(fileSource(path), {});
  if (!opened || "observations" in opened) return [];
  const [candidate] = opened.candidates;
  return candidate ? [{ path, format: candidate.reader.format, why: candidate.why }] : [];
}

/** Files whose paths differ in nothing but the word for the split are one data set. */
function grouped(root: string, files: readonly Manifest[]): Found[] {
  const groups = new Map<string, Manifest[]>();
  for (const file of files) {
    const split = splitOf(file.path);
    const key = split ? `${file.format} ${withoutSplit(relativeTo(root, file.path))}` : file.path;
    const group = groups.get(key);
    if (group?.some((other) => splitOf(other.path) === split)) groups.set(file.path, [file]);
    else if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()].map((group) => {
    const paths = group.map(({ path }) => path).sort((a, b) => splitRank(a) - splitRank(b));
    const [{ format, why } = { format: "unknown", why: "" }] = group;
    return { paths, files: paths.map((each) => relativeTo(root, each)), format, why };
  });
}

function withoutSplit(path: string): string {
  return path.replace(/[A-Za-z]+/g, (word) => (splitOf(join(sep, "-", word)) === undefined ? word : "*"));
}

function splitRank(path: string): number {
  return ["train", "val", "test"].indexOf(splitOf(path) ?? "");
}

function relativeTo(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}

async function readSet(
  { paths }: Found,
  source: ManifestSource,
  options: ReadOptions,
): Promise<ManifestReading | undefined> {
  const [only] = paths;
  const compare = paths.length > 1 && options.overlaps !== false;
  const splits = new SampleSplits();
  const names = viewNames(paths);
  const readings: ManifestReading[] = [];
  for (const [index, path] of paths.entries()) {
    const eachSample = compare ? noteSample(splits, index, path, sameFolder(paths)) : undefined;
    const part = path === source.path ? source : fileSource(path);
    const reading = await readManifest(part, { ...options, ...(eachSample ? { eachSample } : {}) });
    if (reading)
      readings.push(paths.length > 1 ? named(inFile(reading, path), names[index]) : inFile(reading, path));
  }
  const [first] = readings;
  if (!first || only === undefined) return undefined;
  if (readings.length === 1) return first;
  return {
    ...first,
    main: first.main ?? only,
    views: readings.flatMap(({ views }) => views),
    overlaps: splits.overlaps(names),
    observations: [...readings.flatMap(({ observations }) => observations), ...splits.observations()],
  };
}

/** Split words; paths where two files have the same. */
function viewNames(paths: readonly string[]): string[] {
  return paths.map((path) => splitOf(path) ?? basename(path));
}

function named(reading: ManifestReading, name: string | undefined): ManifestReading {
  if (name === undefined || reading.views.length > 1) return reading;
  return { ...reading, views: reading.views.map((view) => ({ ...view, name })) };
}

/** The reading with its file told in all its places. */
function inFile(reading: ManifestReading, path: string): ManifestReading {
  const file = reading.main ?? path;
  const placed = (span: Span): Span => ({ file, ...span });
  const view = (counted: CountedView): CountedView => ({
    ...counted,
    classes: counted.classes.map((entry) => (entry.first ? { ...entry, first: placed(entry.first) } : entry)),
  });
  return {
    ...reading,
    main: file,
    views: reading.views.map(view),
    observations: reading.observations.map((observation) => ({
      ...observation,
      span: placed(observation.span ?? { start: 0, end: 0 }),
      ...(observation.related
        ? { related: observation.related.map((other) => ({ ...other, span: placed(other.span) })) }
        : {}),
    })),
  };
}

function sameFolder(paths: readonly string[]): boolean {
  return new Set(paths.map((path) => dirname(path))).size === 1;
}

/** Lists of one folder name files by the same rule; those of several folders may each have an image 1. */
function noteSample(
  splits: SampleSplits,
  split: number,
  file: string,
  comparable: boolean,
): NonNullable<ReadOptions["eachSample"]> {
  return (bytes, start, end, span) => {
    const name = decode(bytes, start, end);
    const original = originalName(name);
    if (original === undefined && !comparable) return;
    splits.add(split, sampleHash(original ?? name), original ?? name, { file, ...span });
  };
}
