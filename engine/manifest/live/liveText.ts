/**
 * The text of an open document in blocks that outlive edits, so that what a reader found in a block is found once. A text
 * is never changed: an edit gives another one that shares all blocks but those it touched.
 */
import { setImmediate } from "node:timers/promises";
import { type LineMark, utf16Length } from "../lineIndex.ts";
import type { ManifestSource } from "../manifest.ts";
import { joinBytes } from "../scan/bytes.ts";
import { byteOrderMark } from "../scan/text.ts";
import { neighbourOf } from "../source.ts";

/** UTF-16 units of a block, about: small enough to be read at once, large enough that there are few. */
const usualUnits = 1 << 15;
/** While a text is given as a whole others get their turn, in bytes. */
const turnBytes = 1 << 20;

const encoder = new TextEncoder();

/** The UTF-16 units from `start` to `end` are replaced by `text`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A part of a text; it never changes. */
export interface Block {
  readonly bytes: Uint8Array;
  /** UTF-16 units. */
  readonly units: number;
  readonly lineFeeds: number;
  /** UTF-16 units behind the last line feed, or all. */
  readonly tail: number;
  /** Where the text has halves of surrogate pairs, which its bytes cannot tell. */
  readonly text?: string;
}

/** How a text is cut into blocks. */
interface Cutting {
  /** Behind lines, or in JSON before commas between objects. */
  readonly at: "lines" | "objects";
  /** UTF-16 units of a block. */
  readonly units: number;
}

/** Where no good place is found, so many times the units of a block are cut off. */
const most = 2;
/** Blocks below this share of the units join their neighbour, so that many edits do not leave crumbs. */
const least = 1 / 8;

/** Of a way of reading there are up to five memories; those of a few ways are kept. */
const mostKept = 16;

/** What readers found in blocks, kept as long as the blocks are. */
export class BlockMemory {
  readonly #kept = new Map<string, unknown>();

  /** What is kept under a key, made where there is none; of many keys those that were used last are kept. */
  of<T>(key: string, make: () => T): T {
    const kept = this.#kept.has(key) ? (this.#kept.get(key) as T) : make();
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}

/** Reads blocks that stand at `offset`; `last` where nothing follows. Undefined where what it reads does not end there. */
export type ReadBlocks<T> = (bytes: Uint8Array, offset: number, last: boolean) => T | undefined;

export interface Found<T> {
  readonly found: T;
  readonly shift: number;
}

interface Kept<T> {
  readonly blocks: readonly Block[];
  readonly at: number;
  readonly last: boolean;
  readonly found: T;
}

export class LiveText {
  readonly path: string;
  readonly blocks: readonly Block[];
  /** Place of each block, in bytes, and of the end. */
  readonly offsets: Float64Array;
  readonly memory: BlockMemory;
  readonly #cutting: Cutting;

  private constructor(path: string, cutting: Cutting, blocks: readonly Block[], memory: BlockMemory) {
    this.path = path;
    this.#cutting = cutting;
    this.blocks = blocks;
    this.memory = memory;
    this.offsets = new Float64Array(blocks.length + 1);
    for (const [i, { bytes }] of blocks.entries())
      this.offsets[i + 1] = (this.offsets[i] ?? 0) + bytes.length;
  }

  static of(path: string, text: string, units: number = usualUnits): LiveText {
    const cutting = { at: placesToCut(text), units };
    return new LiveText(path, cutting, blocksOf(text, cutting), new BlockMemory());
  }

  get size(): number {
    return this.offsets[this.blocks.length] ?? 0;
  }

  /** The text with the units from `start` to `end` replaced. */
  edited({ start, end, text }: TextChange): LiveText {
    const { blocks } = this;
    let first = 0;
    let before = 0;
    while (first < blocks.length - 1 && before + (blocks[first]?.units ?? 0) <= start)
      before += blocks[first++]?.units ?? 0;
    let last = first;
    let beyond = before;
    while (last < blocks.length && (last === first || beyond < end)) beyond += blocks[last++]?.units ?? 0;
    const from = before;
    let middle = replaced(blocks.slice(first, last), start - from, end - from, text);
    // Halves of a pair may meet at an edge, and crumbs join their neighbour.
    while (first > 0 && (isLow(middle, 0) || this.#isCrumb(middle)))
      middle = textOf(blocks[--first]) + middle;
    while (last < blocks.length && this.#goesOn(middle, first)) middle += textOf(blocks[last++]);
    const made = blocksOf(middle, this.#cutting);
    const all = [...blocks.slice(0, first), ...made, ...blocks.slice(last)];
    return new LiveText(this.path, this.#cutting, all, this.memory);
  }

  /** Whether what follows belongs into the block of an edited part. */
  #goesOn(middle: string, first: number): boolean {
    if (isHigh(middle, middle.length - 1) || (first === 0 && this.#isCrumb(middle))) return true;
    return this.#cutting.at === "lines" && !middle.endsWith("\n");
  }

  #isCrumb(text: string): boolean {
    return text.length < least * this.#cutting.units;
  }

  source(): ManifestSource {
    const { path, size } = this;
    return {
      path,
      size,
      live: this,
      bytes: (signal, consumed) => this.#bytes(signal, consumed),
      head: (length) => Promise.resolve(this.slice(0, length)),
      lines: () => ({ end: size, before: (offset) => this.#before(offset) }),
      slice: (start, end) => Promise.resolve(this.slice(start, end)),
      neighbour: (name) => neighbourOf(path, name),
    };
  }

  /**
   * What `read` finds in each block, or in several together where it gives undefined for the first of them: then what is
   * found ends in another one. It is kept under `key`, which says all that decides what is found beside the bytes. Places
   * that are found count from the start of the text as it was then, and are now `shift` bytes further. Undefined where the
   * last blocks do not end by themselves either.
   */
  found<T>(key: string, read: ReadBlocks<T>): Found<T>[] | undefined {
    const firsts = this.#kept<T>(`${key} at the start`);
    const others = this.#kept<T>(key);
    const found: Found<T>[] = [];
    for (let i = 0; i < this.blocks.length; ) {
      const kept = this.#foundAt(i, i === 0 ? firsts : others, read);
      if (!kept) return undefined;
      found.push({ found: kept.found, shift: (this.offsets[i] ?? 0) - kept.at });
      i += kept.blocks.length;
    }
    return found;
  }

  #kept<T>(key: string): WeakMap<Block, Kept<T>> {
    return this.memory.of(key, () => new WeakMap<Block, Kept<T>>());
  }

  #foundAt<T>(i: number, all: WeakMap<Block, Kept<T>>, read: ReadBlocks<T>): Kept<T> | undefined {
    const { blocks, offsets } = this;
    const first = blocks[i];
    if (!first) return undefined;
    const kept = all.get(first);
    const wasLast = kept?.last === true;
    if (kept?.blocks.every((block, k) => block === blocks[i + k])) {
      const last = i + kept.blocks.length === blocks.length;
      if (last === wasLast) return kept;
    }
    const at = offsets[i] ?? 0;
    for (let count = 1; ; count = Math.min(2 * count, blocks.length - i)) {
      const part = blocks.slice(i, i + count);
      const last = i + count >= blocks.length;
      const found = read(count === 1 ? first.bytes : joinBytes(part.map(({ bytes }) => bytes)), at, last);
      if (found !== undefined) {
        const keeping = { blocks: part, at, last, found };
        all.set(first, keeping);
        return keeping;
      }
      if (last) return undefined;
    }
  }

  slice(start: number, end: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let i = this.#indexOf(start); i < this.blocks.length; i++) {
      const offset = this.offsets[i] ?? 0;
      if (offset >= end) break;
      parts.push(this.blocks[i]?.bytes.subarray(Math.max(0, start - offset), end - offset) ?? empty);
    }
    return joinBytes(parts);
  }

  async *#bytes(signal?: AbortSignal, consumed?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
    let turn = turnBytes;
    for (const [i, { bytes }] of this.blocks.entries()) {
      signal?.throwIfAborted();
      const end = this.offsets[i + 1] ?? 0;
      consumed?.(end);
      yield bytes;
      if (end < turn) continue;
      turn = end + turnBytes;
      await setImmediate();
    }
  }

  /** Index of the block that has the byte at an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.blocks.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.offsets[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Line and column at the start of the block that has the byte at an offset. */
  #before(wanted: number): LineMark {
    let line = 1;
    let column = 1;
    const index = this.#indexOf(wanted);
    for (const { lineFeeds, tail } of this.blocks.slice(0, index)) {
      line += lineFeeds;
      column = lineFeeds > 0 ? tail + 1 : column + tail;
    }
    // A byte order mark is no column.
    if (line === 1 && index > 0 && byteOrderMark(this.blocks[0]?.bytes ?? empty) > 0) column--;
    return { offset: this.offsets[index] ?? 0, line, column };
  }
}

const empty = new Uint8Array(0);

/** JSON Lines and everything else that is no JSON document is cut behind lines. */
function placesToCut(text: string): Cutting["at"] {
  const start = text.slice(0, 4096).trimStart();
  if (!/^[[{]/.test(start)) return "lines";
  const line = start.split("\n", 1)[0] ?? "";
  return line.length < start.length && /\}\s*$/.test(line) && !line.endsWith(",") ? "lines" : "objects";
}

function blocksOf(text: string, cutting: Cutting): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  do {
    let end = nextCut(text, start, cutting);
    if (text.length - end < least * cutting.units) end = text.length;
    blocks.push(blockOf(text.slice(start, end)));
    start = end;
  } while (start < text.length);
  return blocks;
}

/** Where the block that begins at `start` ends. */
function nextCut(text: string, start: number, { at, units }: Cutting): number {
  const wanted = start + units;
  if (wanted >= text.length) return text.length;
  const limit = Math.min(text.length, start + most * units);
  for (let from = wanted; from < limit; ) {
    const found = text.indexOf(at === "lines" ? "\n" : "}", from) + 1;
    if (found <= 0 || found > limit) break;
    if (at === "lines" || /^\s*,\s*\{/.test(text.slice(found, found + 64))) return found;
    from = found;
  }
  // Never between the halves of a pair, of which the first may follow another that stands alone.
  let end = wanted;
  while (end < text.length && isHigh(text, end - 1)) end++;
  return end;
}

function blockOf(text: string): Block {
  const bytes = encoder.encode(text);
  let lineFeeds = 0;
  let last = -1;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    lineFeeds++;
    last = at;
  }
  const wide = bytes.length !== text.length;
  const whole = wide && /[\ud800-\udfff]/.test(text) && decoder.decode(bytes) !== text;
  return {
    bytes,
    units: text.length,
    lineFeeds,
    tail: wide ? utf16Length(bytes, last + 1, bytes.length) : bytes.length - last - 1,
    ...(whole && { text }),
  };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function textOf(block: Block | undefined): string {
  if (!block) return "";
  const { bytes, units, text } = block;
  // Where each byte is a unit all are ASCII, for which there is a quicker way than the decoder's.
  if (bytes.length === units)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return text ?? decoder.decode(bytes);
}

function replaced(blocks: readonly Block[], start: number, end: number, text: string): string {
  const before = blocks.map(textOf).join("");
  return before.slice(0, start) + text + before.slice(end);
}

function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000;
}
