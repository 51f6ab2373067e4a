/** The many small files of a data set, read one after the other. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { t } from "#protocol/l10n.ts";
import type { ManifestSource } from "../manifest.ts";
import { joinBytes } from "../scan/bytes.ts";

/** Labels of one image that are longer are something else. */
const longestPart = 8 << 20;
/** The room that most files fit into; longer ones get room of their own. */
const usualRoom = 256 << 10;
/** Milliseconds after which others have their turn: a cancel, a question to this process. */
const slice = 8;

export interface Part {
  /** Absolute. */
  readonly path: string;
  /** The content, valid until the next part is asked for; or why there is none. */
  readonly bytes?: Uint8Array;
  readonly failure?: string;
}

export interface PartsOptions {
  /** The manifest: where it is one of the parts, its own text counts, which may be newer than the disk. */
  readonly source: ManifestSource;
  readonly signal?: AbortSignal | undefined;
  /** Told how many files are read. */
  readonly progress?: ((files: number) => void) | undefined;
}

/**
 * Calls back for each file in its order; throws only when aborted. Files are read synchronously in short slices: an
 * asynchronous call a file takes several times as long as the reading of it.
 */
export async function eachPart(
  paths: readonly string[],
  { source, signal, progress }: PartsOptions,
  take: (part: Part) => void | Promise<void>,
): Promise<void> {
  const room = new Uint8Array(usualRoom);
  let turn = Date.now();
  for (const [index, path] of paths.entries()) {
    const taken = take(path === source.path ? await ownPart(source) : partAt(path, room));
    if (taken instanceof Promise) await taken;
    if (Date.now() - turn < slice) continue;
    progress?.(index + 1);
    await setImmediate();
    signal?.throwIfAborted();
    turn = Date.now();
  }
  progress?.(paths.length);
  signal?.throwIfAborted();
}

function partAt(path: string, room: Uint8Array): Part {
  try {
    return { path, ...content(path, room) };
  } catch (error) {
    return { path, failure: reason(error) };
  }
}

function content(path: string, room: Uint8Array): Omit<Part, "path"> {
  const handle = openSync(path, "r");
  try {
    const read = readSync(handle, room, 0, room.length, 0);
    if (read < room.length) return { bytes: room.subarray(0, read) };
    const { size } = fstatSync(handle);
    if (size > longestPart) return { failure: t`it is longer than 8 MB` };
    const bytes = new Uint8Array(size);
    return { bytes: bytes.subarray(0, readSync(handle, bytes, 0, size, 0)) };
  } finally {
    closeSync(handle);
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EACCES" || code === "EPERM") return t`no permission to read it`;
  return code === "ENOENT" ? t`it does not exist` : t`it fails with ${code}`;
}

async function ownPart(source: ManifestSource): Promise<Part> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source.bytes()) {
      length += chunk.length;
      if (length > longestPart) return { path: source.path, failure: t`it is longer than 8 MB` };
      pieces.push(chunk.slice());
    }
  } catch (error) {
    return { path: source.path, failure: reason(error) };
  }
  return { path: source.path, bytes: joinBytes(pieces) };
}
