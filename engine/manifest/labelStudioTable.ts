/** Label Studio's CSV and TSV exports: a task and annotator a row, its labels as words or as JSON in a cell. */
import { t } from "#protocol/l10n.ts";
import { takeRows } from "./csv.ts";
import { LabelCounts, type LabelReading } from "./labelCounts.ts";
import { labelKey } from "./labelStudio.ts";
import { isListedFile } from "./listedFile.ts";
import type { ManifestReading } from "./manifest.ts";
import {
  type FileHead,
  isText,
  type ManifestReader,
  type ReadingInput,
  type Recognised,
  sure,
} from "./reader.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { cellText, type Row } from "./scan/delimited.ts";
import { type Dialect, detectDialect, headRows } from "./table/dialect.ts";
import { cellSpan } from "./table/tableCounts.ts";

export const labelStudioTable: ManifestReader = { format: "label-studio", recognises, read, samples };

interface Layout {
  readonly dialect: Dialect;
  readonly header: readonly string[];
  /** The column with labels. */
  readonly column: number;
  /** Whether labels belong to regions, which count as often as they stand there. */
  readonly objects: boolean;
}

function recognises(head: FileHead): Recognised | undefined {
  const layout = layoutOf(head);
  return (
    layout && sure(t`column "${layout.header[layout.column] ?? ""}" holds labels as Label Studio writes them`)
  );
}

function layoutOf(head: FileHead): Layout | undefined {
  // Labels in JSON have their quotes doubled in a cell of a table.
  if (!isText(head) || !head.text.includes('""')) return undefined;
  const dialect = detectDialect(head);
  if (!dialect) return undefined;
  const [header, ...rows] = headRows(head, dialect.delimiter);
  if (!header) return undefined;
  for (const column of header.keys()) {
    const found = rows.flatMap((row) => jsonLabels(row[column] ?? "") ?? []);
    if (found.length > 0)
      return { dialect, header, column, objects: found.some(({ key }) => key !== "choices") };
  }
  return undefined;
}

interface CellLabel {
  readonly label: string;
  /** What the list is called that it stands in, such as `rectanglelabels`. */
  readonly key: string;
}

/** Labels of a cell with regions or choices in JSON; undefined where it holds something else. */
function jsonLabels(text: string): CellLabel[] | undefined {
  if (!/^\s*(\{|\[\s*\{)/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return [value]
    .flat()
    .flatMap((region: unknown) =>
      Object.entries(region ?? {}).flatMap(([key, names]) =>
        labelKey.test(key)
          ? [names].flat().flatMap((label: unknown) => (typeof label === "string" ? [{ label, key }] : []))
          : [],
      ),
    );
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const found = await count(input, false);
  return found && { format: labelStudioTable.format, views: found.views, observations: found.observations };
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  return (await count(input, true))?.samples;
}

async function count(input: ReadingInput, collect: boolean): Promise<LabelReading | undefined> {
  const layout = layoutOf(input.head);
  if (!layout) return undefined;
  const counts = new LabelCounts({ unit: "row", objects: layout.objects, images: true, collect });
  const broken = await takeRows(input, layout, (row) => takeRow(counts, layout, row));
  if (counts.isEmpty) return undefined;
  const reading = await counts.result(input.source);
  return { ...reading, observations: [...broken, ...reading.observations] };
}

function takeRow(counts: LabelCounts, { column, objects }: Layout, row: Row): void {
  const text = cellText(row, column);
  const labels = jsonLabels(text) ?? (text === "" ? [] : [{ label: text }]);
  const span = cellSpan(row, column);
  counts.begin();
  for (let cell = 0; counts.collects && cell < row.cells; cell++) {
    const path = cell === column ? "" : cellText(row, cell);
    if (isListedFile(path)) counts.setPath(path);
  }
  for (const { label } of labels) counts.add(label, span);
  // No region is an answer, too; no choice is none.
  if (objects) counts.seeList();
  counts.end(span);
}
