/** Tables with a label column: CSV, TSV and columns of blanks, with or without a header. */

import { basename } from "node:path";
import { t } from "#protocol/l10n.ts";
import type { RememberedSamples } from "./duplicateCheck.ts";
import { shortName } from "./firstOnes.ts";
import { type KeptTallies, liveCounts } from "./live/liveBlocks.ts";
import type { Found } from "./live/liveText.ts";
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
import { endsWithLine } from "./scan/lines.ts";
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
    const open = (): OneHotCounts => new OneHotCounts(labels.columns);
    const { counts, observations } = await countRows(input, layout, open);
    return { ...counts.result(header ?? []), splits: [], observations };
  }
  const label = labels.kind === "column" ? labels.column : 0;
  const columns = { label, path: pathColumn, text: textColumn, split: splitColumn };
  const open = (repeated?: RememberedSamples): TableCounts => new TableCounts(columns, input.watch, repeated);
  const { counts, observations: broken } = await countRows(input, layout, open);
  const { task, samples: rows, classes, splits, observations } = await counts.result(input.source);
  return { task, samples: rows, classes, splits, observations: [...broken, ...observations] };
}

/** Counts of rows, which can be added together. */
interface RowCounts<T> {
  take(row: Row): void;
  /** Takes what was counted in all blocks of rows, where nothing is counted yet. */
  absorb(blocks: readonly Found<T>[], tallies: KeptTallies): void;
}

/** Counts all rows; of an open document only those in blocks that are not known yet. */
async function countRows<T extends RowCounts<T>>(
  input: ReadingInput,
  layout: TableLayout,
  open: (samples?: RememberedSamples) => T,
): Promise<{ readonly counts: T; readonly observations: Observation[] }> {
  const known = countsOfBlocks(input, layout, open);
  if (known) return known;
  const counts = open();
  return { counts, observations: await takeRows(input, layout, (row) => counts.take(row)) };
}

/** What is counted in blocks, with the place of the first quote that is never closed. */
interface BlockCounts<T> {
  readonly counts: T;
  readonly unclosedQuote: number | undefined;
}

function countsOfBlocks<T extends RowCounts<T>>(
  { source: { live }, watch }: ReadingInput,
  layout: TableLayout,
  open: (samples?: RememberedSamples) => T,
): { readonly counts: T; readonly observations: Observation[] } | undefined {
  if (!live || watch.each) return undefined;
  const { dialect, header, labels, pathColumn, splitColumn } = layout;
  const key = JSON.stringify(["csv", dialect, header !== undefined, labels, pathColumn, splitColumn]);
  const all = liveCounts<BlockCounts<T>>(
    live,
    watch,
    key,
    (bytes, offset, last, log) => {
      const counts = open(log(() => 0));
      const rows = rowTaker({ dialect, header: offset === 0 ? header : undefined }, (row) =>
        counts.take(row),
      );
      const scanner = new RowScanner(dialect.delimiter, rows.take, offset);
      scanner.write(bytes);
      if (last) scanner.end();
      // A row, or what stands above the header, may go on in the next block.
      const ends = scanner.isBetweenRows && endsWithLine(bytes) && (offset > 0 || rows.count > 0);
      return last || ends ? { counts, unclosedQuote: scanner.unclosedQuote } : undefined;
    },
    (parts, tallies, samples) => {
      const counts = open(samples);
      counts.absorb(
        parts.map(({ found, shift }) => ({ found: found.counts, shift })),
        tallies,
      );
      const quoted = parts.find(({ found }) => found.unclosedQuote !== undefined);
      const at = quoted?.found.unclosedQuote;
      return { counts, unclosedQuote: at === undefined ? undefined : at + (quoted?.shift ?? 0) };
    },
  );
  return all && { counts: all.counts, observations: unclosed(all.unclosedQuote) };
}

/** Gives every row but the header and comments to `take`. */
export async function takeRows(
  { chunks, failed }: ReadingInput,
  layout: Pick<TableLayout, "dialect" | "header">,
  take: (row: Row) => void,
): Promise<Observation[]> {
  const scanner = new RowScanner(layout.dialect.delimiter, rowTaker(layout, take).take);
  for await (const chunk of chunks()) scanner.write(chunk);
  if (!failed()) scanner.end();
  return unclosed(scanner.unclosedQuote);
}

function rowTaker(
  { dialect, header }: Pick<TableLayout, "dialect" | "header">,
  take: (row: Row) => void,
): { readonly take: (row: Row) => void; readonly count: number } {
  let count = 0;
  return {
    take(row) {
      if (row.bytes[row.start] === hash && isComment("#", row.cells, dialect)) return;
      if (count++ > 0 || !header) take(row);
    },
    get count() {
      return count;
    },
  };
}

function unclosed(quote: number | undefined): Observation[] {
  if (quote === undefined) return [];
  const span = { start: quote, end: quote + 1 };
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
