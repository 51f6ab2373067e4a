/** Where a Parquet file keeps its labels, by its schema. */
import type { FileMetaData } from "hyparquet";
import { type Fields, isFields } from "../records/headRecords.ts";
import type { Steps } from "../records/steps.ts";
import { labelNames, plainName } from "../table/columnNames.ts";

/** Labels whose names the schema gives, as Hugging Face's `datasets` writes them. */
export interface ClassLabel {
  readonly steps: Steps;
  readonly names: readonly string[];
}

/** Columns of the top level, in the order of the schema. */
export function topColumns({ schema }: FileMetaData): string[] {
  const columns: string[] = [];
  let at = 1;
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) {
    columns.push(schema[at]?.name ?? "");
    at = afterElement(schema, at);
  }
  return columns;
}

function afterElement(schema: FileMetaData["schema"], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) next = afterElement(schema, next);
  return next;
}

/** The class labels that the file's metadata declares; the one with the clearest name first. */
export function classLabels({ key_value_metadata: metadata = [] }: FileMetaData): ClassLabel[] {
  const text = metadata.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return [];
  const info = field(parsed(text), "info");
  const found = labelsIn(field(info, "features"), []);
  const ranks = [...labelNames.keys()];
  const rank = ({ steps }: ClassLabel): number => {
    const name = ranks.indexOf(plainName(steps.filter((step) => step !== null).at(-1) ?? ""));
    return steps.length * ranks.length + (name < 0 ? ranks.length : name);
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

function labelsIn(feature: unknown, steps: Steps): ClassLabel[] {
  if (Array.isArray(feature)) return labelsIn(feature[0], [...steps, null]);
  if (!isFields(feature)) return [];
  const type = feature["_type"];
  if (type === "ClassLabel") {
    const names = feature["names"];
    return Array.isArray(names) ? [{ steps, names: names.map(String) }] : [];
  }
  if (type === "Sequence" || type === "LargeList" || type === "List") {
    const inner = feature["feature"];
    // A sequence of records is stored as a record of sequences.
    const turned = type === "Sequence" && isFields(inner) && typeof inner["_type"] !== "string";
    return turned
      ? labelsIn(inner, steps).map((label) => ({ ...label, steps: [...label.steps, null] }))
      : labelsIn(inner, [...steps, null]);
  }
  if (typeof type === "string") return [];
  return Object.entries(feature).flatMap(([name, inner]) => labelsIn(inner, [...steps, name]));
}

function field(value: unknown, name: string): unknown {
  return isFields(value) ? value[name] : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The values behind the steps of a record. */
export function valuesAt(value: unknown, steps: Steps): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (step === null) return Array.isArray(value) ? value.flatMap((item) => valuesAt(item, rest)) : [];
  return isFields(value) ? valuesAt((value as Fields)[step], rest) : [];
}
