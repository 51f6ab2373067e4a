/** Where a table keeps its labels, by the evidence of its start. */
import type { Evidence, FileHead } from "../reader.ts";
import { splitWord } from "../split.ts";
import { labelNames, plainName, splitNames, textNames } from "./columnNames.ts";
import { ColumnProfile } from "./columnProfile.ts";
import { decimalColumns, withPoints } from "./decimals.ts";
import { type Dialect, detectDialect, headRows, isComment } from "./dialect.ts";
import { headerOf } from "./header.ts";

export interface TableLayout {
  readonly dialect: Dialect;
  /** Column names; absent where the first row holds values. */
  readonly header: readonly string[] | undefined;
  /** A column with the class of each row, one column of 0 and 1 per class, or nothing found. */
  readonly labels:
    | { readonly kind: "column"; readonly column: number }
    | { readonly kind: "one-hot"; readonly columns: readonly number[] }
    | { readonly kind: "none" };
  /** The column that names the sample's file, where there is one. */
  readonly pathColumn: number | undefined;
  /** The column with the text that is labelled, where no column names files. */
  readonly textColumn: number | undefined;
  /** The column that says to which split a row belongs, where there is one. */
  readonly splitColumn: number | undefined;
  /** The columns whose numbers have a decimal comma. */
  readonly decimals: ReadonlySet<number>;
  readonly evidence: Evidence;
  readonly profiles: readonly ColumnProfile[];
}

const known = new WeakMap<FileHead, TableLayout>();

/** The layout, or undefined where the text is no table. */
export function tableLayout(head: FileHead): TableLayout | undefined {
  const layout = known.get(head) ?? layoutOf(head);
  if (layout) known.set(head, layout);
  return layout;
}

function layoutOf(head: FileHead): TableLayout | undefined {
  const dialect = detectDialect(head);
  if (!dialect) return undefined;
  const rows = headRows(head, dialect.delimiter).filter((row) => !isComment(row[0], row.length, dialect));
  const decimals = decimalColumns(rows, dialect.columns);
  for (const row of rows) withPoints(row, decimals);
  const header = headerOf(rows);
  const values = header ? rows.slice(1) : rows;
  const profiles = Array.from({ length: dialect.columns }, () => new ColumnProfile());
  for (const row of values)
    for (const [column, profile] of profiles.entries()) profile.add(row[column] ?? "");
  const path = profiles.findIndex((profile) => profile.isPath);
  const pathColumn = path >= 0 ? path : undefined;
  const textColumn = header && pathColumn === undefined ? textColumnOf(header, profiles) : undefined;
  const splitColumn = header && splitColumnOf(header, profiles);
  const labels = labelsOf(header, profiles, splitColumn);
  const table = { dialect, header, labels, pathColumn, textColumn, splitColumn, decimals, profiles };
  return { ...table, evidence: isSure(head, table) ? "sure" : "likely" };
}

function labelsOf(
  header: readonly string[] | undefined,
  profiles: readonly ColumnProfile[],
  splitColumn: number | undefined,
): TableLayout["labels"] {
  const named = header && namedColumn(header, profiles);
  if (named !== undefined) return { kind: "column", column: named };
  const flags = header && flagColumns(header, profiles);
  if (flags) return { kind: "one-hot", columns: flags };
  const column = labelColumn(header, profiles, splitColumn);
  if (column !== undefined) return { kind: "column", column };
  const oneHot = header && oneHotColumns(profiles);
  return oneHot ? { kind: "one-hot", columns: oneHot } : { kind: "none" };
}

/** Without a name for it the only or last column of repeating words, or else a last or first column of few whole numbers. */
function labelColumn(
  header: readonly string[] | undefined,
  profiles: readonly ColumnProfile[],
  splitColumn: number | undefined,
): number | undefined {
  const words = profiles.flatMap((profile, column) =>
    profile.isNames && column !== splitColumn ? [column] : [],
  );
  const lastWords = words[words.length - 1];
  if (lastWords !== undefined && (!header || words.length === 1 || lastWords === profiles.length - 1))
    return lastWords;
  if (words.length > 0) return undefined;
  return [profiles.length - 1, 0].find((column) => {
    const profile = profiles[column];
    return profile !== undefined && isFewIntegers(profile, header ? 20 : 5);
  });
}

function textColumnOf(header: readonly string[], profiles: readonly ColumnProfile[]): number | undefined {
  const column = header.findIndex(
    (name, at) => textNames.has(plainName(name)) && profiles[at]?.isFreeText === true,
  );
  return column < 0 ? undefined : column;
}

/** A column of that name with nothing in it but words for splits, at least two of them. */
function splitColumnOf(header: readonly string[], profiles: readonly ColumnProfile[]): number | undefined {
  const column = header.findIndex((name, at) => {
    const values = splitNames.has(plainName(name)) ? (profiles[at]?.values() ?? []) : [];
    return values.length > 1 && values.every((value) => splitWord(value) !== undefined);
  });
  return column < 0 ? undefined : column;
}

function namedColumn(header: readonly string[], profiles: readonly ColumnProfile[]): number | undefined {
  const ranks = [...labelNames.keys()];
  let best: number | undefined;
  let bestRank = ranks.length;
  for (const [column, name] of header.entries()) {
    const rank = ranks.indexOf(plainName(name));
    const profile = profiles[column];
    if (rank < 0 || rank >= bestRank || !profile || !couldBeLabels(profile)) continue;
    best = column;
    bestRank = rank;
  }
  return best;
}

/** Under a name that says label nearly anything may be a class; measured values and free text are none. */
function couldBeLabels(profile: ColumnProfile): boolean {
  if (profile.isFreeText || profile.isDate) return false;
  if (profile.isNumeric && !profile.isInteger) {
    return profile.rows > 0 && profile.values().every((text) => Number.isInteger(Number(text)));
  }
  return profile.rows < 20 || profile.size <= profile.rows * 0.9;
}

function isFewIntegers(profile: ColumnProfile, leastRows: number): boolean {
  const { size, rows } = profile;
  return rows >= leastRows && profile.isInteger && size > 1 && size <= Math.min(100, rows / 4);
}

/** Columns of 0 and 1 that are named `label_cat`, `label_dog`, at least two, beside any features. */
function flagColumns(
  header: readonly string[],
  profiles: readonly ColumnProfile[],
): readonly number[] | undefined {
  const named = profiles.flatMap((profile, column) =>
    isFlag(profile) && flagName.test(header[column] ?? "") ? [column] : [],
  );
  return usedFlags(named, profiles);
}

/** Columns of 0 and 1 behind at most three others, at least two of them. */
function oneHotColumns(profiles: readonly ColumnProfile[]): readonly number[] | undefined {
  const columns = profiles.flatMap((profile, column) => (isFlag(profile) ? [column] : []));
  const others = profiles.length - columns.length;
  return others >= 1 && others <= 3 ? usedFlags(columns, profiles) : undefined;
}

function usedFlags(
  columns: readonly number[],
  profiles: readonly ColumnProfile[],
): readonly number[] | undefined {
  const used = columns.some((column) => (profiles[column]?.size ?? 0) > 1);
  return columns.length >= 2 && used ? columns : undefined;
}

/** A column that holds whether a row has one label. */
const flagName = /^(label|class|target|tag)s?[ _.:-]\S/i;

function isFlag(profile: ColumnProfile): boolean {
  return profile.rows > 0 && profile.values().every((text) => Number(text) === 0 || Number(text) === 1);
}

/** Whether only a label table looks like this, so that the editor may speak of it. */
function isSure(head: FileHead, table: Omit<TableLayout, "evidence">): boolean {
  const { header, labels, pathColumn, profiles } = table;
  if (!/\.(csv|tsv|txt)$/i.test(head.name) || labels.kind === "none") return false;
  if (labels.kind === "one-hot") return pathColumn !== undefined;
  if (!header) return pathColumn !== undefined && profiles.length <= 3;
  const clear = labelNames.get(plainName(header[labels.column] ?? ""));
  if (clear === undefined) return false;
  const others = profiles.filter((_, column) => column !== labels.column);
  const named = header.some((name, column) => column !== labels.column && textNames.has(plainName(name)));
  if (pathColumn !== undefined) return clear === 2 || profiles.length <= 4;
  if (named) return profiles.length <= 4 && !others.some((profile) => profile.isDate);
  return clear === 2 && others.length >= 2 && others.every((profile) => profile.isNumeric);
}
