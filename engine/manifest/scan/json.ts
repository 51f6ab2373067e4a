/**
 * A JSON scanner over bytes. Chunks may break anywhere, inside a key, an escape or a number too; memory does not
 * grow with the document. What no shape asks for is passed over without building anything.
 */
import { t } from "#protocol/l10n.ts";
import { ByteFinder } from "./byteFinder.ts";
import {
  beginsNumber,
  closeArray,
  closeObject,
  colonByte,
  comma,
  isAtom,
  isSpace,
  openArray,
  openObject,
  plainInteger,
  quote,
  shown,
  unescaped,
} from "./jsonBytes.ts";
import { depthLimit, JsonFrames } from "./jsonFrames.ts";
import type { RecordPlan } from "./jsonRecord.ts";
import { fieldIndex, type JsonShape } from "./jsonShape.ts";
import { JsonToken } from "./jsonToken.ts";
import { RecordKernel } from "./recordKernel.ts";
import type { RecordLog } from "./recordLog.ts";
import { openScanMemory, type ScanMemory } from "./scanMemory.ts";
import { decode } from "./text.ts";

/** Why scanning ended early. */
export interface JsonProblem {
  readonly offset: number;
  readonly message: string;
  /** Whether the bytes ended before the document did. */
  readonly truncated: boolean;
}

const value = 0;
const valueOrEnd = 1;
const keyOrEnd = 2;
const key = 3;
const colon = 4;
const commaOrEnd = 5;
const done = 6;
const text = 7;
const atom = 8;
const skip = 9;
const skipText = 10;
const broken = 11;

/** Below this the SIMD kernels are not worth their start. */
const smallChunk = 100_000;

export class JsonScanner {
  /** Set where the document is not well formed or ends early; scanning stops there. */
  problem: JsonProblem | undefined;
  /** Place of the first NaN or Infinity: not JSON, but common; scanning goes on. */
  nonFinite: number | undefined;

  readonly #root: JsonShape;
  #state = value;
  /** Place of the present chunk in the document. */
  #base = 0;
  readonly #frames = new JsonFrames();
  readonly #token = new JsonToken();
  /** Depth at which passing over ends. */
  #skipUntil = 0;
  /** Shape of the value that comes next. */
  #next: JsonShape | undefined;
  /** Whether the chunk ended behind a backslash. */
  #escaped = false;

  readonly #finder = new ByteFinder();
  #records: RecordKernel | undefined;
  readonly #plain: boolean;

  /**
   * With `"plain"` the SIMD kernels are left alone, which changes nothing but the time. A memory whose chunks the source
   * reads into saves copying; otherwise one is made where it pays.
   */
  constructor(root: JsonShape, memory?: ScanMemory | "plain") {
    this.#root = root;
    this.#next = root;
    this.#plain = memory === "plain";
    if (memory !== "plain") this.#useMemory(memory);
  }

  /** Begins another document. */
  restart(): void {
    this.problem = undefined;
    this.nonFinite = undefined;
    this.#state = value;
    this.#base = 0;
    this.#finder.takeKept();
    this.#frames.depth = 0;
    this.#next = this.#root;
  }

  /** Scans the next bytes of the document. */
  write(chunk: Uint8Array): void {
    if (!this.#plain && !this.#records && chunk.length >= smallChunk) this.#useMemory(openScanMemory());
    if (!this.#finder.joins(chunk)) this.#scanKept();
    for (const placed of this.#finder.place(chunk)) this.#scan(placed);
  }

  /** The plan of an array behind one of whose objects the next byte stands. */
  get behind(): RecordPlan | undefined {
    return this.#state === commaOrEnd && this.#frames.inArray ? this.#frames.shape?.records : undefined;
  }

  /** Where the innermost bracket stands that is read. */
  get arrayStart(): number {
    return this.#frames.start;
  }

  /**
   * Takes objects that were found in these bytes before, which now stand `shift` bytes further. As then the bytes begin and
   * end behind objects of the array.
   */
  pass(log: RecordLog, bytes: Uint8Array, shift: number): void {
    const plan = this.behind;
    if (!plan) throw new Error("expected to be behind an object of an array of records");
    log.replay(plan, bytes, shift);
    this.#frames.passItems(log.count);
    this.#base += bytes.length;
  }

  #useMemory(memory: ScanMemory | undefined): void {
    this.#finder.memory = memory;
    this.#records = memory && new RecordKernel(memory);
  }

  /** Scans what was kept for the next chunk without one. */
  #scanKept(): void {
    const kept = this.#finder.takeKept();
    if (kept) this.#scan(kept);
  }

  #scan(chunk: Uint8Array): void {
    let i = 0;
    while (i < chunk.length && this.#state !== broken) i = this.#step(chunk, i);
    this.#base += chunk.length - this.#finder.kept;
  }

  /** Tells that no bytes follow. */
  end(): void {
    this.#scanKept();
    if (this.#state === atom && this.#frames.depth === 0) this.#finishAtom(new Uint8Array(0), 0, 0);
    if (this.#state === done || this.#state === broken) return;
    const open = this.#frames.depth;
    const message =
      open === 0
        ? t`The file ends before any value.`
        : t`The file ends early: ${open} ${open === 1 ? t`bracket is` : t`brackets are`} still open.`;
    this.problem = { offset: this.#base, message, truncated: true };
    this.#state = broken;
  }

  #step(chunk: Uint8Array, i: number): number {
    switch (this.#state) {
      case text:
        return this.#text(chunk, i);
      case atom:
        return this.#atom(chunk, i);
      case skip:
        return this.#skip(chunk, i);
      case skipText:
        return this.#skipText(chunk, i);
      default:
        return this.#structure(chunk, i);
    }
  }

  /** Between tokens: passes white space and takes one byte of structure. */
  #structure(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && isSpace[chunk[i] ?? 0] === 1) i++;
    if (i === chunk.length) return i;
    const byte = chunk[i] ?? 0;
    const at = this.#base + i;
    if (at < 3 && byte === [0xef, 0xbb, 0xbf][at]) return i + 1;
    if (this.#state <= valueOrEnd) this.#beginValue(byte, at);
    else if (this.#state <= key) this.#beginKey(byte, at);
    else if (this.#state === colon) this.#takeColon(byte, at);
    else if (this.#state === commaOrEnd) {
      const next = this.#finder.placed ? this.#takeRecords(chunk, i) : i;
      if (next > i) return next;
      this.#takeComma(byte, at);
    } else this.#fail(at, t`Something follows the end of the document.`);
    return this.#state === atom ? i : i + 1;
  }

  #beginValue(byte: number, at: number): void {
    if (byte === openObject || byte === openArray) this.#open(byte === openArray, at);
    else if (byte === quote) this.#beginText(false, at);
    else if (byte === closeArray && this.#state === valueOrEnd) this.#close(true, at);
    else if (isAtom[byte] === 1) this.#beginAtom(at);
    else this.#fail(at, t`Expected a value, found ${shown(byte)}.`);
  }

  #beginKey(byte: number, at: number): void {
    if (byte === quote) this.#beginText(true, at);
    else if (byte === closeObject && this.#state === keyOrEnd) this.#close(false, at);
    else this.#fail(at, t`Expected a key in quotes, found ${shown(byte)}.`);
  }

  #takeColon(byte: number, at: number): void {
    if (byte === colonByte) this.#state = value;
    else this.#fail(at, t`Expected : after a key, found ${shown(byte)}.`);
  }

  #takeComma(byte: number, at: number): void {
    const array = this.#frames.inArray;
    if (byte === comma) {
      this.#state = array ? value : key;
      if (array) this.#next = this.#frames.nextItem();
    } else if (byte === closeArray || byte === closeObject) this.#close(byte === closeArray, at);
    else this.#fail(at, t`Expected , or ${array ? "]" : "}"}, found ${shown(byte)}.`);
  }

  /** Takes ordinary objects of an array at once; returns the place behind the last one. */
  #takeRecords(chunk: Uint8Array, from: number): number {
    const plan = this.behind;
    if (!plan || !this.#records) return from;
    const next = this.#records.take(plan, chunk, from, this.#base);
    const { taken } = this.#records;
    this.#frames.passItems(taken);
    // An object that the chunk cuts off is taken whole with the next one.
    return taken > 0 && this.#finder.keep(chunk, next) ? chunk.length : next;
  }

  #open(array: boolean, at: number): void {
    if (!this.#push(array, at)) return;
    const shape = this.#next;
    shape?.open?.(at, array);
    if (!shape || (array ? !shape.items : !shape.fields && !shape.others)) {
      this.#frames.passOver(shape, at);
      this.#passOver();
      return;
    }
    this.#frames.read(shape, at);
    if (array) this.#next = this.#frames.nextItem();
    this.#state = array ? valueOrEnd : keyOrEnd;
  }

  #push(array: boolean, at: number): boolean {
    if (this.#frames.depth === depthLimit) {
      this.#fail(at, t`Nested deeper than ${depthLimit} levels.`);
      return false;
    }
    this.#frames.push(array);
    return true;
  }

  /** What is left of the innermost bracket is of no interest. */
  #passOver(): void {
    this.#skipUntil = this.#frames.depth - 1;
    this.#state = skip;
  }

  /** A bracket closes what is open, in a value that is read. */
  #close(array: boolean, at: number): void {
    if (!this.#matches(array, at)) return;
    this.#frames.pop(at + 1);
    this.#afterValue();
  }

  #matches(array: boolean, at: number): boolean {
    if (this.#frames.inArray === array) return true;
    this.#fail(at, t`Expected ${array ? "}" : "]"}, found ${array ? "]" : "}"}.`);
    return false;
  }

  #afterValue(): void {
    if (this.#frames.depth === 0) this.#state = done;
    else if (this.#frames.hasAllFields) this.#passOver();
    else this.#state = commaOrEnd;
  }

  #beginText(isKey: boolean, at: number): void {
    this.#token.begin(at, isKey);
    this.#escaped = false;
    this.#state = text;
  }

  #beginAtom(at: number): void {
    this.#token.begin(at, false);
    this.#state = atom;
  }

  #text(chunk: Uint8Array, from: number): number {
    let i = from;
    if (this.#escaped) {
      this.#escaped = false;
      i++;
    }
    for (;;) {
      i = this.#finder.nextTextMark(chunk, i);
      if (i >= chunk.length) break;
      if (chunk[i] === quote) {
        this.#finishText(chunk, from, i);
        return i + 1;
      }
      this.#token.hasEscape = true;
      i += 2;
      if (i > chunk.length) {
        this.#escaped = true;
        break;
      }
    }
    if (this.#token.isKey || this.#next?.text) this.#keep(chunk, from);
    return chunk.length;
  }

  #keep(chunk: Uint8Array, from: number): void {
    if (!this.#token.keep(chunk, from))
      this.#fail(this.#token.start, t`A string or number longer than 16 MB.`);
  }

  #finishText(chunk: Uint8Array, from: number, to: number): void {
    const token = this.#token;
    const tell = this.#next?.text;
    if (!token.isKey && !tell) {
      this.#afterValue();
      return;
    }
    const end = this.#base + to + 1;
    const bytes = token.isWhole ? chunk : token.bytes(chunk, from, to);
    const start = token.isWhole ? from : 0;
    const stop = token.isWhole ? to : bytes.length;
    if (token.isKey) this.#takeKey(bytes, start, stop, end);
    else {
      tell?.(this.#decoded(bytes, start, stop), token.start, end);
      this.#afterValue();
    }
  }

  #takeKey(bytes: Uint8Array, start: number, stop: number, end: number): void {
    this.#state = colon;
    const shape = this.#frames.shape;
    let field = -1;
    if (shape?.fields) {
      const plain = this.#token.hasEscape
        ? new TextEncoder().encode(this.#decoded(bytes, start, stop))
        : undefined;
      field = plain
        ? fieldIndex(shape.fields, plain, 0, plain.length)
        : fieldIndex(shape.fields, bytes, start, stop);
    }
    this.#next =
      field >= 0
        ? this.#frames.takeField(field)
        : shape?.others?.(this.#decoded(bytes, start, stop), this.#token.start, end);
  }

  #decoded(bytes: Uint8Array, start: number, stop: number): string {
    const raw = decode(bytes, start, stop);
    return this.#token.hasEscape ? unescaped(raw) : raw;
  }

  #atom(chunk: Uint8Array, from: number): number {
    let i = from;
    while (i < chunk.length && isAtom[chunk[i] ?? 0] === 1) i++;
    if (i === chunk.length) this.#keep(chunk, from);
    else this.#finishAtom(chunk, from, i);
    return i;
  }

  #finishAtom(chunk: Uint8Array, from: number, to: number): void {
    const end = this.#base + to;
    const token = this.#token;
    const bytes = token.isWhole ? chunk : token.bytes(chunk, from, to);
    const start = token.isWhole ? from : 0;
    const stop = token.isWhole ? to : bytes.length;
    const tell = this.#next?.number;
    const number = plainInteger(bytes, start, stop);
    if (number >= 0) tell?.(number, token.start, end);
    // The exact form of a number that nobody asked for is not worth the time.
    else if (tell || this.#next?.word || !beginsNumber(bytes, start))
      this.#takeAtom(decode(bytes, start, stop), end);
    if (this.#state !== broken) this.#afterValue();
  }

  #takeAtom(word: string, end: number): void {
    if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word)) {
      this.#next?.number?.(Number(word), this.#token.start, end);
    } else if (/^(NaN|[+-]?Infinity)$/.test(word)) this.nonFinite ??= this.#token.start;
    else if (word === "true" || word === "false" || word === "null") {
      this.#next?.word?.(word, this.#token.start, end);
    } else {
      this.#fail(this.#token.start, t`Expected a value, found ${JSON.stringify(word.slice(0, 20))}.`);
    }
  }

  /** Passes over a value, or over the rest of an object, by counting brackets outside strings. */
  #skip(chunk: Uint8Array, from: number): number {
    let i = from;
    for (;;) {
      i = this.#finder.nextLook(chunk, i);
      if (i >= chunk.length) return i;
      const byte = chunk[i] ?? 0;
      i++;
      if (byte === quote) {
        i = this.#skipText(chunk, i);
        if (this.#state !== skip) return i;
      } else if (!this.#skipBracket(byte, this.#base + i - 1)) return i;
    }
  }

  /** False where passing over has ended. */
  #skipBracket(byte: number, at: number): boolean {
    if (byte === openArray || byte === openObject) return this.#push(byte === openArray, at);
    if (byte === closeArray || byte === closeObject) {
      if (this.#frames.depth === this.#skipUntil + 1) {
        this.#close(byte === closeArray, at);
        return false;
      }
      if (!this.#matches(byte === closeArray, at)) return false;
      this.#frames.drop();
      return true;
    }
    if (byte === 0x4e || byte === 0x49) {
      this.nonFinite ??= at;
      return true;
    }
    this.#fail(at, t`Expected a value, found ${shown(byte)}.`);
    return false;
  }

  #skipText(chunk: Uint8Array, from: number): number {
    let i = from;
    if (this.#escaped) {
      this.#escaped = false;
      i++;
    }
    for (;;) {
      i = this.#finder.nextTextMark(chunk, i);
      if (i >= chunk.length) break;
      if (chunk[i] === quote) {
        this.#state = skip;
        return i + 1;
      }
      i += 2;
      if (i > chunk.length) {
        this.#escaped = true;
        break;
      }
    }
    this.#state = skipText;
    return chunk.length;
  }

  #fail(offset: number, message: string): void {
    this.problem = { offset, message, truncated: false };
    this.#state = broken;
  }
}
