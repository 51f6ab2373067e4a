/** Reads and sets values by path in YAML configurations of other programs; comments, anchors and style stay. */
import { isAlias, isMap, isPair, isScalar, isSeq, type Pair, Scalar, type YAMLMap } from "yaml";
import { applyEdits, lineEnd, lineStart, type TextEdit } from "#engine/project/textEdits.ts";
import {
  extent,
  indentation,
  insertionAfter,
  isEmpty,
  openYaml,
  pairOf,
  scalarText,
  type YamlDocument,
} from "#engine/project/yamlDocument.ts";

/** Keys, and positions in lists. */
export type YamlPath = readonly (string | number)[];

/** Text that is written as it stands, such as `True` or `*num_classes`. */
export interface Raw {
  readonly raw: string;
}

export type YamlValue =
  | string
  | number
  | boolean
  | Raw
  | readonly (string | number | Raw)[]
  | { readonly [key: string]: YamlValue };

/** The text as YAML. Throws `settings/invalid` where it is none, or no mapping. */
export function readYaml(text: string): YamlDocument {
  return openYaml(text, "This file", true);
}

/** The node at a path, behind aliases; undefined where there is none. */
export function nodeAt(yaml: YamlDocument, path: YamlPath): unknown {
  let node: unknown = yaml.root;
  for (const key of path) {
    node = behind(yaml, node);
    if (isMap(node) && typeof key === "string") node = pairOf(node, key)?.value;
    else if (isSeq(node) && typeof key === "number") node = node.items[key];
    else return undefined;
  }
  return behind(yaml, node) ?? undefined;
}

/** The value at a path as plain data; undefined where there is none. */
export function valueAt(yaml: YamlDocument, path: YamlPath): unknown {
  const node = nodeAt(yaml, path);
  if (isScalar(node)) return node.value ?? undefined;
  return isMap(node) || isSeq(node) ? node.toJS(yaml.document) : undefined;
}

/** The number at a path, also where it is written in a way that YAML calls a string, as `1e-3`. */
export function yamlNumber(yaml: YamlDocument, path: YamlPath): number | undefined {
  const value = valueAt(yaml, path);
  if (typeof value === "number") return value;
  return typeof value === "string" && /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(value) ? Number(value) : undefined;
}

export function yamlString(yaml: YamlDocument, path: YamlPath): string | undefined {
  const value = valueAt(yaml, path);
  return typeof value === "string" ? value : undefined;
}

function behind(yaml: YamlDocument, node: unknown): unknown {
  return isAlias(node) ? node.resolve(yaml.document) : node;
}

/** The range of the value at a path as it is written, an alias included. */
export function rangeAt(
  yaml: YamlDocument,
  path: YamlPath,
): { readonly start: number; readonly end: number } | undefined {
  const parent = nodeAt(yaml, path.slice(0, -1));
  const key = path.at(-1);
  if (isMap(parent) && typeof key === "string") {
    const pair = pairOf(parent, key);
    return extent(pair?.value) ?? extent(pair?.key);
  }
  return isSeq(parent) && typeof key === "number" ? extent(parent.items[key]) : undefined;
}

/** Where the key at a path starts, or the item of a list. */
export function keyStart(yaml: YamlDocument, path: YamlPath): number | undefined {
  const parent = nodeAt(yaml, path.slice(0, -1));
  const key = path.at(-1);
  if (isMap(parent) && typeof key === "string") return extent(pairOf(parent, key)?.key)?.start;
  return rangeAt(yaml, path)?.start;
}

/**
 * The text with a value at a path of keys; what is there already goes where it differs. Undefined where a list or a
 * scalar stands in the way.
 */
export function withValue(text: string, path: YamlPath, value: YamlValue): string | undefined {
  const yaml = readYaml(text);
  const present = nodeAt(yaml, path);
  if (present !== undefined && JSON.stringify(valueAt(yaml, path)) === JSON.stringify(plain(value)))
    return text;
  const parent = path.length === 1 ? yaml.root : nodeAt(yaml, path.slice(0, -1));
  const key = path.at(-1);
  if (isMap(parent) && typeof key === "string") {
    const pair = pairOf(parent, key);
    const edits = pair ? replacement(yaml, pair, key, value) : addition(yaml, parent, key, value);
    return edits && applyEdits(text, edits);
  }
  if (path.length === 1) return typeof key === "string" ? appended(yaml, key, value) : undefined;
  if (typeof key !== "string") return undefined;
  const missing = parent === undefined || (isScalar(parent) && isEmpty(parent));
  return missing ? withValue(text, path.slice(0, -1), { [key]: value }) : undefined;
}

/** The text without the key at a path. */
export function withoutKey(text: string, path: YamlPath): string {
  const yaml = readYaml(text);
  const parent = path.length === 1 ? yaml.root : nodeAt(yaml, path.slice(0, -1));
  const key = path.at(-1);
  const pair = isMap(parent) && typeof key === "string" ? pairOf(parent, key) : undefined;
  const place = extent(pair?.key);
  if (!pair || !place || !isMap(parent) || parent.flow) return text;
  return text.slice(0, lineStart(text, place.start)) + text.slice(lineEnd(text, endOfNode(pair)));
}

function plain(value: YamlValue): unknown {
  if (typeof value !== "object") return value;
  if (isRaw(value)) return rawValue(value.raw);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each as YamlValue)]));
}

function rawValue(raw: string): unknown {
  return raw === "True" ? true : raw === "False" ? false : Number.isNaN(Number(raw)) ? raw : Number(raw);
}

function isRaw(value: object): value is Raw {
  return "raw" in value;
}

function replacement(yaml: YamlDocument, pair: Pair, key: string, value: YamlValue): TextEdit[] | undefined {
  const { value: old } = pair;
  const at = extent(old);
  const inLine = !isBlock(value);
  // A value that is left out has no place of its own: the whole line is written anew.
  const flowing = at && inLine && !(isScalar(old) && isEmpty(old)) && !isBlockNode(old);
  if (flowing) {
    const quoted = isScalar(old) && typeof value === "string" ? scalarText(value, old) : undefined;
    return [{ ...at, newText: quoted ?? inLineText(value) }];
  }
  const start = extent(pair.key)?.start;
  if (start === undefined) return undefined;
  const { text, newline } = yaml;
  const end = endOfNode(pair);
  const indent = indentation(yaml, pair);
  const [first] = isMap(old) && !old.flow ? old.items : [];
  const step = first ? indentation(yaml, first).slice(indent.length) : stepOf(yaml);
  const written = lines(key, value, indent, step).join(newline).slice(indent.length);
  return [
    {
      start,
      end: Math.max(end, extent(pair.key)?.end ?? end) + (text[end] === ":" ? 1 : 0),
      newText: written,
    },
  ];
}

function addition(yaml: YamlDocument, map: YAMLMap, key: string, value: YamlValue): TextEdit[] | undefined {
  const last = map.items.at(-1);
  if (map.flow) {
    const at = extent(map);
    if (!at || isBlock(value)) return undefined;
    const inner = yaml.text.slice(at.start + 1, at.end - 1);
    const before = inner.trim() === "" ? "" : ", ";
    const start = at.start + 1 + inner.trimEnd().length;
    return [{ start, end: start, newText: `${before}${key}: ${inLineText(value)}` }];
  }
  if (!last) return undefined;
  return insertionAfter(yaml, last, lines(key, value, indentation(yaml, last), stepOf(yaml)));
}

/** One space is rarely meant for the whole file. */
function stepOf({ indent }: YamlDocument): string {
  return indent.length < 2 ? "  " : indent;
}

function appended(yaml: YamlDocument, key: string, value: YamlValue): string {
  const { text, newline } = yaml;
  const before = text === "" || text.endsWith("\n") ? "" : newline;
  return `${text}${before}${lines(key, value, "", stepOf(yaml)).join(newline)}${newline}`;
}

/** The lines of a key with its value. */
function lines(key: string, value: YamlValue, indent: string, step: string): string[] {
  if (!isBlock(value)) return [`${indent}${scalarText(key)}: ${inLineText(value)}`];
  const below = Object.entries(value).flatMap(([name, each]) => lines(name, each, indent + step, step));
  return [`${indent}${scalarText(key)}:`, ...below];
}

function isBlock(value: YamlValue): value is { readonly [key: string]: YamlValue } {
  return typeof value === "object" && !Array.isArray(value) && !isRaw(value);
}

function isBlockNode(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && !node.flow;
}

/** A value on one line. */
export function inLineText(value: YamlValue): string {
  if (typeof value !== "object") return scalarText(value);
  if (isRaw(value)) return value.raw;
  if (Array.isArray(value)) return `[${value.map((each) => inLineText(each as YamlValue)).join(", ")}]`;
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${inLineText(each as YamlValue)}`);
  return `{${entries.join(", ")}}`;
}

/** The end of the last thing in a pair or list; block collections claim more than that. */
function endOfNode(start: unknown): number {
  let node = start;
  let end = 0;
  for (;;) {
    if (isPair(node)) {
      end = Math.max(end, extent(node.key)?.end ?? 0);
      node = node.value;
    } else if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) {
      node = node.items.at(-1);
    } else {
      const own = node instanceof Scalar && isEmpty(node) ? undefined : extent(node)?.end;
      return own ?? end;
    }
  }
}

/** The text with one more item at the end of the list at a path; undefined where no list is there. */
export function withItem(
  text: string,
  path: YamlPath,
  item: { readonly [key: string]: YamlValue },
): string | undefined {
  const yaml = readYaml(text);
  const list = nodeAt(yaml, path);
  if (list === undefined && path.length === 1) {
    const before = text === "" || text.endsWith("\n") ? "" : yaml.newline;
    const written = itemLines(item, stepOf(yaml), stepOf(yaml)).join(yaml.newline);
    return `${text}${before}${String(path[0])}:${yaml.newline}${written}${yaml.newline}`;
  }
  if (!isSeq(list) || list.flow) return undefined;
  const start = extent(list.items.at(-1))?.start;
  if (start === undefined) return undefined;
  const dash = /^[ \t]*/.exec(text.slice(lineStart(text, start)))?.[0] ?? "";
  const at = lineEnd(text, Math.max(0, endOfNode(list) - 1));
  const before = at > 0 && text[at - 1] !== "\n" ? yaml.newline : "";
  const written = itemLines(item, dash, stepOf(yaml)).join(yaml.newline);
  return `${text.slice(0, at)}${before}${written}${yaml.newline}${text.slice(at)}`;
}

function itemLines(item: { readonly [key: string]: YamlValue }, indent: string, step: string): string[] {
  const below = Object.entries(item).flatMap(([key, value]) => lines(key, value, `${indent}  `, step));
  return below.map((line, index) => (index === 0 ? `${indent}- ${line.trimStart()}` : line));
}
