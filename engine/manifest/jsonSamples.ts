/** JSON of samples: a list of records, lists by split, or a map from file to label or record. */
import { t } from "#protocol/l10n.ts";
import type { LabelReading } from "./labelCounts.ts";
import { isListedFile } from "./listedFile.ts";
import type { ManifestReading } from "./manifest.ts";
import type { FileHead, ManifestReader, ReadingInput, Recognised } from "./reader.ts";
import { type HeadDocument, headDocument, isFields } from "./records/headRecords.ts";
import { type RecordLayout, recordLayout } from "./records/layout.ts";
import { RecordCounts } from "./records/recordCounts.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import { JsonScanner } from "./scan/json.ts";
import { jsonObservations } from "./scan/jsonObservations.ts";
import { fields, type JsonShape } from "./scan/jsonShape.ts";
import { splitWord } from "./split.ts";
import { ColumnProfile } from "./table/columnProfile.ts";

export const jsonSamples: ManifestReader = { format: "json-samples", recognises, read, samples };

interface Layout extends RecordLayout {
  /** Keys of the arrays with records; absent for the document itself and for maps. */
  readonly keys?: readonly string[];
  /** Whether the document maps files to labels or records. */
  readonly map: boolean;
}

const known = new WeakMap<FileHead, Layout>();

function layoutOf(head: FileHead): Layout | undefined {
  const before = known.get(head);
  if (before || !/^\s*[[{]/.test(head.text)) return before;
  const document = headDocument(head);
  const layout = mapLayout(document) ?? arrayLayout(document);
  if (layout) known.set(head, layout);
  return layout;
}

function recognises(head: FileHead): Recognised | undefined {
  return layoutOf(head);
}

/** The first array with labels, and where it is called like a split all others that are. */
function arrayLayout({ arrays }: HeadDocument): Layout | undefined {
  for (const { key, records } of arrays) {
    const layout = recordLayout(records);
    if (!layout) continue;
    if (key === undefined) return { ...layout, map: false };
    const splits = arrays.flatMap((array) =>
      array.key !== undefined && splitWord(array.key) ? [array.key] : [],
    );
    return { ...layout, map: false, keys: splits.includes(key) ? splits : [key] };
  }
  return undefined;
}

/** `{"a.jpg": "cat"}`, `{"a.jpg": ["cat", "dog"]}` and `{"a.jpg": {"label": "cat"}}`. */
function mapLayout({ arrays, entries }: HeadDocument): Layout | undefined {
  if (arrays.length > 0 || entries.length < 2) return undefined;
  const files = entries.filter(({ key }) => isListedFile(key)).length;
  if (files < entries.length * 0.9) return undefined;
  const records = entries.map(({ value }) => value).filter(isFields);
  const common = { path: undefined, split: undefined, images: true, maps: [], name: undefined, map: true };
  if (records.length >= entries.length * 0.9) {
    const layout = recordLayout(records);
    const why = layout ? t`each file has a record, and ${layout.why}` : "";
    return layout && { ...layout, path: undefined, map: true, images: true, why };
  }
  const lists = entries.some(({ value }) => Array.isArray(value));
  const labels = new ColumnProfile();
  for (const label of entries.flatMap(({ value }) => value)) labels.add(String(label));
  if ((labels.isNumeric && !labels.isInteger) || labels.isPath || labels.isDate || labels.isFreeText)
    return undefined;
  const repeats = labels.size <= Math.max(1, labels.rows * 0.5);
  if (!repeats && labels.rows >= 8) return undefined;
  return {
    ...common,
    label: lists ? [null] : [],
    objects: false,
    evidence: repeats && entries.length >= 4 ? "sure" : "likely",
    why: t`it maps files to labels that come again`,
  };
}

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const found = await scan(input, false);
  return found && { format: jsonSamples.format, views: found.views, observations: found.observations };
}

async function samples(input: ReadingInput): Promise<LabelledSamples | undefined> {
  return (await scan(input, true))?.samples;
}

async function scan(
  { source, head, chunks }: ReadingInput,
  collect: boolean,
): Promise<LabelReading | undefined> {
  const layout = layoutOf(head);
  if (!layout) return undefined;
  const records = new RecordCounts(layout, "sample", collect);
  const scanner = new JsonScanner(documentShape(layout, records));
  for await (const chunk of chunks()) {
    scanner.write(chunk);
    if (scanner.problem) break;
  }
  scanner.end();
  if (records.counts.isEmpty) return undefined;
  const reading = await records.result(source);
  return { ...reading, observations: [...jsonObservations(scanner), ...reading.observations] };
}

function documentShape({ keys, map, label }: Layout, records: RecordCounts): JsonShape {
  if (map) return mapShape(label.length === 0 || label[0] === null, records);
  if (!keys) return arrayShape(records.shape());
  const bySplit = keys.length > 1 || splitWord(keys[0] ?? "") !== undefined;
  const shapes = keys.map((key) => [key, arrayShape(records.shape(bySplit ? key : undefined))] as const);
  return { others: () => undefined, fields: fields(Object.fromEntries(shapes)) };
}

function arrayShape(record: JsonShape): JsonShape {
  return { items: () => record };
}

function mapShape(bare: boolean, records: RecordCounts): JsonShape {
  const { counts } = records;
  const shape = records.shape();
  const add = (label: number | string, start: number, end: number): void => counts.add(label, { start, end });
  const item: JsonShape = { number: add, text: add };
  return {
    others: (path, keyStart, keyEnd) => {
      if (!bare)
        return {
          ...shape,
          open: (start, array) => {
            shape.open?.(start, array);
            counts.setPath(path);
          },
        };
      const end = { start: keyStart, end: keyEnd };
      const one = (label: number | string, start: number, stop: number): void => {
        counts.begin();
        counts.setPath(path);
        counts.add(label, { start, end: stop });
        counts.end(end);
      };
      return {
        number: one,
        text: one,
        open: () => {
          counts.begin();
          counts.setPath(path);
          counts.seeList();
        },
        items: () => item,
        close: () => counts.end(end),
      };
    },
  };
}
