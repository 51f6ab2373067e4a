/** `data.yaml`: class names and where the splits of a YOLO data set lie. */
import { isMap, isScalar, parseDocument, type YAMLMap, type Node as YamlNode } from "yaml";
import type { Span } from "../manifest.ts";

/** Configurations are short; parsing a longer one could take seconds. */
const longestConfig = 2 << 20;

export interface YoloClass {
  readonly id: number;
  readonly name: string;
  /** Where the name stands, in bytes of the file. */
  readonly span?: Span;
}

export interface YoloSplit {
  readonly name: "train" | "val" | "test";
  /** As written. */
  readonly places: readonly string[];
  readonly span: Span;
}

export interface YoloConfig {
  /** The folder that the places are relative to, as written. */
  readonly path?: string;
  readonly splits: readonly YoloSplit[];
  readonly classes: readonly YoloClass[];
  /** A file with the names, where they do not stand here. */
  readonly namesFile?: string;
  /** The number of classes that the file states. */
  readonly classCount?: number;
  /** Whether labels have key points, whose rows are longer than a box. */
  readonly keypoints: boolean;
}

/** The configuration, or undefined where a text that looks like one is none. */
export function parseYoloConfig(text: string): YoloConfig | undefined {
  if (text.length > longestConfig) return undefined;
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent", uniqueKeys: false });
  const root = document.contents;
  if (!isMap(root)) return undefined;
  const offsets = byteOffsets(text);
  const values = plainValues(root, () => document.toJS({ maxAliasCount: 100 }));
  if (!values) return undefined;
  const splits = splitsIn(root, values, offsets);
  const names = values["names"];
  const classes = classesIn(names, root.get("names", true), offsets);
  if (splits.length === 0 || (classes.length === 0 && typeof names !== "string")) return undefined;
  const count = values["nc"];
  const path = values["path"];
  return {
    ...(typeof path === "string" ? { path } : {}),
    splits,
    classes,
    ...(typeof names === "string" ? { namesFile: names } : {}),
    ...(typeof count === "number" ? { classCount: count } : {}),
    keypoints: values["kpt_shape"] !== undefined,
  };
}

function plainValues(root: YAMLMap, read: () => unknown): Readonly<Record<string, unknown>> | undefined {
  if (root.items.length === 0) return undefined;
  try {
    const values = read();
    return typeof values === "object" && values !== null ? (values as Record<string, unknown>) : undefined;
  } catch {
    // Aliases that multiply without end.
    return undefined;
  }
}

const splitKeys = [
  ["train", "train"],
  ["val", "val"],
  ["valid", "val"],
  ["validation", "val"],
  ["test", "test"],
] as const;

function splitsIn(root: YAMLMap, values: Readonly<Record<string, unknown>>, offsets: Offsets): YoloSplit[] {
  const splits = new Map<string, YoloSplit>();
  for (const [key, name] of splitKeys) {
    const value = values[key];
    const places = (Array.isArray(value) ? value : [value]).filter((place) => typeof place === "string");
    const given = places.map((place) => place.trim()).filter((place) => place !== "");
    const span = spanOf(root.get(key, true), offsets);
    if (given.length > 0 && span && !splits.has(name)) splits.set(name, { name, places: given, span });
  }
  return [...splits.values()];
}

function classesIn(names: unknown, node: unknown, offsets: Offsets): YoloClass[] {
  if (typeof names !== "object" || names === null) return [];
  const places = new Map<string, Span | undefined>();
  if (isMap(node)) for (const { key, value } of node.items) places.set(String(key), spanOf(value, offsets));
  else if (isSequence(node))
    for (const [i, item] of node.items.entries()) places.set(`${i}`, spanOf(item, offsets));
  return Object.entries(names).flatMap(([key, name]) => {
    if (!/^\d{1,7}$/.test(key)) return [];
    const span = places.get(key);
    return [{ id: Number(key), name: isPlain(name) ? String(name) : key, ...(span ? { span } : {}) }];
  });
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isSequence(node: unknown): node is { readonly items: readonly unknown[] } {
  return typeof node === "object" && node !== null && "items" in node && Array.isArray(node.items);
}

type Offsets = (character: number) => number;

function spanOf(node: unknown, offsets: Offsets): Span | undefined {
  const range = (node as YamlNode | undefined)?.range;
  if (!range) return undefined;
  const [start, end] = isScalar(node) || !isMap(node) ? range : [range[0], range[0] + 1];
  return { start: offsets(start), end: offsets(end) };
}

/** Bytes of a file before a character of its text. */
function byteOffsets(text: string): Offsets {
  const ascii = Buffer.byteLength(text) === text.length;
  return (character) => (ascii ? character : Buffer.byteLength(text.slice(0, character)));
}
