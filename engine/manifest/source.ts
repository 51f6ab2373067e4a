/** Bytes of a manifest: from disk, decompressed on the way, or from an open document. */
import { readSync, statSync } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { TextDecoder } from "node:util";
import { LineIndex } from "./lineIndex.ts";
import { longReading } from "./longReading.ts";
import type { ManifestSource } from "./manifest.ts";
import { asBytes, joinBytes } from "./scan/bytes.ts";
import type { ChunkPair } from "./scan/scanMemory.ts";

const chunkBytes = 1 << 20;
const gzipChunkBytes = 1 << 18;
/** Longest time without a look at what else there is to do, in milliseconds. */
const longestTurn = 16;
/** Class lists and label maps are small; a neighbour beyond this is something else. */
const neighbourBytes = 4 << 20;

const encoder = new TextEncoder();

type Consumed = (bytes: number) => void;

/** The file at `path`, read anew by every call; gzip is recognised by its first two bytes and undone. */
export function fileSource(path: string): ManifestSource {
  const size = sizeOf(path);
  let lines: LineIndex | undefined;
  return {
    path,
    ...(size === undefined ? {} : { size }),
    bytes: (signal, consumed, room) =>
      fileBytes(path, size, signal, consumed, room, (index) => {
        lines = index;
      }),
    lines: () => lines,
    head: (length) => headOf(path, length),
    ...(size === undefined || /\.gz$/i.test(path) ? {} : { slice: (start, end) => part(path, start, end) }),
    neighbour: (name) => neighbourOf(path, name),
  };
}

/** The first bytes of the content; where that is not as it is in the file, through its chunks. */
async function headOf(path: string, length: number): Promise<Uint8Array> {
  const start = await part(path, 0, length);
  if (!isGzip(start) && !utf16Decoder(start)) return start;
  // Chunks no longer than what is wanted: the next one is read ahead.
  const room: ChunkPair = [new Uint8Array(length), new Uint8Array(length)];
  return firstBytes(fileBytes(path, 0, undefined, undefined, room), length);
}

function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

async function part(path: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const bytes = new Uint8Array(Math.max(0, end - start));
    let taken = 0;
    while (taken < bytes.length) {
      const { bytesRead } = await handle.read(bytes, taken, bytes.length - taken, start + taken);
      if (bytesRead === 0) break;
      taken += bytesRead;
    }
    return bytes.subarray(0, taken);
  } finally {
    await handle.close();
  }
}

/** The text of an open document; `path` is where it will be saved, and tells its neighbours. */
export function textSource(path: string, text: string): ManifestSource {
  return {
    path,
    size: Buffer.byteLength(text),
    bytes: (signal, consumed) => textBytes(text, signal, consumed),
    head: (length) => Promise.resolve(encoder.encode(text.slice(0, length)).subarray(0, length)),
    neighbour: (name) => neighbourOf(path, name),
  };
}

/** `wanted` says how many bytes are read, as far as that is known. */
async function* fileBytes(
  path: string,
  wanted = 0,
  signal?: AbortSignal,
  consumed?: Consumed,
  room?: ChunkPair,
  indexed?: (lines: LineIndex | undefined) => void,
): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(2), 0, 2, 0);
    const gzipped = isGzip(buffer.subarray(0, bytesRead));
    const raw = wanted > longReading ? longBytes : rawBytes;
    const chunks = asUtf8((gzipped ? unzipped : raw)(handle, signal, consumed, room));
    // Offsets in the content are offsets in the file only where nothing is unpacked or recoded.
    const lines = gzipped || utf16Decoder(buffer) ? undefined : new LineIndex();
    indexed?.(lines);
    if (!indexed || !lines) yield* chunks;
    else
      for await (const chunk of chunks) {
        lines.take(chunk);
        yield chunk;
      }
  } finally {
    await handle.close();
  }
}

/** UTF-16 with a byte order mark becomes UTF-8; everything else stays as it is. */
async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let first = true;
  for await (const chunk of chunks) {
    if (first) decoder = utf16Decoder(chunk);
    first = false;
    if (!decoder) yield chunk;
    else {
      const text = decoder.decode(chunk, { stream: true });
      if (text !== "") yield encoder.encode(text);
    }
  }
  const last = decoder?.decode() ?? "";
  if (last !== "") yield encoder.encode(last);
}

function utf16Decoder(start: Uint8Array): TextDecoder | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder("utf-16le");
  return start[0] === 0xfe && start[1] === 0xff ? new TextDecoder("utf-16be") : undefined;
}

/** Reads ahead by one chunk into two buffers that take turns, so that nothing is left to collect. */
async function* rawBytes(
  handle: FileHandle,
  signal?: AbortSignal,
  consumed?: Consumed,
  room?: ChunkPair,
): AsyncGenerator<Uint8Array> {
  const buffers = room ?? [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
  let position = 0;
  let pending = handle.read(buffers[0], 0, buffers[0].length, 0);
  try {
    for (let turn = 1; ; turn ^= 1) {
      const { bytesRead, buffer } = await pending;
      signal?.throwIfAborted();
      if (bytesRead === 0) return;
      position += bytesRead;
      const next = buffers[turn === 0 ? 0 : 1];
      pending = handle.read(next, 0, next.length, position);
      consumed?.(position);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await pending.catch(() => undefined);
  }
}

/**
 * The same for long files, without reading ahead: the system does that itself, and handing each chunk to another thread and
 * back takes a tenth of the time of scanning it.
 */
async function* longBytes(
  { fd }: FileHandle,
  signal?: AbortSignal,
  consumed?: Consumed,
  room?: ChunkPair,
): AsyncGenerator<Uint8Array> {
  const buffer = room?.[0] ?? new Uint8Array(chunkBytes);
  let position = 0;
  let turn = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const bytesRead = readSync(fd, buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    consumed?.(position);
    yield buffer.subarray(0, bytesRead);
    if (Date.now() - turn < longestTurn) continue;
    await setImmediate();
    turn = Date.now();
  }
}

/**
 * A decompressor that fails throws away what it had already produced. So after a failure the file is read once
 * more, asked to flush whatever there is, and what was not yet given is given before the error is thrown.
 */
async function* unzipped(
  handle: FileHandle,
  signal?: AbortSignal,
  consumed?: Consumed,
): AsyncGenerator<Uint8Array> {
  let given = 0;
  try {
    for await (const chunk of gunzip(handle, "whole", signal, consumed)) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    yield* dropFirst(gunzip(handle, "cut off", signal, consumed), given);
    throw error;
  }
}

async function* gunzip(
  handle: FileHandle,
  end: "whole" | "cut off",
  signal?: AbortSignal,
  consumed?: Consumed,
): AsyncGenerator<Uint8Array> {
  // Loaded where there is something packed.
  const { constants, createGunzip } = await import("node:zlib");
  const finishFlush = end === "whole" ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  const compressed = Readable.from(freshChunks(handle, signal, consumed), { objectMode: false });
  const decompressor = createGunzip({ finishFlush, chunkSize: gzipChunkBytes });
  compressed.on("error", (error) => decompressor.destroy(error));
  compressed.pipe(decompressor);
  try {
    for await (const chunk of decompressor) yield asBytes(chunk as Buffer);
  } finally {
    compressed.destroy();
    decompressor.destroy();
  }
}

/** Chunks that a stream may queue, hence each in memory of its own. */
async function* freshChunks(
  handle: FileHandle,
  signal?: AbortSignal,
  consumed?: Consumed,
): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await handle.read(
      new Uint8Array(gzipChunkBytes),
      0,
      gzipChunkBytes,
      position,
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    consumed?.(position);
    yield buffer.subarray(0, bytesRead);
  }
}

async function* dropFirst(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  try {
    for await (const chunk of chunks) {
      if (chunk.length > left) yield chunk.subarray(left);
      left = Math.max(0, left - chunk.length);
    }
  } catch {
    // The first failure is the one to tell.
  }
}

async function* textBytes(
  text: string,
  signal?: AbortSignal,
  consumed?: Consumed,
): AsyncGenerator<Uint8Array> {
  let given = 0;
  for (let start = 0; start < text.length; ) {
    signal?.throwIfAborted();
    let end = Math.min(text.length, start + chunkBytes);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    const chunk = encoder.encode(text.slice(start, end));
    given += chunk.length;
    consumed?.(given);
    yield chunk;
    start = end;
    await setImmediate();
  }
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of chunks) {
      const piece = chunk.slice(0, length - total);
      pieces.push(piece);
      total += piece.length;
      if (total >= length) break;
    }
  } catch (error) {
    // A file that breaks off later still has a start.
    if (total === 0) throw error;
  }
  return joinBytes(pieces);
}

/** A small file of the same folder, or undefined where there is none. */
export async function neighbourOf(path: string, name: string): Promise<Uint8Array | undefined> {
  const file = join(dirname(path), name);
  try {
    const { size } = await stat(file);
    return size <= neighbourBytes ? asBytes(await readFile(file)) : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}
