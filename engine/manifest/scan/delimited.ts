/** Rows of delimited text (CSV, TSV, columns of blanks) over bytes, wherever the chunks break. */
import { byteOrderMark, decode } from "./text.ts";

/** A byte, or runs of blanks and tabs. */
export type Delimiter = number | "blanks";

/** Beyond this an open quote is taken for a plain character, so that one stray quote cannot eat the file. */
const rowLimit = 1 << 20;
/** A row without an open quote is cut here, so that memory stays bounded. */
const longestRow = 16 << 20;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const tab = 0x09;

/** One row; it and its bytes are valid only while the row is taken. */
export interface Row {
  readonly bytes: Uint8Array;
  /** Where `bytes[0]` stands in the content. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
  readonly cells: number;
  /** By cell, in `bytes`, quotes left out. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** By cell: 0 plain, 1 quoted, 2 quoted with doubled quotes inside. */
  readonly quoted: readonly number[];
}

/** Text of a cell, without quotes and surrounding blanks; empty where the row has no such cell. */
export function cellText(row: Row, cell: number): string {
  if (cell >= row.cells) return "";
  const text = decode(row.bytes, row.starts[cell] ?? 0, row.ends[cell] ?? 0);
  return row.quoted[cell] === 2 ? text.replaceAll('""', '"') : row.quoted[cell] === 1 ? text : text.trim();
}

export class RowScanner {
  /** Place of the first quote that is never closed. */
  unclosedQuote: number | undefined;
  readonly #delimiter: Delimiter;
  readonly #take: (row: Row) => void;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #quoted: number[] = [];
  #buffer: Uint8Array = new Uint8Array(0);
  /** What no row has taken yet, at the start of the buffer. */
  #rest: Uint8Array = this.#buffer;
  /** Place of the next byte of the content that no row has taken. */
  #offset: number;
  #quotes = true;
  #openQuote = -1;

  /** `offset` is where the first chunk stands in the content. */
  constructor(delimiter: Delimiter, take: (row: Row) => void, offset = 0) {
    this.#delimiter = delimiter;
    this.#take = take;
    this.#offset = offset;
  }

  /** Whether every byte so far belongs to a row that was taken. */
  get isBetweenRows(): boolean {
    return this.#rest.length === 0;
  }

  write(chunk: Uint8Array): void {
    if (this.#rest.length === 0) this.#advance(chunk, this.#rows(chunk, false));
    else {
      const bytes = this.#joined(chunk);
      this.#advance(bytes, this.#rows(bytes, false));
    }
    while (this.#openQuote >= 0 && this.#rest.length - this.#openQuote > rowLimit) this.#giveUpQuote(false);
    if (this.#rest.length > longestRow) this.#advance(this.#rest, this.#rows(this.#rest, true));
  }

  end(): void {
    if (this.#rest.length > 0) this.#advance(this.#rest, this.#rows(this.#rest, true));
    while (this.#rest.length > 0 && this.#openQuote >= 0) this.#giveUpQuote(true);
  }

  /** Reads the rest again with the quotes of its first row as plain characters. */
  #giveUpQuote(last: boolean): void {
    this.unclosedQuote ??= this.#offset + this.#openQuote;
    this.#quotes = false;
    this.#advance(this.#rest, this.#rows(this.#rest, last));
    this.#quotes = true;
  }

  /** The rest with the chunk behind it, in a buffer that is used again and again. */
  #joined(chunk: Uint8Array): Uint8Array {
    const length = this.#rest.length + chunk.length;
    this.#reserve(length);
    this.#buffer.set(chunk, this.#rest.length);
    return this.#buffer.subarray(0, length);
  }

  /** Keeps what no row has taken, at the start of the buffer. */
  #advance(bytes: Uint8Array, taken: number): void {
    const rest = bytes.subarray(taken);
    if (rest.buffer === this.#buffer.buffer) this.#buffer.copyWithin(0, taken, bytes.length);
    else {
      this.#rest = this.#buffer.subarray(0, 0);
      this.#reserve(rest.length);
      this.#buffer.set(rest);
    }
    this.#rest = this.#buffer.subarray(0, rest.length);
    this.#offset += taken;
    this.#openQuote -= taken;
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
    larger.set(this.#rest);
    this.#buffer = larger;
    this.#rest = larger.subarray(0, this.#rest.length);
  }

  /** Takes the complete rows of `bytes` and returns where the first incomplete one starts. */
  #rows(bytes: Uint8Array, last: boolean): number {
    let from = this.#offset === 0 ? byteOrderMark(bytes) : 0;
    while (from < bytes.length) {
      const next = this.#row(bytes, from, last);
      if (next < 0) break;
      this.#quotes = true;
      from = next;
    }
    return from === 3 && this.#offset === 0 && bytes.length === 3 ? 0 : from;
  }

  /** Takes one row and returns where the next starts, or -1 where its end is not in `bytes`. */
  #row(bytes: Uint8Array, start: number, last: boolean): number {
    let i = start;
    let cells = 0;
    this.#openQuote = -1;
    for (;;) {
      if (this.#delimiter === "blanks") i = afterBlanks(bytes, i);
      const stop = this.#cell(bytes, i, cells++);
      if (stop < 0 || (stop >= bytes.length && !last)) return -1;
      if (stop >= bytes.length || bytes[stop] === lineFeed) {
        this.#giveRow(bytes, start, Math.min(stop, bytes.length), cells);
        return stop + 1;
      }
      i = stop + 1;
    }
  }

  /** Notes one cell and returns where its delimiter or line end stands, or -1 where a quote stays open. */
  #cell(bytes: Uint8Array, from: number, cell: number): number {
    this.#quoted[cell] = 0;
    if (this.#quotes && bytes[from] === quote) {
      const close = this.#closingQuote(bytes, from + 1, cell);
      if (close < 0) {
        this.#openQuote = from;
        return -1;
      }
      const stop = this.#cellEnd(bytes, close + 1);
      if (isBlank(bytes, close + 1, stop)) {
        this.#starts[cell] = from + 1;
        this.#ends[cell] = close;
        return stop;
      }
      this.#quoted[cell] = 0;
      this.#starts[cell] = from;
      this.#ends[cell] = stop;
      return stop;
    }
    const stop = this.#cellEnd(bytes, from);
    this.#starts[cell] = from;
    this.#ends[cell] = stop > from && bytes[stop - 1] === carriageReturn ? stop - 1 : stop;
    return stop;
  }

  #closingQuote(bytes: Uint8Array, from: number, cell: number): number {
    this.#quoted[cell] = 1;
    // The limit holds wherever the chunks break.
    const end = Math.min(bytes.length, from - 1 + rowLimit);
    for (let i = from; i < end; i++) {
      if (bytes[i] !== quote) continue;
      if (bytes[i + 1] !== quote) return i;
      this.#quoted[cell] = 2;
      i++;
    }
    return -1;
  }

  #cellEnd(bytes: Uint8Array, from: number): number {
    const delimiter = this.#delimiter;
    let i = from;
    if (delimiter === "blanks") {
      while (i < bytes.length && bytes[i] !== blank && bytes[i] !== tab && bytes[i] !== lineFeed) i++;
    } else while (i < bytes.length && bytes[i] !== delimiter && bytes[i] !== lineFeed) i++;
    return i;
  }

  #giveRow(bytes: Uint8Array, start: number, end: number, count: number): void {
    let cells = count;
    const lastStart = this.#starts[cells - 1] ?? 0;
    const lastEmpty = (this.#ends[cells - 1] ?? 0) <= lastStart && this.#quoted[cells - 1] === 0;
    if (lastEmpty && this.#delimiter === "blanks") cells--;
    if (cells === 0 || (cells === 1 && lastEmpty)) return;
    const rowEnd = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    this.#take({
      bytes,
      offset: this.#offset,
      start,
      end: rowEnd,
      cells,
      starts: this.#starts,
      ends: this.#ends,
      quoted: this.#quoted,
    });
  }
}

function afterBlanks(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] === blank || bytes[i] === tab) i++;
  return i;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (byte !== blank && byte !== tab && byte !== carriageReturn) return false;
  }
  return true;
}
