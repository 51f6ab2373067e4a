/**
 * Objects of one array, such as the annotations of a COCO file, with the same few fields wanted of each. Where the
 * SIMD kernel takes them, nothing is built; objects that it leaves come through the shape here, and are the same.
 */
import { unescaped } from "./jsonBytes.ts";
import { fields, type JsonShape } from "./jsonShape.ts";
import type { RecordLog } from "./recordLog.ts";
import { decode } from "./text.ts";

/** A number or text, or an array of numbers; a field with another value counts as absent. */
export type RecordFieldKind = "value" | "numbers";

/** For the kernel names have at most 31 bytes, and there are at most 16 of them. */
export type RecordFields = Readonly<Record<string, RecordFieldKind>>;

// In 32-bit words: place, end, fields that are there; then for each field place, end, count, exact, and four doubles.
const headWords = 4;
const fieldWords = 12;
const keptNumbers = 4;
// Instead of whether numbers are exact, of what the kernel found.
const asText = 2;
const asTextWithEscapes = 3;

/** An object that came by itself, kept. */
export interface LoneRecord {
  readonly row: Uint32Array;
  readonly texts: readonly (string | undefined)[];
  readonly lists: readonly (readonly number[] | undefined)[];
  /** Place in the document from which the row counts. */
  readonly base: number;
}

/** One object; valid only while it is taken. Fields are named by their position. */
export class JsonRecord {
  readonly names: readonly string[];
  readonly kinds: readonly RecordFieldKind[];
  /** By field, the text where its value is one. */
  readonly #texts: (string | undefined)[];
  /** By field, the whole array where it does not fit into its row. */
  readonly #lists: (readonly number[] | undefined)[];
  readonly #ownWords: Uint32Array;
  readonly #ownNumbers: Float64Array;
  #words: Uint32Array;
  #numbers: Float64Array;
  /** Position of the row in `#words`. */
  #row = 0;
  /** Place in the document from which the row counts. */
  #base = 0;
  #hasTexts = false;
  /** What the row was found in. */
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(wanted: RecordFields) {
    this.names = Object.keys(wanted);
    this.kinds = Object.values(wanted);
    this.#texts = this.names.map(() => undefined);
    this.#lists = this.names.map(() => undefined);
    this.#ownWords = new Uint32Array(this.rowWords);
    this.#ownNumbers = new Float64Array(this.#ownWords.buffer);
    this.#words = this.#ownWords;
    this.#numbers = this.#ownNumbers;
  }

  get rowWords(): number {
    return headWords + fieldWords * this.names.length;
  }

  /** Place of the object in the document. */
  get start(): number {
    return this.#base + (this.#words[this.#row] ?? 0);
  }

  get end(): number {
    return this.#base + (this.#words[this.#row + 1] ?? 0);
  }

  has(field: number): boolean {
    return (((this.#words[this.#row + 2] ?? 0) >>> field) & 1) === 1;
  }

  startOf(field: number): number {
    return this.#base + (this.#words[this.#row + headWords + fieldWords * field] ?? 0);
  }

  endOf(field: number): number {
    return this.#base + (this.#words[this.#row + headWords + fieldWords * field + 1] ?? 0);
  }

  /** The number or text, undefined where it is absent. */
  value(field: number): number | string | undefined {
    if (!this.has(field)) return undefined;
    const how = this.#words[this.#row + headWords + fieldWords * field + 3] ?? 0;
    if (how >= asText) return this.#text(field, how === asTextWithEscapes);
    return (this.#hasTexts ? this.#texts[field] : undefined) ?? this.number(field);
  }

  #text(field: number, hasEscape: boolean): string {
    const from = this.startOf(field) - this.#base + 1;
    const text = decode(this.#chunk, from, this.endOf(field) - this.#base - 1);
    return hasEscape ? unescaped(text) : text;
  }

  /** The number at a position from 0 to 3 of an array, or the value; 0 beyond its end, where older numbers may stand. */
  number(field: number, position = 0): number {
    const at = this.#row + headWords + fieldWords * field;
    if (position >= (this.#words[at + 2] ?? 0)) return 0;
    return this.#numbers[((at + 4) >> 1) + position] ?? 0;
  }

  /** How many numbers the array has. */
  count(field: number): number {
    return this.has(field) ? (this.#words[this.#row + headWords + fieldWords * field + 2] ?? 0) : 0;
  }

  /** All numbers of the array. */
  list(field: number): readonly number[] {
    const whole = this.#lists[field];
    if (whole && this.has(field)) return whole;
    return Array.from({ length: this.count(field) }, (_, position) => this.number(field, position));
  }

  /** Takes the place of the row at `row` of what the kernel wrote; `chunk` stands at `base` of the document. */
  show(words: Uint32Array, numbers: Float64Array, row: number, chunk: Uint8Array, base: number): void {
    this.#words = words;
    this.#numbers = numbers;
    this.#row = row;
    this.#chunk = chunk;
    this.#base = base;
    this.#hasTexts = false;
    for (let field = 0; field < this.kinds.length; field++) {
      if (this.kinds[field] !== "numbers") continue;
      const at = row + headWords + fieldWords * field;
      const few = (words[at + 2] ?? 0) <= keptNumbers && words[at + 3] === 1;
      this.#lists[field] = few || !this.has(field) ? undefined : this.#parsed(chunk, at);
    }
  }

  /** An array that is too long for its row, or has numbers that the kernel does not read exactly. */
  #parsed(chunk: Uint8Array, at: number): readonly number[] {
    const [start = 0, end = 0] = this.#words.subarray(at, at + 2);
    const text = Buffer.from(chunk.buffer, chunk.byteOffset + start, end - start).toString("latin1");
    const numbers = JSON.parse(text) as number[];
    for (let i = 0; i < keptNumbers; i++) this.#numbers[((at + 4) >> 1) + i] = numbers[i] ?? 0;
    return numbers;
  }

  /** Begins an object that the kernel left. */
  begin(start: number): void {
    this.#words = this.#ownWords;
    this.#numbers = this.#ownNumbers;
    this.#row = 0;
    this.#base = start;
    this.#hasTexts = true;
    this.#words.fill(0);
    this.#texts.fill(undefined);
    this.#lists.fill(undefined);
  }

  finish(end: number): void {
    this.#words[1] = end - this.#base;
  }

  setValue(field: number, value: number | string, start: number, end: number): void {
    this.#texts[field] = typeof value === "string" ? value : undefined;
    if (typeof value === "number") this.#numbers[(headWords + fieldWords * field + 4) >> 1] = value;
    this.#place(field, start, end, 1);
  }

  setList(field: number, numbers: readonly number[], start: number, end: number): void {
    for (let i = 0; i < keptNumbers; i++)
      this.#numbers[((headWords + fieldWords * field + 4) >> 1) + i] = numbers[i] ?? 0;
    this.#lists[field] = [...numbers];
    this.#place(field, start, end, numbers.length);
  }

  /** The object that is finished, as one that the kernel left. */
  saved(): LoneRecord {
    return {
      row: this.#ownWords.slice(),
      texts: [...this.#texts],
      lists: [...this.#lists],
      base: this.#base,
    };
  }

  /** Takes the place of a kept object that stands `shift` bytes further now. */
  restore({ row, texts, lists, base }: LoneRecord, shift: number): void {
    this.begin(base + shift);
    this.#words.set(row);
    for (const [field, text] of texts.entries()) this.#texts[field] = text;
    for (const [field, list] of lists.entries()) this.#lists[field] = list;
  }

  #place(field: number, start: number, end: number, count: number): void {
    const at = headWords + fieldWords * field;
    this.#words[2] = (this.#words[2] ?? 0) | (1 << field);
    this.#words[at] = start - this.#base;
    this.#words[at + 1] = end - this.#base;
    this.#words[at + 2] = count;
  }
}

/**
 * Takes the first of `count` objects whose rows stand at `row` of `words`, up to one that has to be taken by itself, and
 * returns how many; `base` is the place in the document from which rows count.
 */
export type TakeMany = (
  words: Uint32Array,
  row: number,
  count: number,
  record: JsonRecord,
  base: number,
) => number;

/** What the kernel needs to take objects itself. */
export interface RecordPlan {
  readonly record: JsonRecord;
  readonly take: (record: JsonRecord) => void;
  readonly takeMany?: TakeMany | undefined;
  /** Tells plans apart that want different fields. */
  readonly fields: string;
  /** Where set, told all objects. */
  log?: RecordLog | undefined;
}

/**
 * The shape of an array of objects, each given to `take` or with others to `takeMany`, which means the same; the first may
 * be looked at for further fields.
 */
export function recordsOf(
  wanted: RecordFields,
  take: (record: JsonRecord) => void,
  ofFirst: Readonly<Record<string, JsonShape>> = {},
  takeMany?: TakeMany,
): JsonShape {
  const record = new JsonRecord(wanted);
  const shapes = Object.fromEntries(
    record.names.map((name, field) => [
      name,
      record.kinds[field] === "numbers" ? numbersShape(record, field) : valueShape(record, field),
    ]),
  );
  const plan: RecordPlan = { record, take, takeMany, fields: JSON.stringify(wanted) };
  const frame = {
    open: (start: number) => record.begin(start),
    close: (_: number, end: number) => {
      record.finish(end);
      plan.log?.one(record);
      take(record);
    },
  };
  const rest: JsonShape = { ...frame, fields: fields(shapes) };
  const first: JsonShape = { ...frame, fields: fields({ ...shapes, ...ofFirst }) };
  return { items: (index) => (index === 0 ? first : rest), records: plan };
}

function valueShape(record: JsonRecord, field: number): JsonShape {
  const set = (value: number | string, start: number, end: number): void =>
    record.setValue(field, value, start, end);
  return { number: set, text: set };
}

function numbersShape(record: JsonRecord, field: number): JsonShape {
  let numbers: number[] = [];
  let isArray = false;
  const item: JsonShape = { number: (value) => void numbers.push(value) };
  return {
    open: (_, array) => {
      numbers = [];
      isArray = array;
    },
    items: () => item,
    close: (start, end) => {
      if (isArray) record.setList(field, numbers, start, end);
    },
  };
}
