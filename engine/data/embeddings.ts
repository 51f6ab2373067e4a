/** Embeddings from files: `.npy` arrays, tables of numbers, and texts as hashed n-grams. */

import { basename } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { Matrix } from "./dataset.ts";
import { type FileReading, fileChunks } from "./fileChunks.ts";
import { type NpyArray, readNpy, shapeText } from "./npy.ts";
import { hashedNgrams, isTextFile, readTexts } from "./texts.ts";

/** Whether a file name is that of a table of text. */
export function isTable(path: string): boolean {
  return /\.(csv|tsv|data)(\.gz)?$/i.test(path);
}

/**
 * Returns the rows of a `.npy` array `[rows, ...]` (axes after the first are flattened), of a table that holds
 * only numbers, with or without a header line, or of texts: the lines of a file, or the text column of a table. Throws
 * `data/unreadable` naming file, place and what was expected.
 */
export async function readEmbeddings(path: string, reading?: FileReading): Promise<Matrix> {
  const texts = isTextFile(path) || isTable(path) ? await readTexts(path, reading) : undefined;
  if (texts) return hashedNgrams(texts);
  const matrix = isTable(path)
    ? await readTable(path, reading)
    : toMatrix(path, await readNpy(path, reading));
  requireNumbers(path, matrix);
  return matrix;
}

/** Returns what to call these inputs, such as "HOG embeddings, 324 columns". */
export function describeEmbeddings(path: string, columns: number): string {
  const name = basename(path);
  if (isTextFile(path)) return t`Texts of ${name} as hashed n-grams, ${columns.toLocaleString("en")} columns`;
  const kind = /(^|[^a-z])hog([^a-z]|$)/i.test(name) ? t`HOG embeddings` : t`Embeddings ${name}`;
  return t`${kind}, ${columns.toLocaleString("en")} columns`;
}

function toMatrix(path: string, array: NpyArray): Matrix {
  const { shape, values } = array;
  const [rows] = shape;
  if (rows === undefined || shape.length < 2) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(path)} has shape ${shapeText(shape)}. Expected inputs of shape (rows, columns).`,
    );
  }
  const columns = shape.slice(1).reduce((product, length) => product * length, 1);
  if (rows === 0 || columns === 0) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(path)} is empty: its shape is ${shapeText(shape)}.`,
    );
  }
  return { values: toNumbers(values), rows, columns };
}

/** Bytes stay bytes: they take a quarter of the memory. */
function toNumbers(values: NpyArray["values"]): Uint8Array | Float32Array {
  if (values instanceof Uint8Array || values instanceof Float32Array) return values;
  const numbers = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = Number(values[i]);
  return numbers;
}

function requireNumbers(path: string, { values, columns }: Matrix): void {
  if (values instanceof Uint8Array) return;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new EquipoiseError(
      "data/unreadable",
      t`${basename(path)} holds ${values[i]} in row ${Math.floor(i / columns)}, column ${i % columns} (from 0). Training needs finite numbers: replace it or leave the row out.`,
    );
  }
}

async function readTable(path: string, reading: FileReading | undefined): Promise<Matrix> {
  const table = new NumberTable(path);
  const input = Readable.from(fileChunks(path, reading), { objectMode: false });
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) table.add(line);
  } finally {
    input.destroy();
  }
  return table.matrix();
}

/** Rows of numbers, collected line by line. */
class NumberTable {
  private readonly name: string;
  private values = new Float32Array(1 << 16);
  private length = 0;
  private rows = 0;
  private columns = 0;
  private line = 0;

  constructor(path: string) {
    this.name = basename(path);
  }

  add(text: string): void {
    this.line++;
    const clean = this.line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (clean.trim() === "") return;
    const cells = clean.trim().split(delimiterOf(clean.trim()));
    const numbers = cells.map((cell) => (cell.trim() === "" ? Number.NaN : Number(unquote(cell))));
    if (this.rows === 0 && this.columns === 0) {
      this.columns = numbers.length;
      if (numbers.some(Number.isNaN)) return;
    }
    if (numbers.length !== this.columns) {
      throw this.problem(t`has ${numbers.length} cells, the first line has ${this.columns}`);
    }
    const wrong = numbers.findIndex(Number.isNaN);
    if (wrong >= 0)
      throw this.problem(t`column ${wrong + 1}, is not a number: "${cells[wrong]?.slice(0, 40)}"`);
    this.reserve(numbers.length);
    this.values.set(numbers, this.length);
    this.length += numbers.length;
    this.rows++;
  }

  matrix(): Matrix {
    if (this.rows === 0) {
      throw new EquipoiseError("data/unreadable", t`${this.name} holds no row of numbers.`);
    }
    return { values: this.values.slice(0, this.length), rows: this.rows, columns: this.columns };
  }

  private reserve(more: number): void {
    if (this.length + more <= this.values.length) return;
    const larger = new Float32Array(2 * (this.values.length + more));
    larger.set(this.values);
    this.values = larger;
  }

  private problem(what: string): EquipoiseError {
    return new EquipoiseError(
      "data/unreadable",
      t`${this.name}, line ${this.line}, ${what}. Inputs are tables of numbers alone.`,
    );
  }
}

function delimiterOf(line: string): string | RegExp {
  for (const delimiter of ["\t", ";", ","]) if (line.includes(delimiter)) return delimiter;
  return /\s+/;
}

function unquote(cell: string): string {
  const text = cell.trim();
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
