/** The manifests of the workspace folders. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { ManifestsResult } from "#protocol/language.ts";
import type { House } from "./features/feature.ts";
import { mainView } from "./viewFacts.ts";

/** Names that manifests can have; content decides whether they are some. */
const manifestName =
  /(\.(txt|lst|list|csv|tsv|tab|json|jsonl|ndjson|manifest|pbtxt|npy|parquet|xml|ya?ml)|(^|\.)labels?|idx1-ubyte)(\.gz)?$/i;
/** Folders with thousands of files of others. */
const skipped = new Set([
  "node_modules",
  "bower_components",
  "__pycache__",
  "dist",
  "build",
  "out",
  "site-packages",
]);
/** Files that are looked at; a larger workspace is looked through in part. */
const mostFiles = 2_000;
const mostFolders = 5_000;
/** Of many files of one kind in a folder only the first are looked at: they are parts of one data set. */
const mostAlike = 100;
/** A larger file is read only when somebody asks for it. */
const largestFile = 500 * 2 ** 20;

/** A file in one state of it: size and time of change. */
interface Candidate {
  readonly path: string;
  readonly stamp: string;
}

/** By house, the files that were looked into and are no manifests, with the state in which they were. */
const others = new WeakMap<House, Map<string, string>>();

/** Every manifest of the workspace, most imbalanced first. */
export async function manifestsIn(
  house: House,
  signal: AbortSignal,
  report: (share: number, name: string) => void = () => {},
): Promise<ManifestsResult> {
  const ordinary = others.get(house) ?? new Map<string, string>();
  others.set(house, ordinary);
  const found: { uri: string; imbalanceFactor: number | null }[] = [];
  const all = await candidates(house.folders(), signal);
  for (const [i, { path, stamp }] of all.entries()) {
    report(i / all.length, basename(path));
    const uri = house.uriOf(path);
    const open = house.open.get(uri) !== undefined;
    if (!open && ordinary.get(path) === stamp) continue;
    const known = await house.documents.known(uri, { signal, keep: true });
    const view = mainView(known?.analysis);
    if (view) found.push({ uri, imbalanceFactor: view.imbalanceFactor });
    else if (!open) {
      ordinary.set(path, stamp);
      house.documents.forget(uri);
    }
  }
  return found.sort((a, b) => (b.imbalanceFactor ?? 0) - (a.imbalanceFactor ?? 0));
}

async function candidates(folders: readonly string[], signal: AbortSignal): Promise<Candidate[]> {
  const files: Candidate[] = [];
  const open = [...folders];
  for (let seen = 0; seen < mostFolders; seen++) {
    const folder = open.shift();
    if (folder === undefined || files.length >= mostFiles) break;
    signal.throwIfAborted();
    const names: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name)) open.push(path);
      else if (entry.isFile() && manifestName.test(entry.name)) names.push(entry.name);
    }
    for (const name of worthALook(folder, names.sort())) files.push(...(await candidate(join(folder, name))));
  }
  return files.slice(0, mostFiles);
}

/** One file for each data set of several files: its first XML file, or its first list of a split. */
function worthALook(folder: string, names: readonly string[]): readonly string[] {
  if (basename(dirname(folder)) === "ImageSets") return names.filter((name) => name === "train.txt");
  const alike = new Map<string, number>();
  return names.filter((name) => {
    const kind = extname(name).toLowerCase();
    const count = (alike.get(kind) ?? 0) + 1;
    alike.set(kind, count);
    return count <= (kind === ".xml" ? 1 : mostAlike);
  });
}

async function candidate(path: string): Promise<Candidate[]> {
  try {
    const { size, mtimeMs } = await stat(path);
    return size > 0 && size <= largestFile ? [{ path, stamp: `${size}@${mtimeMs}` }] : [];
  } catch {
    return [];
  }
}
