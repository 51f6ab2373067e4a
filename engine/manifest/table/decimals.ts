/** Numbers with a decimal comma, which tables from many countries hold between semicolons or tabs. */
import { labelNames, plainName } from "./columnNames.ts";

const commaNumber = /^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?$/;
const wholeNumber = /^[+-]?\d+$/;

/** Whether rows have commas, and only within numbers: then another character divides their cells. */
export function commasAreDecimal(rows: readonly (readonly string[])[]): boolean {
  const withComma = rows.flat().filter((text) => text.includes(","));
  return withComma.length > 0 && withComma.every((text) => commaNumber.test(text));
}

/**
 * The columns whose numbers have a decimal comma: at least half of the values below the first row, and whole numbers beside
 * them. Where the first row says label, 1,3 are two labels.
 */
export function decimalColumns(
  [first = [], ...rows]: readonly (readonly string[])[],
  columns: number,
): ReadonlySet<number> {
  const found = new Set<number>();
  for (let column = 0; column < columns; column++) {
    if (labelNames.has(plainName(first[column] ?? ""))) continue;
    const values = rows.map((row) => row[column] ?? "").filter((text) => text !== "");
    const withComma = values.filter((text) => commaNumber.test(text)).length;
    const whole = values.filter((text) => wholeNumber.test(text)).length;
    if (withComma > 0 && withComma >= whole && withComma + whole >= values.length * 0.98) found.add(column);
  }
  return found;
}

/** Writes those numbers of a row with a point, other texts as they are; returns the row. */
export function withPoints(row: string[], decimals: ReadonlySet<number>): string[] {
  for (const column of decimals) {
    const text = row[column] ?? "";
    if (commaNumber.test(text)) row[column] = text.replace(",", ".");
  }
  return row;
}
