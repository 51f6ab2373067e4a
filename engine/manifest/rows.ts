/** Rows of a manifest by number, read from disk where they stand: for files that no editor holds in memory. */
import { type FileHandle, open } from "node:fs/promises";

/** Where rows are in a file. Every 256th has its place noted; the others are found from there. */
export interface RowIndex {
  /** Lines, or the elements of the arrays in a JSON document. */
  readonly kind: "lines" | "elements";
  readonly total: number;
  /** Byte at which row 0, 256, 512 ... begins. */
  readonly places: Float64Array;
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
  readonly signal?: AbortSignal;
  readonly progress?: (read: number, total: number, unit: "bytes") => void;
}

/** The index of a file, or undefined where it is compressed. Throws what the file system throws, and when aborted. */
export async function indexRows(path: string, options: IndexOptions = {}): Promise<RowIndex | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, 4096);
    if (head[0] === 0x1f && head[1] === 0x8b) return undefined;
    const kind = isJsonDocument(head) ? "elements" : "lines";
    const finder = kind === "elements" ? new ElementFinder() : new LineFinder();
    const places: number[] = [];
    let total = 0;
    const note = (start: number): void => {
      if (total++ % rowsBetweenPlaces === 0) places.push(start);
    };
    for (let at = 0; at < size; ) {
      options.signal?.throwIfAborted();
      const chunk = await bytesAt(file, at, chunkBytes);
      if (chunk.length === 0) break;
      finder.take(chunk, at, note, () => false);
      at += chunk.length;
      options.progress?.(at, size, "bytes");
    }
    return { kind, total, places: Float64Array.from(places) };
  } finally {
    await file.close();
  }
}

/** Up to `count` rows from number `from` on. A file that changed since gives what stands at those places now. */
export async function readRows(path: string, index: RowIndex, from: number, count: number): Promise<Row[]> {
  const first = Math.max(0, Math.min(from, index.total));
  const last = Math.min(index.total, first + count);
  const block = Math.floor(first / rowsBetweenPlaces);
  const place = index.places[block];
  if (place === undefined || last <= first) return [];
  const file = await open(path);
  try {
    const spans = await spansFrom(file, index, place, first - block * rowsBetweenPlaces, last - first);
    const rows: Row[] = [];
    for (const [i, { start, end }] of spans.entries()) {
      const bytes = await bytesAt(file, start, Math.min(end - start, 4 * longestText));
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
  file: FileHandle,
  { kind }: RowIndex,
  place: number,
  skip: number,
  count: number,
): Promise<Extent[]> {
  const { size } = await file.stat();
  const finder = kind === "elements" ? new ElementFinder(true) : new LineFinder(place);
  const starts: number[] = [];
  const ends: number[] = [];
  const wanted = skip + count;
  const note = (start: number): void => void starts.push(start);
  const close = (end: number): boolean => ends.push(end) >= wanted;
  for (let at = place; at < size && ends.length < wanted; ) {
    const chunk = await bytesAt(file, at, chunkBytes);
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

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
