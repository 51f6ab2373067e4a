/** Where records keep their labels, by the evidence of the first ones. */
import { t } from "#protocol/l10n.ts";
import { splitWord } from "../split.ts";
import { labelNames, plainName, splitNames, textNames } from "../table/columnNames.ts";
import { ColumnProfile } from "../table/columnProfile.ts";
import { type Fields, isFields } from "./headRecords.ts";
import { sageMakerLabels } from "./sageMaker.ts";
import { type Steps, sameSteps, wayText } from "./steps.ts";

export interface RecordLayout {
  readonly label: Steps;
  readonly path: Steps | undefined;
  readonly split: Steps | undefined;
  /** Whether labels belong to objects in the sample. */
  readonly objects: boolean;
  /** Whether what is labelled is named as a file. */
  readonly images: boolean;
  /** Objects that map label ids to names, as in SageMaker's metadata, and names of the label beside them. */
  readonly maps: readonly Steps[];
  readonly name: Steps | undefined;
  readonly evidence: "sure" | "likely";
  readonly why: string;
}

interface Column {
  readonly steps: Steps;
  /** Records that have it. */
  records: number;
  readonly profile: ColumnProfile;
}

const deepest = 5;
const mostColumns = 300;
const mostItems = 50;

/** The layout, or undefined where no field holds labels. */
export function recordLayout(records: readonly Fields[]): RecordLayout | undefined {
  const labelled = sageMakerLabels(records);
  const columns = columnsOf(records);
  const path = columns.find((column) => isPath(column, records.length));
  const split = columns.find(isSplit)?.steps;
  const place = { path: path?.steps, split, images: path?.profile.isPath ?? false };
  if (labelled)
    return {
      ...place,
      ...labelled,
      images: true,
      evidence: "sure",
      why: t`it has SageMaker's label metadata`,
    };
  const label = exportedLabels(columns, records.length) ?? labelColumn(columns, records.length);
  if (!label) return undefined;
  const objects = inObjects(label.steps, columns);
  const evidence = isSure(label, path, columns, records.length) ? "sure" : "likely";
  const beside = path ? t` beside "${wayText(path.steps)}"` : "";
  const why = t`"${wayText(label.steps)}" holds labels${beside}`;
  return { ...place, label: label.steps, objects, maps: [], name: undefined, evidence, why };
}

function columnsOf(records: readonly Fields[]): Column[] {
  const columns = new Map<string, Column>();
  const visit = (steps: Steps, value: unknown, seen: Set<Column>): void => {
    if (Array.isArray(value)) {
      for (const item of value.slice(0, areCoordinates(steps, value) ? 1 : mostItems))
        visit([...steps, null], item, seen);
    } else if (isFields(value)) {
      if (steps.length >= deepest) return;
      for (const [key, inside] of Object.entries(value)) visit([...steps, key], inside, seen);
    } else if (value !== null && value !== undefined) note(steps, String(value), seen);
  };
  const note = (steps: Steps, text: string, seen: Set<Column>): void => {
    const key = JSON.stringify(steps);
    let column = columns.get(key);
    if (!column) {
      if (columns.size >= mostColumns) return;
      column = { steps, records: 0, profile: new ColumnProfile() };
      columns.set(key, column);
    }
    column.profile.add(text);
    if (seen.has(column)) return;
    seen.add(column);
    column.records++;
  };
  for (const record of records) visit([], record, new Set());
  return [...columns.values()];
}

/** Numbers in a list of lists, as in polygons, are no labels; one shows that they are there. */
function areCoordinates(steps: Steps, values: readonly unknown[]): boolean {
  return steps.at(-1) === null && typeof values[0] === "number";
}

function nameOf({ steps }: Column): string {
  return plainName(steps.filter((step) => step !== null).at(-1) ?? "");
}

/** A field of the record itself, or one step inside it, as in `{"image": {"path": ...}}`. */
function isPath(column: Column, records: number): boolean {
  const { steps, profile } = column;
  if (steps.length > 2 || steps.includes(null) || column.records < records * 0.9) return false;
  return (profile.isPath && !profile.isNumeric) || (steps.length === 1 && textNames.has(nameOf(column)));
}

function isSplit(column: Column): boolean {
  const { steps, profile } = column;
  if (steps.length !== 1 || !splitNames.has(nameOf(column))) return false;
  return profile.size > 0 && profile.values().every((value) => splitWord(value) !== undefined);
}

/** Label Studio's own fields in its short export; what is left beside the data are the labels. */
const exportFields: ReadonlySet<string> = new Set([
  "id",
  "annotator",
  "annotationid",
  "createdat",
  "updatedat",
  "leadtime",
]);
const regionLabels =
  /^(rectangle|polygon|brush|keypoint|ellipse|hypertext|paragraph|timeseries|video)labels$|^choices$/;

function exportedLabels(columns: readonly Column[], records: number): Column | undefined {
  const names = new Set(columns.map(nameOf));
  if (!names.has("annotator") || !names.has("annotationid")) return undefined;
  const regions = columns.find((column) => regionLabels.test(nameOf(column)));
  return (
    regions ??
    columns.find(
      (column) =>
        column.steps.length === 1 &&
        !exportFields.has(nameOf(column)) &&
        !textNames.has(nameOf(column)) &&
        couldBeLabels(column, records),
    )
  );
}

/** By name, the clearest first, then the one that lies least deep. */
function labelColumn(columns: readonly Column[], records: number): Column | undefined {
  const ranks = [...labelNames.keys()];
  let best: Column | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const column of columns) {
    const rank = ranks.indexOf(nameOf(column));
    if (rank < 0 || !couldBeLabels(column, records)) continue;
    const depth = column.steps.length * ranks.length + rank;
    if (depth >= bestRank) continue;
    best = column;
    bestRank = depth;
  }
  return best;
}

/** Labels come again, and most records have one; in lists they may be missing in many. */
function couldBeLabels({ steps, profile, records }: Column, all: number): boolean {
  if (profile.isFreeText || profile.isDate || profile.isPath) return false;
  if (profile.isNumeric && !profile.isInteger) return false;
  if (!steps.includes(null) && records < all * 0.5) return false;
  if (profile.rows < 4) return true;
  return (
    profile.size <= Math.max(1, profile.rows * 0.6) || (profile.rows < 20 && profile.size < profile.rows)
  );
}

/** Labels beside boxes or masks belong to objects. */
function inObjects(label: Steps, columns: readonly Column[]): boolean {
  if (!label.includes(null)) return false;
  const start = label.slice(
    0,
    label[0] === undefined ? 0 : label.indexOf(null) + (label.at(-1) === null ? 0 : 1),
  );
  const holder = label.at(-1) === null ? label.slice(0, -2) : start;
  return columns.some(({ steps }) => {
    const name = steps[holder.length];
    return (
      sameSteps(steps.slice(0, holder.length), holder) &&
      typeof name === "string" &&
      /^(bbox|bboxes|box|boxes|xmin|segmentation|polygon|points|mask|left|x)$/i.test(name)
    );
  });
}

/** Few fields, a clear name, labels that come again, and beside them what is labelled. */
function isSure(
  label: Column,
  path: Column | undefined,
  columns: readonly Column[],
  records: number,
): boolean {
  if (!path || records < 4 || labelNames.get(nameOf(label)) !== 2) return false;
  const few = columns.filter(({ steps }) => steps.length === 1).length <= 8;
  return few && label.profile.size <= label.profile.rows * 0.5;
}
