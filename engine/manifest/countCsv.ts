/** Counts alone, as a table with one class a row. */

import { basename } from "node:path";
import type { Basis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { takeRows } from "./csv.ts";
import type { CountedClass, ManifestReading, Observation, Span } from "./manifest.ts";
import {
  type FileHead,
  likely,
  type ManifestReader,
  type ReadingInput,
  type Recognised,
  sure,
} from "./reader.ts";
import { cellText } from "./scan/delimited.ts";
import { splitOf } from "./split.ts";
import { plainName } from "./table/columnNames.ts";
import { ColumnProfile } from "./table/columnProfile.ts";
import { type Dialect, detectDialect, headRows } from "./table/dialect.ts";
import { headerOf } from "./table/header.ts";
import { cellSpan } from "./table/tableCounts.ts";

export const countCsv: ManifestReader = { format: "count-table", recognises, read };

const classNames = new Set([
  "class",
  "classname",
  "label",
  "labelname",
  "category",
  "categoryname",
  "name",
  "species",
]);
const imageCounts = new Set([
  "count",
  "counts",
  "n",
  "images",
  "numimages",
  "imagecount",
  "samples",
  "numsamples",
  "frequency",
  "freq",
]);
const instanceCounts = new Set(["instances", "numinstances", "instancecount", "annotations", "boxes"]);

interface Layout {
  readonly dialect: Dialect;
  readonly header: readonly string[] | undefined;
  readonly nameColumn: number;
  readonly imageColumn: number | undefined;
  readonly instanceColumn: number | undefined;
}

function recognises(head: FileHead): Recognised | undefined {
  const layout = countLayout(head);
  if (!layout) return undefined;
  const { header, nameColumn } = layout;
  const name = plainName(header?.[nameColumn] ?? "");
  return /\.(csv|tsv)$/i.test(head.name) && /^(class|label)/.test(name)
    ? sure(t`"${header?.[nameColumn]}" stands beside a count, each class once`)
    : likely(t`each name stands once, with a whole number`);
}

function countLayout(head: FileHead): Layout | undefined {
  if (!/\.(csv|tsv|txt|data)$/i.test(head.name)) return undefined;
  const dialect = detectDialect(head);
  if (!dialect || dialect.columns > 6) return undefined;
  const rows = headRows(head, dialect.delimiter);
  const header = headerOf(rows);
  const profiles = Array.from({ length: dialect.columns }, () => new ColumnProfile());
  for (const row of header ? rows.slice(1) : rows) {
    for (const [column, profile] of profiles.entries()) profile.add(row[column] ?? "");
  }
  const found = header ? namedColumns(header) : bareColumns(profiles);
  if (!found) return undefined;
  const names = profiles[found.nameColumn];
  const counts = profiles[found.imageColumn ?? found.instanceColumn ?? -1];
  if (!names || !counts?.isInteger || names.rows < 2 || names.size < names.rows) return undefined;
  return counts.values().some((text) => text.startsWith("-")) ? undefined : { dialect, header, ...found };
}

type Columns = Pick<Layout, "nameColumn" | "imageColumn" | "instanceColumn">;

function namedColumns(header: readonly string[]): Columns | undefined {
  const column = (names: ReadonlySet<string>): number | undefined => {
    const at = header.findIndex((name) => names.has(plainName(name)));
    return at < 0 ? undefined : at;
  };
  const nameColumn = column(classNames);
  const imageColumn = column(imageCounts);
  const instanceColumn = column(instanceCounts);
  if (nameColumn === undefined || (imageColumn ?? instanceColumn) === undefined) return undefined;
  return { nameColumn, imageColumn, instanceColumn };
}

/** `airplane,5000`: a name, then a count; few different whole numbers would be labels instead. */
function bareColumns(profiles: readonly ColumnProfile[]): Columns | undefined {
  const [names, counts] = profiles;
  if (profiles.length !== 2 || !names || !counts || names.isNumeric || names.isPath || names.isFreeText)
    return undefined;
  if (!counts.isInteger || (counts.rows >= 8 && counts.size <= counts.rows / 4)) return undefined;
  return { nameColumn: 0, imageColumn: 1, instanceColumn: undefined };
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const { source, head } = input;
  const layout = countLayout(head);
  if (!layout) return undefined;
  const { nameColumn, imageColumn, instanceColumn } = layout;
  const classes: CountedClass[] = [];
  let unreadable = 0;
  let firstUnreadable: Span | undefined;
  const observations = await takeRows(input, layout, (row) => {
    const images = countIn(cellText(row, imageColumn ?? instanceColumn ?? 0));
    const instances = countIn(cellText(row, instanceColumn ?? imageColumn ?? 0));
    if (images === undefined || instances === undefined) {
      unreadable++;
      firstUnreadable ??= { start: row.offset + row.start, end: row.offset + row.end };
      return;
    }
    const first = cellSpan(row, nameColumn);
    classes.push({
      index: classes.length,
      name: cellText(row, nameColumn),
      images,
      instances,
      first,
      declared: true,
    });
  });
  const bases: Basis[] = [
    ...(instanceColumn === undefined ? [] : ["instances" as const]),
    ...(imageColumn === undefined ? [] : ["images" as const]),
  ];
  const split = splitOf(source.path);
  const view = {
    name: basename(source.path),
    ...(split ? { split } : {}),
    task: instanceColumn === undefined ? ("single-label" as const) : ("detection" as const),
    bases,
    classes,
  };
  const broken = firstUnreadable ? [noCount(unreadable, firstUnreadable)] : [];
  return { format: countCsv.format, views: [view], observations: [...observations, ...broken] };
}

function countIn(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function noCount(rows: number, span: Span): Observation {
  const such = rows === 1 ? t`It is left out.` : t`${rows} such lines are left out.`;
  return {
    code: "label/unreadable",
    severity: "error",
    message: ({ line }) => t`Line ${line} has no count. ${such}`,
    span,
  };
}
