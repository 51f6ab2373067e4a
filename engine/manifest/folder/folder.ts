/** Folders of data sets: what lies in them, without following links in circles. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";

/** Folders below a data set are at most so deep. */
const deepest = 16;
/** Files of a data set that are looked at; there are sets of ten million images, but not in one label folder. */
const mostFiles = 2_000_000;

/** Names in one folder, in order of their bytes. */
export interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

export interface Folder {
  /** Absolute. */
  readonly path: string;
  /** The names in a folder, absolute or relative to this one; undefined where there is no such folder or it cannot be read. */
  list(folder?: string): Promise<Listing | undefined>;
  /** Absolute paths of the files in and below a folder of which `wanted` likes the name, folder by folder. */
  walk(folder: string, wanted: (name: string) => boolean, signal?: AbortSignal): Promise<Walk>;
  /** Absolute paths of the folders that were looked into, without those below another one. */
  visited(): string[];
}

export interface Walk {
  readonly files: readonly string[];
  /** Whether there are more, too many or too deep. */
  readonly cut: boolean;
}

/** The folder at `path`; what was listed once is remembered while it is in use. */
export function openFolder(path: string): Folder {
  const listings = new Map<string, Promise<Listing | undefined>>();

  function list(folder = "."): Promise<Listing | undefined> {
    const at = resolve(path, folder);
    const listing = listings.get(at) ?? listingOf(at);
    listings.set(at, listing);
    return listing;
  }

  return {
    path,
    list,
    walk: (folder, wanted, signal) => walk(resolve(path, folder), list, wanted, signal),
    visited: () => tops([path, ...listings.keys()]),
  };
}

function tops(paths: readonly string[]): string[] {
  const found: string[] = [];
  for (const path of paths)
    if (!found.some((top) => path === top || path.startsWith(top + sep))) found.push(path);
  return found;
}

async function walk(
  top: string,
  list: Folder["list"],
  wanted: (name: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<Walk> {
  const files: string[] = [];
  const visited = new Set<string>();
  const open = [{ folder: top, depth: 0 }];
  let cut = false;
  for (let next = open.pop(); next; next = open.pop()) {
    signal?.throwIfAborted();
    // Two ways to one folder, or a link to a folder above, are one folder.
    const real = await realpath(next.folder).catch(() => next.folder);
    if (visited.has(real)) continue;
    visited.add(real);
    const listing = await list(next.folder);
    for (const name of listing?.files ?? []) if (wanted(name)) files.push(`${next.folder}${sep}${name}`);
    if (files.length > mostFiles) return { files: files.slice(0, mostFiles), cut: true };
    if (next.depth >= deepest) cut ||= (listing?.folders.length ?? 0) > 0;
    else {
      const folders = listing?.folders ?? [];
      for (let i = folders.length - 1; i >= 0; i--)
        open.push({ folder: join(next.folder, folders[i] ?? ""), depth: next.depth + 1 });
    }
  }
  return { files, cut };
}

/** Files and folders apart; links count as what they lead to, hidden ones and dead links are left out. */
async function listingOf(folder: string): Promise<Listing | undefined> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const kind = entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
    if (kind?.isFile()) files.push(entry.name);
    else if (kind?.isDirectory()) folders.push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
}

const imageName = /\.(jpe?g|png|bmp|tiff?|webp|gif|ppm|pgm|jfif|heic|avif|dng|mpo)$/i;

/** Whether the file name ends as images do. */
export function isImage(name: string): boolean {
  return imageName.test(name);
}

/** The name without its last ending. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}
