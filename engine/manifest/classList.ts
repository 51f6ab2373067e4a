/** Class names that stand in a file beside the manifest. */
import { basename } from "node:path";
import { labelMapItems } from "./labelMapItems.ts";
import type { ManifestSource } from "./manifest.ts";
import { byteOrderMark, decode } from "./scan/text.ts";

export interface ClassList {
  /** Name of the file, for messages. */
  readonly file: string;
  /** By label id. */
  readonly names: readonly string[];
}

const general = [
  "classes.txt",
  "class_names.txt",
  "classnames.txt",
  "class_list.txt",
  "classes.json",
  "class_names.json",
  "class_to_idx.json",
  "label_map.pbtxt",
  "labelmap.pbtxt",
  "label_map.txt",
  "label_map.json",
  "labelmap.txt",
  "label_names.txt",
  "categories.txt",
  "labels.txt",
];

/** The first class list beside the manifest that `fits` its labels; files named after the manifest come first. */
export async function classListBeside(
  source: ManifestSource,
  fits: (list: ClassList) => boolean,
): Promise<ClassList | undefined> {
  const files = [...ownNames(source.path), ...general].filter((file) => file !== basename(source.path));
  // Asked for together, as one file after the other waits for the disk each time.
  const contents = await Promise.all(files.map((file) => source.neighbour(file)));
  for (const [i, file] of files.entries()) {
    const bytes = contents[i];
    const names = bytes && parseClassList(file, decode(bytes, byteOrderMark(bytes)));
    if (names && fits({ file, names })) return { file, names };
  }
  return undefined;
}

/** `ImageNet_LT_train.txt` may have `ImageNet_LT_train_classes.txt`, `ImageNet_LT_classes.txt` or `ImageNet_classes.txt`. */
function ownNames(path: string): string[] {
  const words = basename(path)
    .replace(/\.gz$/i, "")
    .replace(/\.[^.]*$/, "")
    .split("_");
  const stems = words.map((_, i) => words.slice(0, words.length - i).join("_"));
  return [...new Set(stems)].slice(0, 6).map((stem) => `${stem}_classes.txt`);
}

/** Names by id, or undefined where the text is something else. */
export function parseClassList(file: string, text: string): readonly string[] | undefined {
  if (/\.json$/i.test(file)) return fromJson(text);
  if (/\.pbtxt$/i.test(file)) return fromLabelMap(text);
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1]?.trim() === "") lines.pop();
  if (lines.length === 0 || lines.some(isListedImage)) return undefined;
  return (
    numbered(lines, /^\s*(\d+)\s*[:,=\s]\s*(.*\S)\s*$/, 1, 2) ??
    numbered(lines, /^\s*(.*\S)[\s,:=]+(\d+)\s*$/, 2, 1) ??
    lines.map((line) => line.trim())
  );
}

/** A file of images with labels is a manifest, not a class list. */
function isListedImage(line: string): boolean {
  return /\.(jpe?g|png|bmp|tiff?|webp|gif)\b/i.test(line);
}

/** Names from lines that all hold an id and a name, the ids each once and without gaps. */
function numbered(lines: readonly string[], pattern: RegExp, id: number, name: number): string[] | undefined {
  const names: string[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    if (!match) return undefined;
    names[Number(match[id])] = match[name] ?? "";
  }
  const dense = names.length === lines.length && !names.includes(undefined as unknown as string);
  return dense ? names : undefined;
}

/** Label maps count from 1, as lists do that leave out the background; with gaps the ids are positions. */
function fromLabelMap(text: string): readonly string[] | undefined {
  const names = new Map(labelMapItems(text).map(({ id, name }) => [id ?? -1, name ?? String(id)]));
  names.delete(-1);
  if (names.size === 0) return undefined;
  const largest = Math.max(...names.keys());
  if (largest === names.size && !names.has(0))
    return Array.from({ length: largest }, (_, i) => names.get(i + 1) ?? "");
  return largest > 100_000
    ? undefined
    : Array.from({ length: largest + 1 }, (_, id) => names.get(id) ?? String(id));
}

function fromJson(text: string): readonly string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(parsed)) return parsed.every((name) => typeof name === "string") ? parsed : undefined;
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const entries = Object.entries(parsed);
  if (entries.length === 0) return undefined;
  return byId(entries.map(([id, name]) => [id, name])) ?? byId(entries.map(([name, id]) => [id, name]));
}

/** `{"0": "cat"}` and `{"cat": 0}` alike. */
function byId(pairs: readonly (readonly [unknown, unknown])[]): string[] | undefined {
  const names = new Map<number, string>();
  for (const [id, name] of pairs) {
    if (typeof name !== "string" || !/^\d+$/.test(String(id))) return undefined;
    names.set(Number(id), name);
  }
  const list = Array.from({ length: names.size }, (_, id) => names.get(id));
  return list.every((name) => name !== undefined) ? list : undefined;
}
