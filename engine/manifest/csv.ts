/** Tables with a label column: CSV, TSV and columns of blanks, with or without a header. */

import { basename } from "node:path";
import { t } from "#protocol/l10n.ts";
import { shortName } from "./firstOnes.ts";
import type { CountedView, ManifestReading, Observation } from "./manifest.ts";
import {
  type FileHead,
  isText,
  type ManifestReader,
  otherText,
  type ReadingInput,
  type Recognised,
} from "./reader.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { cellText, type Row, RowScanner } from "./scan/delimited.ts";
import { splitOf, splitWord } from "./split.ts";
import { isComment } from "./table/dialect.ts";
import { type TableLayout, tableLayout } from "./table/layout.ts";
import { OneHotCounts } from "./table/oneHotCounts.ts";
import { TableCounts, type TableSplit } from "./table/tableCounts.ts";
import { readTableSamples } from "./table/tableSamples.ts";

export const csv: ManifestReader = { format: "csv", recognises, read, samples };

function recognises(head: FileHead): Recognised | undefined {
  if (otherText.test(head.name) || !isText(head)) return undefined;
  const layout = tableLayout(head);
  return layout && { evidence: layout.evidence, why: whatTells(layout) };
}

function whatTells({ header, labels, pathColumn }: TableLayout): string {
  const beside = pathColumn === undefined ? "" : t` beside paths`;
  switch (labels.kind) {
    case "none":
      return t`its rows have the same number of cells`;
    case "one-hot":
      return t`${labels.columns.length} columns of 0 and 1${beside}`;
    case "column":
      return header
        ? t`column "${shortName(header[labels.column] ?? "")}" holds labels${beside}`
        : t`column ${labels.column + 1} holds what repeats as labels do${beside}`;
  }
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const { source, head } = input;
  const layout = tableLayout(head);
  if (!layout) return undefined;
  const format = layout.dialect.delimiter === 0x09 ? "tsv" : "csv";
  if (layout.labels.kind === "none") return { format, views: [], observations: [noLabels(head, layout)] };
  const { observations, splits, ...counted } = await count(input, layout);
  const split = splitOf(source.path);
  const view: CountedView = {
    name: basename(source.path),
    ...(split ? { split } : {}),
    bases: [layout.pathColumn === undefined ? "instances" : "images"],
    ...counted,
  };
  const views = splits.map((each) => ({ ...view, ...each, name: each.split }));
  return { format, views: views.length > 0 ? views : [view], observations };
}

type Counted = Pick<CountedView, "task" | "samples" | "classes"> & {
  readonly splits: readonly TableSplit[];
  readonly observations: readonly Observation[];
};

async function count(input: ReadingInput, layout: TableLayout): Promise<Counted> {
  const { labels, header, pathColumn, textColumn, splitColumn } = layout;
  if (labels.kind === "one-hot") {
    const counts = new OneHotCounts(labels.columns);
    const observations = await takeRows(input, layout, (row) => counts.take(row));
    return { ...counts.result(header ?? []), splits: [], observations };
  }
  const counts = new TableCounts(
    {
      label: labels.kind === "column" ? labels.column : 0,
      path: pathColumn,
      text: textColumn,
      split: splitColumn,
    },
    input.watch,
  );
  const broken = await takeRows(input, layout, (row) => counts.take(row));
  const { task, samples: rows, classes, splits, observations } = await counts.result(input.source);
  return { task, samples: rows, classes, splits, observations: [...broken, ...observations] };
}

/** Gives every row but the header to `take`. */
export async function takeRows(
  { chunks, failed }: ReadingInput,
  { dialect, header }: Pick<TableLayout, "dialect" | "header">,
  take: (row: Row) => void,
): Promise<Observation[]> {
  let rows = 0;
  const scanner = new RowScanner(dialect.delimiter, (row) => {
    if (row.bytes[row.start] === hash && isComment("#", row.cells, dialect)) return;
    if (rows++ > 0 || !header) take(row);
  });
  for await (const chunk of chunks()) scanner.write(chunk);
  if (!failed()) scanner.end();
  const { unclosedQuote } = scanner;
  if (unclosedQuote === undefined) return [];
  const span = { start: unclosedQuote, end: unclosedQuote + 1 };
  const message = t`This quote is never closed; it was read as a plain character. Close or double it.`;
  return [{ code: "manifest/broken", severity: "error", message, span }];
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  const layout = tableLayout(input.head);
  if (!layout) return undefined;
  const trains = (row: Row): boolean => isTraining(row, layout);
  return readTableSamples(input, layout, (take) => takeRows(input, layout, take), trains);
}

/** Where a column tells splits, the rows of one of them train. */
function isTraining(row: Row, { splitColumn, profiles }: TableLayout): boolean {
  if (splitColumn === undefined) return true;
  const words = (profiles[splitColumn]?.values() ?? []).map(splitWord);
  return !words.includes("train") || splitWord(cellText(row, splitColumn)) === "train";
}

const hash = 0x23;

function noLabels({ name }: FileHead, { header, dialect }: TableLayout): Observation {
  const columns = header ? header.slice(0, 4).join(", ") : t`${dialect.columns} columns without names`;
  const more = header && header.length > 4 ? " …" : "";
  const message = t`${name} has no label column (${columns}${more}). Name the column with the classes "label".`;
  return { code: "manifest/no-labels", severity: "error", message };
}
