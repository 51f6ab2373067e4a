/** How a text divides into rows and columns, by the evidence of its start. */
import type { FileHead } from "../reader.ts";
import { cellText, type Delimiter, type Row, RowScanner } from "../scan/delimited.ts";
import { commasAreDecimal } from "./decimals.ts";

export interface Dialect {
  readonly delimiter: Delimiter;
  /** Cells in a row, in nearly every row. */
  readonly columns: number;
}

const sampleRows = 2000;
const dialectBytes = 64 << 10;
/** Comma, semicolon, tab, bar. */
const delimiters: readonly Delimiter[] = [0x2c, 0x3b, 0x09, 0x7c];

/** The rows that the start of the file holds, as text. */
export function headRows(head: FileHead, delimiter: Delimiter, limit: number = sampleRows): string[][] {
  const rows: string[][] = [];
  const scanner = new RowScanner(delimiter, (row) => {
    if (rows.length < limit) rows.push(cellTexts(row));
  });
  scanner.write(head.bytes);
  if (head.complete) scanner.end();
  return rows;
}

export function cellTexts(row: Row): string[] {
  return Array.from({ length: row.cells }, (_, cell) => cellText(row, cell));
}

const known = new WeakMap<FileHead, Dialect | "none">();

/** The delimiter that gives most rows the same number of columns, at least two; undefined where the text is no table. */
export function detectDialect(head: FileHead): Dialect | undefined {
  const before = known.get(head);
  if (before) return before === "none" ? undefined : before;
  // A few rows show the columns; the rest of the head is for their values.
  const start = { ...head, bytes: head.bytes.subarray(0, dialectBytes), complete: false };
  const enough = head.bytes.length > dialectBytes && start.bytes.filter((byte) => byte === 0x0a).length > 20;
  const dialect = dialectOf(enough ? start : head);
  known.set(head, dialect ?? "none");
  return dialect;
}

function dialectOf(head: FileHead): Dialect | undefined {
  let best: Dialect | undefined;
  for (const delimiter of delimiters) {
    const rows = headRows(head, delimiter, 300);
    const columns = usualColumns(rows);
    if (columns > 1 && commasAreDecimal(rows)) return { delimiter, columns };
    if (columns > (best?.columns ?? 1)) best = { delimiter, columns };
  }
  if (best) return best;
  const rows = headRows(head, "blanks", 300);
  const columns = usualColumns(rows);
  // Prose has blanks too; columns of blanks are taken for a table only where they hold numbers.
  return columns > 1 && holdsNumbers(rows, columns) ? { delimiter: "blanks", columns } : undefined;
}

/** Whether a row is a comment: it starts with `#` and has other cells than the table. */
export function isComment(first: string | undefined, cells: number, { columns }: Dialect): boolean {
  return cells !== columns && first !== undefined && first.startsWith("#");
}

/** The number of cells that nine in ten rows have, or 0. */
function usualColumns(all: readonly string[][]): number {
  const byCells = new Map<number, number>();
  const rows = all.filter(([first]) => !first?.startsWith("#"));
  for (const row of rows) byCells.set(row.length, (byCells.get(row.length) ?? 0) + 1);
  for (const [cells, count] of byCells) {
    if (rows.length >= 2 && count >= Math.min(rows.length * 0.9, Math.max(2, rows.length - 2))) return cells;
  }
  return 0;
}

function holdsNumbers(rows: readonly string[][], columns: number): boolean {
  const cells = rows.flat();
  const numbers = cells.filter((text) => text !== "" && Number.isFinite(Number(text))).length;
  return numbers >= (cells.length * Math.max(1, columns - 2)) / columns - rows.length * 0.1;
}
