/** Where lines begin, noted while a content is read, so that places are found without reading all of it again. */
import { isAscii } from "node:buffer";
import { memoryOf, openScanMemory, type ScanMemory } from "./scan/scanMemory.ts";
import { byteOrderMark } from "./scan/text.ts";

const lineFeed = 0x0a;
/** At most so many bytes are read again for a place. */
const markBytes = 1 << 16;

/** Line and column, as editors count them, of the byte at an offset. */
export interface LineMark {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Where lines begin in a content that was read. */
export interface LinePlaces {
  /** How many bytes were counted. */
  readonly end: number;
  /** The last known mark at or before the offset. */
  before(offset: number): LineMark;
}

/** Knows the place of the next byte of a content whose chunks it is given in turn. */
export class LineIndex implements LinePlaces {
  readonly #offsets: number[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  #memory: ScanMemory | undefined | null = null;
  #end = 0;
  #line = 1;
  #column = 1;

  /** How many bytes were counted. */
  get end(): number {
    return this.#end;
  }

  take(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; from += markBytes) {
      this.#offsets.push(this.#end);
      this.#lines.push(this.#line);
      this.#columns.push(this.#column);
      this.#count(chunk, from, Math.min(chunk.length, from + markBytes));
    }
  }

  /** The last mark at or before the offset. */
  before(offset: number): LineMark {
    let low = 0;
    let high = this.#offsets.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return {
      offset: this.#offsets[low] ?? 0,
      line: this.#lines[low] ?? 1,
      column: this.#columns[low] ?? 1,
    };
  }

  #count(chunk: Uint8Array, start: number, to: number): void {
    const from = this.#end === 0 ? Math.min(to, start + byteOrderMark(chunk)) : start;
    this.#end += to - start;
    if (this.#isPlain(chunk, from, to)) {
      this.#column += to - from;
      return;
    }
    const part = Buffer.from(chunk.buffer, chunk.byteOffset + from, to - from);
    const last = part.lastIndexOf(lineFeed);
    if (last >= 0) {
      this.#line += this.#lineFeeds(part, last);
      this.#column = 1;
    }
    this.#column += utf16Length(part, last + 1, part.length);
  }

  /** Whether there is one byte a column and no line feed, as in most of a document that is one line. */
  #isPlain(chunk: Uint8Array, from: number, to: number): boolean {
    const start = chunk.byteOffset;
    return memoryOf(chunk)?.kernels.hasLineOrWide(start + from, start + to) === 0;
  }

  /** Line feeds up to the last one, which is known. */
  #lineFeeds(part: Uint8Array, last: number): number {
    const memory = memoryOf(part) ?? this.#ownMemory();
    if (!memory) {
      let count = 0;
      for (let i = 0; i <= last; i++) if (part[i] === lineFeed) count++;
      return count;
    }
    const { byteOffset } = memory.place(part.subarray(0, last + 1));
    return memory.kernels.lineFeeds(byteOffset, byteOffset + last + 1);
  }

  #ownMemory(): ScanMemory | undefined {
    if (this.#memory === null) this.#memory = openScanMemory();
    return this.#memory;
  }
}

/** UTF-16 units of UTF-8 bytes: one a character, two where it takes four bytes. */
export function utf16Length(bytes: Uint8Array, from: number, to: number): number {
  if (isAscii(bytes.subarray(from, to))) return to - from;
  let units = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
