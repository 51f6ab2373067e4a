/** Labelled samples of a table: its numbers as features, or its paths. */
import type { ReadingInput } from "../reader.ts";
import type { LabelledSamples } from "../sampleCollector.ts";
import { cellText, type Row } from "../scan/delimited.ts";
import { idNames, plainName } from "./columnNames.ts";
import { ColumnProfile, isMissing } from "./columnProfile.ts";
import { withPoints } from "./decimals.ts";
import { cellTexts } from "./dialect.ts";
import type { TableLayout } from "./layout.ts";
import { TableCounts } from "./tableCounts.ts";

/** Words with more different values than this are no feature. */
const categoryLimit = 100;

/** One column of the feature matrix: the number in a cell, or whether the cell holds a word. */
interface Feature {
  readonly column: number;
  readonly word?: string;
}

/**
 * Samples of a table with one label a row. Numeric columns become features as they are; a missing number becomes the
 * mean of its column. Columns of few words become one column of 0 and 1 a word. Row numbers and constant columns are
 * left out. Rows that do not train tell classes only. Undefined where rows have several labels or none.
 */
export async function readTableSamples(
  { source }: ReadingInput,
  layout: TableLayout,
  takeRows: (take: (row: Row) => void) => Promise<unknown>,
  trains: (row: Row) => boolean,
): Promise<LabelledSamples | undefined> {
  const { labels } = layout;
  if (labels.kind !== "column") return undefined;
  const counts = new TableCounts({ label: labels.column, path: undefined }, { duplicates: false });
  const profiles = Array.from({ length: layout.dialect.columns }, () => new ColumnProfile());
  const order = new RowOrder();
  let rows = 0;
  await takeRows((row) => {
    counts.take(row);
    if (!trains(row)) return;
    if (cellText(row, labels.column) !== "") rows++;
    const cells = withPoints(cellTexts(row), layout.decimals);
    for (const [column, profile] of profiles.entries()) profile.add(cells[column] ?? "");
    order.take(cells);
  });
  const { indexOf, classes } = await counts.result(source);
  if (!indexOf) return undefined;
  const features = featuresOf(layout, profiles, order, labels.column);
  const table = new SampleTable(features, rows, layout);
  await takeRows((row) => {
    const label = indexOf.get(cellText(row, labels.column));
    if (label !== undefined && trains(row)) table.take(row, label);
  });
  return { classes: classes.map(({ name }) => name), ...table.result() };
}

/** Knows which columns merely count the rows up. */
class RowOrder {
  readonly #last: number[] = [];
  readonly #climbs: boolean[] = [];
  #rows = 0;

  take(cells: readonly string[]): void {
    for (const [column, text] of cells.entries()) {
      if (this.#climbs[column] === false) continue;
      const number = Number(text);
      const climbs = this.#rows === 0 || number === (this.#last[column] ?? Number.NaN) + 1;
      this.#climbs[column] = climbs && (this.#climbs[column] ?? true);
      this.#last[column] = number;
    }
    this.#rows++;
  }

  countsUp(column: number): boolean {
    return this.#rows > 2 && this.#climbs[column] === true;
  }
}

function featuresOf(
  { header }: TableLayout,
  profiles: readonly ColumnProfile[],
  order: RowOrder,
  labelColumn: number,
): Feature[] {
  return profiles.flatMap((profile, column): Feature[] => {
    const isId = order.countsUp(column) || idNames.has(plainName(header?.[column] ?? ""));
    if (column === labelColumn || isId || profile.size < 2) return [];
    if (profile.isNumeric) return [{ column }];
    const isWords = profile.isNames && profile.size <= categoryLimit;
    return isWords
      ? profile
          .values()
          .sort()
          .map((word) => ({ column, word }))
      : [];
  });
}

class SampleTable {
  readonly #features: readonly Feature[];
  readonly #labels: Int32Array;
  readonly #values: Float32Array;
  readonly #layout: TableLayout;
  readonly #paths: string[] = [];
  #rows = 0;

  constructor(features: readonly Feature[], samples: number, layout: TableLayout) {
    this.#features = features;
    this.#labels = new Int32Array(samples);
    this.#values = new Float32Array(samples * features.length);
    this.#layout = layout;
  }

  take(row: Row, label: number): void {
    if (this.#rows === this.#labels.length) return;
    const start = this.#rows * this.#features.length;
    const { decimals, pathColumn } = this.#layout;
    const cells = withPoints(cellTexts(row), decimals);
    for (const [f, { column, word }] of this.#features.entries()) {
      const text = cells[column] ?? "";
      this.#values[start + f] =
        word === undefined ? (isMissing(text) ? Number.NaN : Number(text)) : text === word ? 1 : 0;
    }
    if (pathColumn !== undefined) this.#paths.push(cellText(row, pathColumn));
    this.#labels[this.#rows++] = label;
  }

  result(): Omit<LabelledSamples, "classes"> {
    const columns = this.#features.length;
    for (let f = 0; f < columns; f++) fillMissing(this.#values, f, columns);
    return {
      labels: this.#labels,
      ...(this.#layout.pathColumn === undefined ? {} : { paths: this.#paths }),
      ...(columns > 0 ? { features: this.#values, columns } : {}),
    };
  }
}

/** Puts the mean of the column where no number was. */
function fillMissing(values: Float32Array, column: number, columns: number): void {
  let sum = 0;
  let finite = 0;
  for (let i = column; i < values.length; i += columns) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(value)) continue;
    sum += value;
    finite++;
  }
  const mean = finite > 0 ? sum / finite : 0;
  for (let i = column; i < values.length; i += columns) if (!Number.isFinite(values[i])) values[i] = mean;
}
