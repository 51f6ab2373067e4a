/** Rows of a manifest by number, read from disk where they stand: for files that no editor holds in memory. */
import { open } from "node:fs/promises";
import { openCopy, type PackedCopy, packedCopy } from "./packedCopy.ts";
import { fileSource } from "./source.ts";

/** Where rows are in a file. Every 256th has its place noted; the others are found from there. */
export interface RowIndex {
  /** Lines, or the elements of the arrays in a JSON document. */
  readonly kind: "lines" | "elements";
  readonly total: number;
  /** Byte at which row 0, 256, 512 ... begins. */
  readonly places: Float64Array;
  /** The copy that rows of a gzip file are read from; places are in its content. */
  readonly copy?: PackedCopy;
}

export interface Row {
  /** From 0. */
  readonly row: number;
  readonly text: string;
  /** Whether the text is cut off. */
  readonly cut: boolean;
}

export const rowsBetweenPlaces = 256;
const chunkBytes = 1 << 20;
/** What is shown of a row; some hold polygons of megabytes. */
const longestText = 2_000;

export interface IndexOptions {
  /** Where copies of gzip files may lie. */
  readonly copies: string;
  readonly signal?: AbortSignal;
  readonly progress?: (read: number, total: number, unit: "bytes") => void;
}

/** The index of a file. Throws what the file system throws, and when aborted. */
export async function indexRows(path: string, options: IndexOptions): Promise<RowIndex> {
  const file = await openPlain(path);
  try {
    const head = await file.at(0, 4096);
    if (head[0] === 0x1f && head[1] === 0x8b) return await indexPacked(path, file.size, options);
    const index = indexer(head);
    for (let at = 0; at < file.size; ) {
      options.signal?.throwIfAborted();
      const chunk = await file.at(at, chunkBytes);
      if (chunk.length === 0) break;
      index.take(chunk, at);
      at += chunk.length;
      options.progress?.(at, file.size, "bytes");
    }
    return index.made();
  } finally {
    await file.close();
  }
}

async function indexPacked(path: string, packed: number, options: IndexOptions): Promise<RowIndex> {
  const { signal, progress, copies } = options;
  const source = fileSource(path);
  const index = indexer(await source.head(4096).catch(() => new Uint8Array()));
  const bytes = (): AsyncIterable<Uint8Array> =>
    source.bytes(signal, (read) => progress?.(read, packed, "bytes"));
  const copy = await packedCopy({ path, bytes }, copies, index.take, signal);
  return { ...index.made(), copy };
}

/** Notes rows while it is shown a content whose first bytes are known. */
function indexer(head: Uint8Array): {
  take(chunk: Uint8Array, at: number): void;
  made(): RowIndex;
} {
  const kind = isJsonDocument(head) ? "elements" : "lines";
  const finder = kind === "elements" ? new ElementFinder() : new LineFinder();
  const places: number[] = [];
  let total = 0;
  const note = (start: number): void => {
    if (total++ % rowsBetweenPlaces === 0) places.push(start);
  };
  return {
    take: (chunk, at) => finder.take(chunk, at, note, () => false),
    made: () => ({ kind, total, places: Float64Array.from(places) }),
  };
}

/** Up to `count` rows from number `from` on. A file that changed since gives what stands at those places now. */
export async function readRows(path: string, index: RowIndex, from: number, count: number): Promise<Row[]> {
  const first = Math.max(0, Math.min(from, index.total));
  const last = Math.min(index.total, first + count);
  const block = Math.floor(first / rowsBetweenPlaces);
  const place = index.places[block];
  if (place === undefined || last <= first) return [];
  const file = await (index.copy ? openCopy(index.copy) : openPlain(path));
  try {
    const spans = await spansFrom(file, index, place, first - block * rowsBetweenPlaces, last - first);
    const rows: Row[] = [];
    for (const [i, { start, end }] of spans.entries()) {
      const bytes = await file.at(start, Math.min(end - start, 4 * longestText));
      const text = new TextDecoder().decode(bytes).replace(/[\r\n]+$/, "");
      const shown = index.kind === "elements" ? text.replace(/\s+/g, " ") : text;
      const cut = shown.length > longestText || end - start > bytes.length;
      rows.push({ row: first + i, text: shown.slice(0, longestText), cut });
    }
    return rows;
  } finally {
    await file.close();
  }
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

async function spansFrom(
  file: Content,
  { kind }: RowIndex,
  place: number,
  skip: number,
  count: number,
): Promise<Extent[]> {
  const { size } = file;
  const finder = kind === "elements" ? new ElementFinder(true) : new LineFinder(place);
  const starts: number[] = [];
  const ends: number[] = [];
  const wanted = skip + count;
  const note = (start: number): void => void starts.push(start);
  const close = (end: number): boolean => ends.push(end) >= wanted;
  for (let at = place; at < size && ends.length < wanted; ) {
    const chunk = await file.at(at, chunkBytes);
    if (chunk.length === 0) break;
    finder.take(chunk, at, note, close);
    at += chunk.length;
  }
  if (ends.length < starts.length) ends.push(size);
  return starts.slice(skip, wanted).map((start, i) => ({ start, end: ends[skip + i] ?? size }));
}

interface Finder {
  /** Tells where rows start and end. `ended` answers whether that is enough. */
  take(chunk: Uint8Array, base: number, started: (at: number) => void, ended: (at: number) => boolean): void;
}

/** Every line is a row, the last one also without a line feed. */
class LineFinder implements Finder {
  #next: number;

  constructor(place = 0) {
    this.#next = place;
  }

  take(chunk: Uint8Array, base: number, started: (at: number) => void, ended: (at: number) => boolean): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#next === base) started(base);
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
      this.#next = base + at + 1;
      if (ended(this.#next)) return;
      if (at + 1 < bytes.length) started(this.#next);
    }
  }
}

const quote = 0x22;
const backslash = 0x5c;
const opensObject = 0x7b;
const opensArray = 0x5b;
const closesObject = 0x7d;
const closesArray = 0x5d;

/** In a JSON document the objects of its arrays are rows: of the array that it is, or of those that are its members. */
class ElementFinder implements Finder {
  #depth = 0;
  /** Depth at which the row that is open began; -1 between rows. */
  #row = -1;
  #inText = false;
  #escaped = false;
  /** Brackets around the present place, as far in as rows can begin. */
  readonly #around = new Uint8Array(3);

  /** `inside`: the first byte is that of a row, whatever stands around it. */
  constructor(inside = false) {
    if (!inside) return;
    this.#depth = 2;
    this.#around[0] = opensObject;
    this.#around[1] = opensArray;
  }

  take(chunk: Uint8Array, base: number, started: (at: number) => void, ended: (at: number) => boolean): void {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (this.#inText) this.#read(byte);
      else if (byte === quote) this.#inText = true;
      else if (byte === opensObject || byte === opensArray) this.#open(byte, base + i, started);
      else if ((byte === closesObject || byte === closesArray) && this.#close() && ended(base + i + 1))
        return;
    }
  }

  #read(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash) this.#escaped = true;
    else if (byte === quote) this.#inText = false;
  }

  #open(byte: number, at: number, started: (at: number) => void): void {
    const inArray = this.#depth > 0 && this.#depth <= 2 && this.#around[this.#depth - 1] === opensArray;
    if (this.#row < 0 && byte === opensObject && inArray) {
      this.#row = this.#depth;
      started(at);
    }
    if (this.#depth < 3) this.#around[this.#depth] = byte;
    this.#depth++;
  }

  /** Whether a row ended. */
  #close(): boolean {
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#row !== this.#depth) return false;
    this.#row = -1;
    return true;
  }
}

/** Whether a document begins as JSON whose first line is not one whole record, as it is in JSON Lines. */
function isJsonDocument(head: Uint8Array): boolean {
  const text = new TextDecoder()
    .decode(head)
    .trimStart()
    .replace(/^\uFEFF/, "");
  if (!/^[{[]/.test(text)) return false;
  const end = text.indexOf("\n");
  if (end < 0) return true;
  try {
    JSON.parse(text.slice(0, end));
    return text.slice(end).trim() === "";
  } catch {
    return true;
  }
}

/** Bytes by their place. */
interface Content {
  readonly size: number;
  at(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function openPlain(path: string): Promise<Content> {
  const file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    async at(position, length) {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}
