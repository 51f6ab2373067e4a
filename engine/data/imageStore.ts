/** Where images come from: a folder or a `.zip`, addressed as a manifest writes them. */

import { readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import type { Entry, ZipFile } from "yauzl";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { describeProblem } from "./problem.ts";

export interface ImageStore {
  /** Bytes of the file at a manifest's path. Throws where there is none. */
  read(path: string): Promise<Uint8Array>;
  has(path: string): Promise<boolean>;
  /** Text that changes when the files at these paths do. */
  version(paths: readonly string[]): Promise<string>;
  close(): void;
}

/** Archives up to this size are read at once: their directory is then searched in memory, not entry by entry on disk. */
const mostRead = 1 << 28;

/** Opens a folder or a `.zip`. Throws `data/unreadable` naming it. */
export async function openImageStore(location: string): Promise<ImageStore> {
  const info = await stat(location).catch((problem) => {
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(location)} cannot be opened: ${describeProblem(problem)}. Name a folder or a .zip with images.`,
    );
  });
  if (info.isDirectory()) return folderStore(location);
  return zipStore(location, info.size, `${info.size} ${info.mtimeMs}`);
}

/**
 * Returns the ways in which a listed path may stand inside a store: as it is, then without its leading folders,
 * for lists that were written one or more folders further out.
 */
function spellings(path: string): string[] {
  const clean = path.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
  const parts = clean.split("/");
  return parts.map((_, skip) => parts.slice(skip).join("/"));
}

function folderStore(folder: string): ImageStore {
  let skip = 0;
  const at = async (path: string): Promise<string | undefined> => {
    if (isAbsolute(path) && (await isFile(path))) return path;
    const ways = spellings(path);
    // Lists are uniform: what fitted the last path is tried first.
    const order = [skip, ...ways.keys()];
    for (const n of order) {
      const way = ways[n];
      if (way === undefined || way.split("/").includes("..")) continue;
      if (await isFile(join(folder, way))) {
        skip = n;
        return join(folder, way);
      }
    }
    return undefined;
  };
  return {
    async read(path) {
      const place = await at(path);
      if (place === undefined) throw new Error("no such file");
      return asBytes(await readFile(place));
    },
    has: async (path) => (await at(path)) !== undefined,
    async version(paths) {
      const versions: string[] = [];
      for (const path of paths) {
        const place = await at(path);
        const info = place === undefined ? undefined : await stat(place);
        versions.push(info ? `${info.size} ${info.mtimeMs}` : "absent");
      }
      return versions.join("\n");
    },
    close() {},
  };
}

/** The same memory without Buffer's own methods. */
function asBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

async function zipStore(path: string, size: number, version: string): Promise<ImageStore> {
  const { zip, entries } = await openZip(path, size);
  const bySuffix = suffixes(entries);
  const find = (wanted: string): Entry | undefined => {
    for (const way of spellings(wanted)) {
      const entry = entries.get(way) ?? bySuffix(way);
      if (entry) return entry;
    }
    return undefined;
  };
  return {
    async read(wanted) {
      const entry = find(wanted);
      if (!entry) throw new Error("no such file in the .zip");
      return readEntry(zip, entry);
    },
    has: async (wanted) => find(wanted) !== undefined,
    version: async () => version,
    close: () => zip.close(),
  };
}

/** Finds entries whose `.zip` wraps everything in further folders that the list does not name. */
function suffixes(entries: ReadonlyMap<string, Entry>): (path: string) => Entry | undefined {
  let prefix: string | undefined;
  return (path) => {
    if (prefix !== undefined) return entries.get(prefix + path);
    for (const name of entries.keys()) {
      if (name.endsWith(`/${path}`)) {
        prefix = name.slice(0, name.length - path.length);
        return entries.get(name);
      }
    }
    return undefined;
  };
}

async function openZip(path: string, size: number): Promise<{ zip: ZipFile; entries: Map<string, Entry> }> {
  const yauzl = await import("yauzl");
  const content = size <= mostRead ? await readFile(path) : undefined;
  return new Promise((resolve, reject) => {
    const fail = (problem: unknown): void =>
      reject(
        new EquipoiseError(
          "data/unreadable",
          t`${basename(path)} cannot be read as a .zip: ${describeProblem(problem)}. Pack it again or name a folder.`,
        ),
      );
    const list = (problem: Error | null, zip: ZipFile): void => {
      if (problem) {
        fail(problem);
        return;
      }
      const entries = new Map<string, Entry>();
      zip.on("entry", (entry: Entry) => {
        entries.set(entry.fileName, entry);
        zip.readEntry();
      });
      zip.on("end", () => resolve({ zip, entries }));
      zip.on("error", (reason) => {
        zip.close();
        fail(reason);
      });
      zip.readEntry();
    };
    const options = { lazyEntries: true, autoClose: false };
    if (content) yauzl.fromBuffer(content, options, list);
    else yauzl.open(path, options, list);
  });
}

function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (problem, stream) => {
      if (problem) {
        reject(problem);
        return;
      }
      const bytes = new Uint8Array(entry.uncompressedSize);
      let filled = 0;
      stream.on("data", (chunk: Buffer) => {
        bytes.set(asBytes(chunk), filled);
        filled += chunk.byteLength;
      });
      stream.on("error", reject);
      stream.on("end", () => resolve(bytes));
    });
  });
}
