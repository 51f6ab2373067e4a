/** Parquet with a label column, as Hugging Face and pandas write it. */

import { basename } from "node:path";
import { t } from "#protocol/l10n.ts";
import { LabelCounts, type LabelReading } from "./labelCounts.ts";
import type { ManifestReading, Observation } from "./manifest.ts";
import { classLabels, topColumns, valuesAt } from "./parquet/features.ts";
import { openParquet, type ParquetFile } from "./parquet/file.ts";
import { type FileHead, type ManifestReader, type ReadingInput, type Recognised, sure } from "./reader.ts";
import type { Fields } from "./records/headRecords.ts";
import { type RecordLayout, recordLayout } from "./records/layout.ts";
import type { Steps } from "./records/steps.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { labelNames, plainName, splitNames, textNames } from "./table/columnNames.ts";

export const parquetLabels: ManifestReader = { format: "parquet", recognises, read, samples };

/** The schema stands at the end of the file, so `read` looks whether there are labels. */
function recognises({ bytes }: FileHead): Recognised | undefined {
  const begins = bytes[0] === 0x50 && bytes[1] === 0x41 && bytes[2] === 0x52 && bytes[3] === 0x31;
  return begins ? sure(t`it begins as Parquet files do`) : undefined;
}

interface Labels extends RecordLayout {
  readonly names?: readonly string[];
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const found = await scan(input, false);
  return found && { format: parquetLabels.format, views: found.views, observations: found.observations };
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  return (await scan(input, true))?.samples;
}

async function scan(input: ReadingInput, collect: boolean): Promise<LabelReading | undefined> {
  const told = (observation: Observation): LabelReading | undefined =>
    input.asked ? { views: [], observations: [observation] } : undefined;
  const name = basename(input.source.path);
  let file: ParquetFile;
  try {
    file = await openParquet(input);
  } catch (problem) {
    return told(broken(t`${name} cannot be read as Parquet (${reason(problem)}). Get the file anew.`));
  }
  const columns = topColumns(file.metadata);
  const labels = await labelsOf(file, columns);
  if (!labels || (labels.evidence !== "sure" && !input.asked)) return told(noLabels(name, columns));
  const { objects, images } = labels;
  const counts = new LabelCounts({ unit: "row", objects, images, collect });
  const problem = await countRows(file, labels, counts, input.signal);
  if (counts.isEmpty) return told(problem ?? noLabels(name, columns));
  const list = labels.names && { file: name, names: labels.names };
  const reading = await counts.result(input.source, { list });
  return problem ? { ...reading, observations: [problem, ...reading.observations] } : reading;
}

/** Labels that the schema names, or else the column that the first rows show. */
async function labelsOf(file: ParquetFile, columns: readonly string[]): Promise<Labels | undefined> {
  const path = columns.find((column) => textNames.has(plainName(column)));
  const split = columns.find((column) => splitNames.has(plainName(column)));
  const beside = {
    path: path === undefined ? undefined : [path],
    split: split === undefined ? undefined : [split],
  };
  const [declared] = classLabels(file.metadata);
  if (declared) {
    return {
      label: declared.steps,
      names: declared.names,
      ...beside,
      objects: declared.steps.length > 2,
      images: path !== undefined && /im(age|g)/i.test(path),
      maps: [],
      name: undefined,
      evidence: "sure",
      why: t`its schema declares class labels`,
    };
  }
  const wanted = columns.filter((column) => mayHoldLabels(column) || column === split);
  const records = await firstRecords(file, wanted, path);
  const layout = recordLayout(records);
  return layout && { ...layout, ...beside };
}

function mayHoldLabels(column: string): boolean {
  const name = plainName(column);
  return labelNames.has(name) || /^(objects|annotations|labels?.*|.*labels?)$/.test(name);
}

const firstRows = 2000;

/** Rows with the wanted columns alone: texts and pictures are not decoded to find the labels. */
async function firstRecords(
  file: ParquetFile,
  wanted: readonly string[],
  path: string | undefined,
): Promise<Fields[]> {
  if (wanted.length === 0 || file.groups.length === 0) return [];
  const values = await Promise.all(wanted.map((column) => file.column(column, 0)));
  const rows = Math.min(firstRows, values[0]?.length ?? 0);
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries([
      ...wanted.map((column, i) => [column, plain(values[i]?.[row])] as const),
      ...(path === undefined ? [] : [[path, `row ${row}`] as const]),
    ]),
  );
}

/** Counts group by group; returns why it ended early, where it did. */
async function countRows(
  file: ParquetFile,
  layout: Labels,
  counts: LabelCounts,
  signal: AbortSignal | undefined,
): Promise<Observation | undefined> {
  for (const group of file.groups.keys()) {
    signal?.throwIfAborted();
    try {
      await countGroup(file, group, layout, counts);
    } catch (problem) {
      return broken(
        t`Row group ${group + 1} of ${file.groups.length} cannot be read (${reason(problem)}). The counts cover the rows before it. Get the file anew.`,
      );
    }
  }
  return undefined;
}

async function countGroup(
  file: ParquetFile,
  group: number,
  { label, path, split }: Labels,
  counts: LabelCounts,
): Promise<void> {
  const column = (steps: Steps | undefined): Promise<ArrayLike<unknown>> =>
    steps ? file.column(steps[0] ?? "", group) : Promise.resolve([]);
  const labels = await column(label);
  const splits = await column(split);
  const paths = await column(counts.collects ? path : undefined);
  const inside = label.slice(1);
  const listed = label.includes(null);
  for (let row = 0; row < labels.length; row++) {
    const value = plain(labels[row]);
    counts.begin();
    for (const each of valuesAt(value, inside)) addLabel(counts, each);
    if (listed && isValue(value)) counts.seeList();
    const word = splits[row];
    if (typeof word === "string") counts.setSplit(word);
    const named = pathIn(paths[row]);
    if (named !== undefined) counts.setPath(named);
    counts.end();
  }
}

function isValue(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function addLabel(counts: LabelCounts, value: unknown): void {
  if (typeof value === "string" || typeof value === "number") counts.add(value);
  else if (typeof value === "boolean") counts.add(String(value));
}

/** A path, or the path of a picture that is stored in the row. */
function pathIn(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const [path] = valuesAt(value, ["path"]);
  return typeof path === "string" ? path : undefined;
}

/** Whole numbers of 64 bits as numbers, in lists and records too. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, plain(inside)]));
}

function broken(message: string): Observation {
  return { code: "manifest/broken", severity: "error", message };
}

function noLabels(name: string, columns: readonly string[]): Observation {
  const shown = columns.slice(0, 8).map((column) => JSON.stringify(column.slice(0, 30)));
  const message = t`${name} is Parquet, but has no label column: looked for class labels in its schema and for columns called label, class, target and the like. Its columns: ${shown.join(", ")}${columns.length > 8 ? " …" : ""}.`;
  return { code: "manifest/no-labels", severity: "error", message };
}

function reason(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
