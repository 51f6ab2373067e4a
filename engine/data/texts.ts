/** Texts as inputs: one a line, or a column of a table, each as hashed n-grams. */

import { cellText, RowScanner } from "#engine/manifest/scan/delimited.ts";
import { LineScanner } from "#engine/manifest/scan/lines.ts";
import { decode } from "#engine/manifest/scan/text.ts";
import { fnv } from "#engine/project/countsTrace.ts";
import type { Matrix } from "./dataset.ts";
import { type FileReading, fileChunks } from "./fileChunks.ts";

/** Columns of hashed n-grams: enough that a linear head tells 77 intents apart, few enough to train in seconds. */
export const textColumns = 1024;

/** Names of columns that hold texts. */
const columnName = /^(text|texts|sentence|utterance|question|query|review|comment|message|content|body)$/i;

/** Whether a file name is that of texts, one a line. */
export function isTextFile(path: string): boolean {
  return /\.(txt|text)(\.gz)?$|(^|[\\/])seq\.in$/i.test(path);
}

/**
 * Returns the texts of a file in its order: its lines, or in a table with a header the column whose name says that it
 * holds text; undefined where it is a table without such a column, of which the first bytes alone are then read. Throws
 * `data/unreadable`.
 */
export async function readTexts(path: string, reading?: FileReading): Promise<readonly string[] | undefined> {
  const collector = isTextFile(path) ? new Lines() : new TextColumn(/\.tsv(\.gz)?$/i.test(path));
  for await (const chunk of fileChunks(path, reading)) if (!collector.write(chunk)) break;
  return collector.end();
}

class Lines {
  private readonly texts: string[] = [];
  private readonly scanner = new LineScanner((bytes, start, end) => {
    this.texts.push(decode(bytes, start, end));
  });

  write(chunk: Uint8Array): boolean {
    this.scanner.write(chunk);
    return true;
  }

  end(): readonly string[] {
    this.scanner.end();
    return this.texts;
  }
}

class TextColumn {
  private readonly texts: string[] = [];
  private readonly scanner: RowScanner;
  /** -1 where the header names none. */
  private column: number | undefined;

  constructor(tabs: boolean) {
    this.scanner = new RowScanner(tabs ? 0x09 : 0x2c, (row) => {
      if (this.column !== undefined) this.texts.push(cellText(row, this.column));
      else {
        const names = Array.from({ length: row.cells }, (_, cell) => cellText(row, cell));
        this.column = names.findIndex((name) => columnName.test(name.replace(/^\uFEFF/, "").trim()));
      }
    });
  }

  /** Returns whether more is wanted. */
  write(chunk: Uint8Array): boolean {
    this.scanner.write(chunk);
    return this.column !== -1;
  }

  end(): readonly string[] | undefined {
    this.scanner.end();
    return this.column === undefined || this.column < 0 ? undefined : this.texts;
  }
}

/**
 * Returns `[texts, columns]`: counts of words, pairs of words and three letters in a row, each kind hashed into the same
 * columns (Weinberger et al. 2009, arXiv 0902.2206, without their sign, which is made for longer texts), as the log of
 * one more than the count, rows of length 1.
 */
export function hashedNgrams(texts: readonly string[], columns: number = textColumns): Matrix {
  const values = new Float32Array(texts.length * columns);
  for (const [row, text] of texts.entries()) {
    const into = values.subarray(row * columns, (row + 1) * columns);
    for (const gram of ngrams(text)) {
      const column = fnv(gram) % columns;
      into[column] = (into[column] as number) + 1;
    }
    let squares = 0;
    for (let k = 0; k < columns; k++) {
      const value = Math.log1p(into[k] as number);
      into[k] = value;
      squares += value * value;
    }
    if (squares === 0) continue;
    const length = Math.sqrt(squares);
    for (let k = 0; k < columns; k++) into[k] = (into[k] as number) / length;
  }
  return { values, rows: texts.length, columns };
}

function* ngrams(text: string): Generator<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const [i, word] of words.entries()) {
    yield `1 ${word}`;
    if (i > 0) yield `2 ${words[i - 1]} ${word}`;
    const padded = ` ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) yield `3 ${padded.slice(at, at + 3)}`;
  }
}
