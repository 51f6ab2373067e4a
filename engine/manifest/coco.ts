/** COCO and LVIS JSON: categories, images and annotations in any order. */

import { basename } from "node:path";
import { t } from "#protocol/l10n.ts";
import { type Category, CocoCounts } from "./cocoCounts.ts";
import { kernelCocoTables } from "./cocoKernelTables.ts";
import { plainCocoTables } from "./cocoPlainTables.ts";
import { segmentsShape } from "./cocoSegments.ts";
import type { CocoTables } from "./cocoTables.ts";
import type { SampleWatch } from "./duplicateCheck.ts";
import { scanBlocks } from "./live/liveJson.ts";
import { frequencyGroups } from "./lvisGroups.ts";
import type { ManifestReading } from "./manifest.ts";
import { type FileHead, type ManifestReader, type ReadingInput, type Recognised, sure } from "./reader.ts";
import { JsonScanner } from "./scan/json.ts";
import { firstByte, openObject } from "./scan/jsonBytes.ts";
import { type JsonRecord, recordsOf } from "./scan/jsonRecord.ts";
import { fields, type JsonShape } from "./scan/jsonShape.ts";
import { scanHead } from "./scan/scanHead.ts";
import { openScanMemory } from "./scan/scanMemory.ts";
import { splitOf } from "./split.ts";

const encoder = new TextEncoder();

export const coco: ManifestReader = { format: "coco", recognises, read };

async function read(input: ReadingInput): Promise<ManifestReading | undefined> {
  const { source } = input;
  let { counts, scanner } = await scan(input, annotationShape);
  if (counts.hasSegments) ({ counts, scanner } = await scan(input, segmentsShape));
  if (counts.isEmpty) return undefined;
  const split = splitOf(source.path);
  const { format, view, observations } = counts.result(scanner, !input.failed());
  return {
    format,
    views: [{ name: basename(source.path), ...(split ? { split } : {}), ...view }],
    observations,
  };
}

/** Below this, in bytes, a memory of its own is not worth its making. */
const smallFile = 1 << 20;

function tablesFor({ source, watch }: ReadingInput): CocoTables {
  const large = (source.size ?? smallFile) >= smallFile;
  return (large && kernelCocoTables(watch.duplicates)) || plainCocoTables(watch.duplicates);
}

/** Ends early where the annotations turn out to be panoptic. */
async function scan(
  input: ReadingInput,
  annotations: (counts: CocoCounts) => JsonShape,
): Promise<{ counts: CocoCounts; scanner: JsonScanner }> {
  const { chunks, watch, signal } = input;
  const { live } = input.source;
  const counts = new CocoCounts(tablesFor(input));
  // Chunks are scanned at once where they were placed, so that readings of one text can share a memory.
  const memory = live ? live.memory.of("scan memory", openScanMemory) : openScanMemory();
  const scanner = new JsonScanner(documentShape(counts, annotations(counts), watch.each), memory);
  const enough = (): boolean => scanner.problem !== undefined || counts.hasSegments;
  if (live) await scanBlocks(live, scanner, enough, signal);
  else
    for await (const chunk of chunks(memory?.chunks)) {
      scanner.write(chunk);
      if (enough()) break;
      input.soFar?.(() => counts.soFar());
    }
  scanner.end();
  return { counts, scanner };
}

function documentShape(counts: CocoCounts, annotations: JsonShape, each: SampleWatch["each"]): JsonShape {
  return {
    // The rest of the document stands in no table, so that its syntax is checked to the end.
    others: () => undefined,
    fields: fields({
      images: imageShape(counts, each),
      annotations,
      categories: categoryShape(counts),
    }),
  };
}

function imageShape(counts: CocoCounts, each: SampleWatch["each"]): JsonShape {
  const wanted = { id: "value", width: "value", height: "value", neg_category_ids: "numbers" } as const;
  const side = (value: number | string | undefined): number => (typeof value === "number" ? value : 0);
  const take = (record: JsonRecord): void => {
    const { start, end } = record;
    const id = record.value(0);
    counts.addImage(id, side(record.value(1)), side(record.value(2)), start, end);
    if (id !== undefined && record.count(3) > 0) counts.addAbsent(id, record.list(3), start, end);
    const name = each && record.value(4);
    if (typeof name !== "string") return;
    const bytes = encoder.encode(name);
    each?.(bytes, 0, bytes.length, { start: record.startOf(4), end: record.endOf(4) });
  };
  // The tables count many at a time by this order of fields.
  return each
    ? recordsOf({ ...wanted, file_name: "value" }, take)
    : recordsOf(wanted, take, {}, counts.takeImages);
}

/** Positions of the fields of an annotation. */
const category = 0;
const image = 1;
const annotationId = 2;
const bbox = 3;

/** Boxes tell detection from classification; one annotation is enough to see which it is. */
function annotationShape(counts: CocoCounts): JsonShape {
  const geometry = { open: () => counts.seeGeometry() };
  const segments: JsonShape = {
    open: () => {
      counts.hasSegments = true;
    },
  };
  // The tables count many at a time by this order of fields.
  return recordsOf(
    { category_id: "value", image_id: "value", id: "value", bbox: "numbers" },
    (record) => takeAnnotation(counts, record),
    { segmentation: geometry, segments_info: segments },
    counts.takeMany,
  );
}

/** Left, top, width and height of the annotation that is taken. */
const box = new Float64Array(4);

function takeAnnotation(counts: CocoCounts, record: JsonRecord): void {
  const { start, end } = record;
  const id = record.value(category);
  if (record.has(bbox)) counts.seeGeometry();
  const own = record.value(annotationId);
  if (own !== undefined) counts.addAnnotationId(own, start, end);
  if (id === undefined) {
    counts.addUnlabelled(start, end);
    return;
  }
  const on = record.value(image);
  const slot = counts.addAnnotation(id, on, record.startOf(category), record.endOf(category));
  if (on === undefined) return;
  const whole = record.count(bbox) === 4;
  if (whole) for (let side = 0; side < 4; side++) box[side] = record.number(bbox, side);
  counts.addBox(on, slot, whole ? box : undefined, start, end);
}

/** Positions of the fields of a category. */
const ownId = 0;
const ownName = 1;
const frequency = 2;
const supercategory = 3;
const imageCount = 4;
const instanceCount = 5;

function categoryShape(counts: CocoCounts): JsonShape {
  return recordsOf(
    {
      id: "value",
      name: "value",
      frequency: "value",
      supercategory: "value",
      image_count: "value",
      instance_count: "value",
    },
    (record) => takeCategory(counts, record),
  );
}

function takeCategory(counts: CocoCounts, record: JsonRecord): void {
  const id = record.value(ownId);
  if (id === undefined) return;
  const text = (field: number): string | undefined => {
    const value = record.value(field);
    return typeof value === "string" ? value : undefined;
  };
  const name = text(ownName);
  const group = frequencyGroups.get(text(frequency) ?? "");
  const parent = text(supercategory);
  counts.addCategory({
    id,
    name: name ?? String(id),
    span:
      name === undefined
        ? { start: record.start, end: record.end }
        : { start: record.startOf(ownName), end: record.endOf(ownName) },
    ...(group ? { frequency: group } : {}),
    ...(parent === undefined ? {} : { supercategory: parent }),
    ...declaredCount(record.value(imageCount), record.value(instanceCount)),
  });
}

/** Instances, else images, that a category says it has. */
function declaredCount(
  images: number | string | undefined,
  instances: number | string | undefined,
): Partial<Pick<Category, "declares">> {
  if (typeof instances === "number") return { declares: { basis: "instances", count: instances } };
  return typeof images === "number" ? { declares: { basis: "images", count: images } } : {};
}

function recognises(head: FileHead): Recognised | undefined {
  if (firstByte(head.bytes) !== openObject) return undefined;
  const seen: Seen = { keys: new Set(), entry: false, image: false };
  const scanner = new JsonScanner(probeShape(seen));
  // One entry is enough, and stands early.
  scanHead(scanner, head.bytes, () => seen.entry);
  const { keys } = seen;
  const image = seen.image && companions.some((key) => keys.has(key));
  if (seen.entry || image) return sure(t`its images, annotations or categories have the fields of COCO`);
  return parts.every((key) => keys.has(key)) ? sure(t`it has ${parts.join(", ")}`) : undefined;
}

/** What the start of a document shows. */
interface Seen {
  /** Keys of the document. */
  readonly keys: Set<string>;
  /** Whether an annotation, a category or an image was met that other documents do not have. */
  entry: boolean;
  /** Whether there are images with ids and files, which others may have too. */
  image: boolean;
}

const parts = ["images", "annotations", "categories"];
const companions = ["annotations", "categories", "info", "licenses"];

function probeShape(seen: Seen): JsonShape {
  const shapes = new Map([
    [
      "annotations",
      probe(["category_id", "image_id"], (found) => {
        seen.entry ||= found.size === 2;
      }),
    ],
    [
      "images",
      probe(["id", "file_name", "coco_url", "width", "height"], (found) => {
        const named = found.has("file_name") || found.has("coco_url");
        seen.image ||= found.has("id") && named;
        seen.entry ||= found.has("id") && named && found.has("width") && found.has("height");
      }),
    ],
    [
      "categories",
      probe(["id", "name", "supercategory", "synset", "frequency"], (found) => {
        seen.entry ||= found.has("id") && found.has("name") && found.size > 2;
      }),
    ],
  ]);
  return {
    others: (key) => {
      seen.keys.add(key);
      return shapes.get(key);
    },
  };
}

/** Notes which of the fields the array's objects have, object by object. */
function probe(names: readonly string[], tell: (found: ReadonlySet<string>) => void): JsonShape {
  const found = new Set<string>();
  const mark = (name: string): JsonShape => {
    const note = (): void => {
      found.add(name);
      tell(found);
    };
    return { number: note, text: note };
  };
  const item: JsonShape = {
    open: () => found.clear(),
    fields: fields(Object.fromEntries(names.map((name) => [name, mark(name)]))),
  };
  return { items: () => item };
}
