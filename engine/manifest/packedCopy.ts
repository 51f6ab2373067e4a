/** A gzip file packed anew in blocks, so that any part of its content can be read without what stands before it. */
import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";

/** Content of a block, in bytes. */
const blockBytes = 1 << 20;
/** Copies that are kept, those made last. */
const mostCopies = 4;

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

export interface PackedCopy {
  readonly path: string;
  /** Of the content. */
  readonly size: number;
  /** Byte of the copy at which each block begins, and where the last one ends. */
  readonly starts: Float64Array;
}

/**
 * Copies content into a folder, block by block; `see` is shown the content on the way. Content that breaks off is copied
 * as far as it goes. Throws what the file system throws, and when aborted.
 */
export async function packedCopy(
  source: { readonly path: string; bytes(): AsyncIterable<Uint8Array> },
  folder: string,
  see: (chunk: Uint8Array, at: number) => void,
  signal?: AbortSignal,
): Promise<PackedCopy> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, await nameFor(source.path));
  const unfinished = `${path}.${process.pid}.tmp`;
  const file = await open(unfinished, "w");
  try {
    const starts = [0];
    let size = 0;
    const write = async (block: Uint8Array): Promise<void> => {
      const packed = await pack(block, { level: 1 });
      await file.write(packed);
      starts.push((starts.at(-1) ?? 0) + packed.length);
    };
    const block = new Uint8Array(blockBytes);
    let filled = 0;
    for await (const chunk of asFarAsItGoes(source.bytes(), signal)) {
      see(chunk, size);
      size += chunk.length;
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + blockBytes - filled);
        block.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < blockBytes) continue;
        await write(block);
        filled = 0;
      }
    }
    if (filled > 0) await write(block.subarray(0, filled));
    await rename(unfinished, path);
    await removeOld(folder);
    return { path, size, starts: Float64Array.from(starts) };
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
}

/** Reads parts of a copy; those read next are often in the block that was read last. */
export async function openCopy({ path, size, starts }: PackedCopy): Promise<{
  readonly size: number;
  at(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}> {
  const file = await open(path);
  let last: { readonly number: number; readonly content: Uint8Array } | undefined;

  async function content(number: number): Promise<Uint8Array> {
    if (last?.number === number) return last.content;
    const [start = 0, end = 0] = [starts[number], starts[number + 1]];
    last = { number, content: await unpack(await packedBytes(file, start, end - start)) };
    return last.content;
  }

  return {
    size,
    async at(position, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - position)));
      for (let done = 0; done < bytes.length; ) {
        const place = position + done;
        const block = await content(Math.floor(place / blockBytes));
        const part = block.subarray(place % blockBytes).subarray(0, bytes.length - done);
        bytes.set(part, done);
        done += part.length;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

async function packedBytes(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await file.read(bytes, 0, length, position);
  return bytes;
}

/** The same content of the same file has the same copy, in whichever window it is looked at. */
async function nameFor(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return createHash("sha256")
    .update(JSON.stringify([path, size, mtimeMs]))
    .digest("hex")
    .slice(0, 32);
}

/** Damaged archives end with an error after what could be unpacked. */
async function* asFarAsItGoes(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (problem) {
    const code = (problem as { readonly code?: unknown }).code;
    if (signal?.aborted || typeof code !== "string" || !code.startsWith("Z_")) throw problem;
  }
}

async function removeOld(folder: string): Promise<void> {
  const copies: { path: string; made: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found) copies.push({ path, made: found.mtimeMs });
  }
  const old = copies.sort((a, b) => b.made - a.made).slice(mostCopies);
  for (const { path } of old) await rm(path, { force: true });
}
