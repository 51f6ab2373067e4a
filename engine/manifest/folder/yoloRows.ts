/** One YOLO label file: a row an object, its class id first, then the box or polygon in shares of the image. */
import { t } from "#protocol/l10n.ts";
import type { BoxCheck } from "../boxes.ts";
import type { Span } from "../manifest.ts";
import { type MistakeKind, repeatedBox } from "../mistakes.ts";

/** Rounding in converters puts borders a little outside; more than this is no rounding. */
const tolerance = 0.01;

export interface YoloRows {
  /** A row with the id of its class. */
  object(id: number, span: Span): void;
  mistake(kind: MistakeKind, span: Span): void;
  readonly boxes: BoxCheck;
}

export const unreadableRow: MistakeKind = {
  code: "label/unreadable",
  severity: "error",
  tell: (count) =>
    count === 1
      ? t`1 row is no label of a box or polygon`
      : t`${count} rows are no labels of a box or polygon`,
  advice: t`They are left out of all counts.`,
};

/** Reads the rows of a label file; rows of key points are longer than others. */
export function readYoloRows(file: string, bytes: Uint8Array, keypoints: boolean, rows: YoloRows): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const seen = new Set<string>();
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end).trim();
    if (line !== "" && !(start === 0 && line === "ï»¿"))
      readRow(line, { file, start, end }, keypoints, seen, rows);
    start = end + 1;
  }
}

function readRow(
  line: string,
  span: Span,
  keypoints: boolean,
  seen: Set<string>,
  { object, mistake, boxes }: YoloRows,
): void {
  const row = parseYoloRow(line, keypoints);
  if (!row) {
    mistake(unreadableRow, span);
    return;
  }
  object(row.id, span);
  if (seen.has(line)) mistake(repeatedBox, span);
  seen.add(line);
  if (row.empty) boxes.add(0, 0, 0, 0, span);
  if (row.outside) boxes.addOutside(span);
}

export interface YoloRow {
  readonly id: number;
  readonly empty: boolean;
  readonly outside: boolean;
}

/** The row, or undefined where it is none. */
export function parseYoloRow(line: string, keypoints: boolean): YoloRow | undefined {
  const cells = line.replace(/^ï»¿/, "").split(/\s+/);
  if (cells.length < 5) return undefined;
  // A fifth number is a confidence, an odd length from 7 on a polygon; key points may have any.
  if (!keypoints && cells.length > 6 && cells.length % 2 === 0) return undefined;
  const [id = Number.NaN, ...values] = cells.map((cell) => (numeral.test(cell) ? Number(cell) : Number.NaN));
  if (!Number.isInteger(id) || id < 0 || values.some(Number.isNaN)) return undefined;
  const box = cells.length <= 6 || keypoints;
  const [, , width = 0, height = 0] = values;
  const shares = box ? values.slice(0, 4) : values;
  return {
    id,
    empty: box && (width <= 0 || height <= 0),
    outside: shares.some((share) => share < -tolerance || share > 1 + tolerance),
  };
}

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
