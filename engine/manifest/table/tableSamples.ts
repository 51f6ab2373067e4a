/** Labelled samples of a table: its numbers as features, or its paths. */
import { firstLabels, LabelSetBuilder } from "../labelSets.ts";
import type { ReadingInput } from "../reader.ts";
import type { LabelledSamples } from "../sampleCollector.ts";
import { cellText, type Row } from "../scan/delimited.ts";
import { idNames, plainName } from "./columnNames.ts";
import { ColumnProfile, isMissing } from "./columnProfile.ts";
import { withPoints } from "./decimals.ts";
import { cellTexts } from "./dialect.ts";
import type { TableLayout } from "./layout.ts";
import { OneHotCounts } from "./oneHotCounts.ts";
import { TableCounts } from "./tableCounts.ts";

/** Words with more different values than this are no feature. */
const categoryLimit = 100;

/** One column of the feature matrix: the number in a cell, or whether the cell holds a word. */
interface Feature {
  readonly column: number;
  readonly word?: string;
}

/** Tells the classes of rows; all rows are shown to it before it is asked. */
interface RowLabels {
  /** Columns that hold labels. */
  readonly columns: readonly number[];
  see(row: Row): void;
  settle(): Promise<{ readonly classes: readonly string[]; readonly areSeveral: boolean }>;
  /** The classes of a row; undefined where it has no label and is no sample. */
  of(row: Row): readonly number[] | undefined;
}

function rowLabels({ labels, header }: TableLayout, source: ReadingInput["source"]): RowLabels | undefined {
  switch (labels.kind) {
    case "none":
      return undefined;
    case "one-hot":
      return flagLabels(labels.columns, header ?? []);
    case "column":
      return cellLabels(labels.column, source);
  }
}

function cellLabels(column: number, source: ReadingInput["source"]): RowLabels {
  const counts = new TableCounts({ label: column, path: undefined }, { duplicates: false });
  let found: ReadonlyMap<string, readonly number[]> = new Map();
  return {
    columns: [column],
    see: (row) => counts.take(row),
    async settle() {
      const { indicesOf, classes, task } = await counts.result(source);
      found = indicesOf;
      return { classes: classes.map(({ name }) => name), areSeveral: task === "multi-label" };
    },
    of: (row) => found.get(cellText(row, column)),
  };
}

function flagLabels(columns: readonly number[], header: readonly string[]): RowLabels {
  const counts = new OneHotCounts(columns);
  return {
    columns,
    see: (row) => counts.take(row),
    async settle() {
      const { classes, task } = counts.result(header);
      return { classes: classes.map(({ name }) => name), areSeveral: task === "multi-label" };
    },
    of: (row) => columns.flatMap((column, index) => (Number(cellText(row, column)) === 1 ? [index] : [])),
  };
}

/**
 * Samples of a table. Numeric columns become features as they are; a missing number becomes the
 * mean of its column. Columns of few words become one column of 0 and 1 a word. Row numbers and constant columns are
 * left out. Rows that do not train tell classes only. Undefined where there is no label column.
 */
export async function readTableSamples(
  { source }: ReadingInput,
  layout: TableLayout,
  takeRows: (take: (row: Row) => void) => Promise<unknown>,
  trains: (row: Row) => boolean,
): Promise<LabelledSamples | undefined> {
  const labels = rowLabels(layout, source);
  if (!labels) return undefined;
  const profiles = Array.from({ length: layout.dialect.columns }, () => new ColumnProfile());
  const order = new RowOrder();
  let rows = 0;
  await takeRows((row) => {
    labels.see(row);
    if (!trains(row)) return;
    rows++;
    const cells = withPoints(cellTexts(row), layout.decimals);
    for (const [column, profile] of profiles.entries()) profile.add(cells[column] ?? "");
    order.take(cells);
  });
  const { classes, areSeveral } = await labels.settle();
  const features = featuresOf(layout, profiles, order, labels.columns);
  const table = new SampleTable(features, rows, layout);
  await takeRows((row) => {
    const own = trains(row) ? labels.of(row) : undefined;
    if (own) table.take(row, own);
  });
  return { classes, ...table.result(areSeveral) };
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
  labelColumns: readonly number[],
): Feature[] {
  return profiles.flatMap((profile, column): Feature[] => {
    const isId = order.countsUp(column) || idNames.has(plainName(header?.[column] ?? ""));
    if (labelColumns.includes(column) || isId || profile.size < 2) return [];
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
  readonly #labels = new LabelSetBuilder();
  readonly #values: Float32Array;
  readonly #layout: TableLayout;
  readonly #paths: string[] = [];
  /** Values so far. */
  #size = 0;

  /** @param most samples, those without a label among them */
  constructor(features: readonly Feature[], most: number, layout: TableLayout) {
    this.#features = features;
    this.#values = new Float32Array(most * features.length);
    this.#layout = layout;
  }

  take(row: Row, labels: readonly number[]): void {
    const { decimals, pathColumn } = this.#layout;
    const cells = withPoints(cellTexts(row), decimals);
    for (const { column, word } of this.#features) {
      const text = cells[column] ?? "";
      this.#values[this.#size++] =
        word === undefined ? (isMissing(text) ? Number.NaN : Number(text)) : text === word ? 1 : 0;
    }
    if (pathColumn !== undefined) this.#paths.push(cellText(row, pathColumn));
    this.#labels.add(labels);
  }

  result(areSeveral: boolean): Omit<LabelledSamples, "classes"> {
    const columns = this.#features.length;
    const values = this.#values.subarray(0, this.#size);
    for (let f = 0; f < columns; f++) fillMissing(values, f, columns);
    const sets = this.#labels.result();
    return {
      labels: firstLabels(sets),
      ...(areSeveral ? { sets } : {}),
      ...(this.#layout.pathColumn === undefined ? {} : { paths: this.#paths }),
      ...(columns > 0 ? { features: values, columns } : {}),
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
