/** The many small files of a data set, read one after the other, some ahead of time. */
import { open } from "node:fs/promises";
import type { ManifestSource } from "../manifest.ts";
import { joinBytes } from "../scan/bytes.ts";

/** Labels of one image that are longer are something else. */
const longestPart = 8 << 20;
/** Files that are read at once; more does not help on a disk and costs memory. */
const ahead = 16;

export interface Part {
  /** Absolute. */
  readonly path: string;
  /** The content, or why there is none. */
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

/** The files in their order; throws only when aborted. */
export async function* parts(paths: readonly string[], options: PartsOptions): AsyncGenerator<Part> {
  const pending: Promise<Part>[] = [];
  let next = 0;
  for (let done = 0; done < paths.length; done++) {
    options.signal?.throwIfAborted();
    while (next < paths.length && pending.length < ahead) pending.push(partAt(paths[next++] ?? "", options));
    const part = await pending.shift();
    if (part) yield part;
    options.progress?.(done + 1);
  }
}

async function partAt(path: string, { source }: PartsOptions): Promise<Part> {
  try {
    return path === source.path ? await ownPart(source) : { path, ...(await content(path)) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const failure = code === "EACCES" || code === "EPERM" ? "no permission to read it" : "it does not exist";
    return {
      path,
      failure: code === "ENOENT" || failure.startsWith("no") ? failure : `it fails with ${code}`,
    };
  }
}

async function content(path: string): Promise<Omit<Part, "path">> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size > longestPart) return { failure: "it is longer than 8 MB" };
    const bytes = new Uint8Array(size);
    const { bytesRead } = await handle.read(bytes, 0, size, 0);
    return { bytes: bytes.subarray(0, bytesRead) };
  } finally {
    await handle.close();
  }
}

async function ownPart(source: ManifestSource): Promise<Part> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.bytes()) {
    length += chunk.length;
    if (length > longestPart) return { path: source.path, failure: "it is longer than 8 MB" };
    pieces.push(chunk.slice());
  }
  return { path: source.path, bytes: joinBytes(pieces) };
}
