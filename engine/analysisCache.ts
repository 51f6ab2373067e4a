/** Analyses of large files kept on disk, so that the second look at one is instant. */
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Analysis } from "#protocol/analysis.ts";
import { l10n } from "#protocol/l10n.ts";
import { type AnalysisOptions, analyse } from "./analysis.ts";
import { dataFolder } from "./dataFolder.ts";
import type { ManifestReading, ManifestSource } from "./manifest/manifest.ts";
import { fileSource } from "./manifest/source.ts";

export interface AnalysisCache {
  readonly folder: string;
  /** Changes with the code, so that what other code found is not believed. */
  readonly build: string;
  /** Smaller files are read anew, which is quick, in bytes. */
  readonly smallest: number;
}

const smallest = 4 << 20;
const mostEntries = 200;
const largestEntry = 4 << 20;
/** Bytes of the start and of the end of a file that are compared beside its size and time. */
const sampledBytes = 1 << 16;
/** A file that changed so shortly ago may change again with the same time, in milliseconds. */
const settled = 2000;

/** Put in by scripts/build.mjs; absent where the sources run as they are. */
declare const equipoiseBuild: string | undefined;

/** The cache in the data folder; undefined where EQUIPOISE_CACHE is `off`, and where the sources run unbuilt. */
export function ownCache(environment: NodeJS.ProcessEnv = process.env): AnalysisCache | undefined {
  if (environment["EQUIPOISE_CACHE"] === "off") return undefined;
  if (typeof equipoiseBuild !== "string" || equipoiseBuild === "") return undefined;
  return { folder: join(dataFolder(environment), "analyses"), build: equipoiseBuild, smallest };
}

/** What `analyse` says of a file, from the cache where the file is what it was. Throws only when aborted. */
export async function analyseFile(
  path: string,
  options: AnalysisOptions,
  cache: AnalysisCache | undefined = ownCache(),
): Promise<Analysis | undefined> {
  const mark = cache && (await markOf(path, cache.smallest));
  if (!mark) return analyse(fileSource(path), options);
  const entry = await entryFile(cache, path, options);
  const kept = await keptAnalysis(entry, path, mark);
  options.signal?.throwIfAborted();
  if (kept) return kept;
  const begun = Date.now();
  const watched = watchedSource(path);
  let ofMany = false;
  const read = (reading: ManifestReading): void => {
    ofMany = reading.folders !== undefined;
    options.read?.(reading);
  };
  const analysis = await analyse(watched.source, { ...options, read });
  const still = await markOf(path, cache.smallest);
  const same = still !== undefined && sameMark(mark, still) && begun - mark.changed > settled;
  // Of a data set of several files only the main one is noted here.
  if (analysis && same && !ofMany)
    await keep(cache.folder, entry, { path, mark, neighbours: watched.neighbours, analysis });
  return analysis;
}

interface Mark {
  readonly size: number;
  readonly changed: number;
  /** Of the start and the end. */
  readonly hash: string;
}

interface Neighbour {
  readonly name: string;
  /** Size and time, or null where there was none. */
  readonly stamp: string | null;
}

interface Entry {
  readonly path: string;
  readonly mark: Mark;
  /** Files beside it that its reader asked for. */
  readonly neighbours: readonly Neighbour[];
  readonly analysis: Analysis;
}

async function entryFile(
  { folder, build }: AnalysisCache,
  path: string,
  options: AnalysisOptions,
): Promise<string> {
  const { createHash } = await hashing();
  const { basis, objective, project, asked } = options;
  // What was found is told in the words of a language.
  const key = JSON.stringify([build, path, basis, objective, project, asked, l10n.texts()]);
  return join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 40)}.json`);
}

/** Loaded where it is needed: most files are small, and nothing of them is kept. */
function hashing(): Promise<typeof import("node:crypto")> {
  return import("node:crypto");
}

/** Undefined where it is no file, or a small one. */
async function markOf(path: string, least: number): Promise<Mark | undefined> {
  try {
    const handle = await open(path);
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size < least) return undefined;
      const bytes = new Uint8Array(sampledBytes);
      const { createHash } = await hashing();
      const hash = createHash("sha256");
      for (const at of [0, Math.max(0, found.size - sampledBytes)]) {
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
        hash.update(bytes.subarray(0, bytesRead));
      }
      return { size: found.size, changed: found.mtimeMs, hash: hash.digest("hex") };
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

function sameMark(a: Mark, b: Mark): boolean {
  return a.size === b.size && a.changed === b.changed && a.hash === b.hash;
}

/** A source that notes which files beside it were asked for. */
function watchedSource(path: string): { readonly source: ManifestSource; readonly neighbours: Neighbour[] } {
  const source = fileSource(path);
  const neighbours: Neighbour[] = [];
  const neighbour = async (name: string): Promise<Uint8Array | undefined> => {
    neighbours.push({ name, stamp: await stampOf(path, name) });
    return source.neighbour(name);
  };
  return { source: { ...source, neighbour }, neighbours };
}

async function stampOf(path: string, neighbour: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(join(dirname(path), neighbour));
    return `${size} ${mtimeMs}`;
  } catch {
    return null;
  }
}

/** The analysis in the entry, where file and neighbours are what they were; a damaged entry counts as none. */
async function keptAnalysis(file: string, path: string, mark: Mark): Promise<Analysis | undefined> {
  try {
    const entry = JSON.parse(await readFile(file, "utf8")) as Entry;
    if (entry.path !== path || !sameMark(entry.mark, mark)) return undefined;
    for (const { name, stamp } of entry.neighbours)
      if ((await stampOf(path, name)) !== stamp) return undefined;
    // What was used last is dropped last.
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return entry.analysis;
  } catch {
    return undefined;
  }
}

/** Writes the entry in one step, so that another process never meets half of it; where that fails nothing is kept. */
async function keep(folder: string, file: string, entry: Entry): Promise<void> {
  const text = JSON.stringify(entry);
  if (text.length > largestEntry) return;
  const draft = `${file}.${process.pid}.draft`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
    await dropOldest(folder);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function dropOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= mostEntries) return;
  const used = async (name: string): Promise<{ file: string; at: number }> => {
    const file = join(folder, name);
    return {
      file,
      at: await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    };
  };
  const entries = await Promise.all(names.map(used));
  entries.sort((a, b) => b.at - a.at);
  for (const { file } of entries.slice(mostEntries)) await rm(file, { force: true });
}
