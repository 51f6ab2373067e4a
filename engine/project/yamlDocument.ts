/** A YAML text with its nodes, and the smallest edits to settings in it. */

import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
} from "yaml";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { unreadableReason } from "./limits.ts";
import { lineEnd, lineEnding, lineStart, type TextEdit } from "./textEdits.ts";

export type SettingValue = string | number | boolean;

export interface YamlDocument {
  readonly text: string;
  readonly document: Document.Parsed;
  /** The top-level mapping, or undefined where the text has comments only. */
  readonly root: YAMLMap | undefined;
  readonly newline: string;
  readonly indent: string;
}

/**
 * Parses a text to edit. Throws `settings/invalid` where it is no YAML mapping, as an edit could break more. `name` is
 * what a message calls the file; other programs' files may have a key twice (`lax`).
 */
export function openYaml(text: string, name = "equipoise.yaml", lax = false): YamlDocument {
  const unreadable = unreadableReason(text);
  if (unreadable) throw new EquipoiseError("settings/invalid", t`${unreadable} Nothing was changed.`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
    keepSourceTokens: true,
    uniqueKeys: !lax,
  });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new EquipoiseError(
      "settings/invalid",
      t`${name} is not valid YAML at line ${line}. Mend it first; nothing was changed.`,
    );
  }
  const { contents } = document;
  const root = isMap(contents) ? contents : undefined;
  if (!root && !(contents === null || (isScalar(contents) && contents.value === null))) {
    throw new EquipoiseError(
      "settings/invalid",
      t`${name} is not a mapping of settings. Mend it first; nothing was changed.`,
    );
  }
  return { text, document, root, newline: lineEnding(text), indent: indentOf(text, root) };
}

/** The pair with this key, or undefined. */
export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Where a node starts and where its last character is; undefined for nodes that are not in the text. */
export function extent(node: unknown): { readonly start: number; readonly end: number } | undefined {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}

/** A value as YAML text on one line, quoted only where it must be or where the old one was. */
export function scalarText(value: SettingValue, old?: unknown): string {
  if (typeof value !== "string") return stringify(value).trim();
  const quoted = isScalar(old) && (old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE);
  const style = quoted && old.type !== undefined ? { defaultStringType: old.type as "QUOTE_DOUBLE" } : {};
  return stringify(value, { lineWidth: 0, ...style }).trim();
}

/** The edit that makes a scalar say this; none where it does already. */
export function scalarEdit(node: Scalar, value: SettingValue): TextEdit[] {
  const at = extent(node);
  if (!at) throw new Error("expected a node of the text");
  return node.value === value ? [] : [{ ...at, newText: scalarText(value, node) }];
}

/** The edit that removes a pair of a block mapping with its lines. */
export function removalEdit({ text }: YamlDocument, pair: Pair): TextEdit[] {
  const key = extent(pair.key);
  if (!key) return [];
  return [{ start: lineStart(text, key.start), end: lineEnd(text, lastOffset(pair)), newText: "" }];
}

/** The edit that puts lines after the pair of a block mapping that ends last. */
export function insertionAfter(
  { text, newline }: YamlDocument,
  pair: Pair,
  lines: readonly string[],
): TextEdit[] {
  const at = lineEnd(text, lastOffset(pair));
  const before = at > 0 && text[at - 1] !== "\n" ? newline : "";
  return [{ start: at, end: at, newText: before + lines.map((line) => line + newline).join("") }];
}

/** Offset of the last character of a pair, so that the line it is on can be found. */
function lastOffset(pair: Pair): number {
  return Math.max(0, (endOf(pair) ?? 1) - 1);
}

/** A block collection's own range reaches to the next key, comments between included; its last item's does not. */
function endOf(node: unknown): number | undefined {
  if (isPair(node)) return endOf(node.value) ?? endOf(node.key);
  if (isCollection(node) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1));
  if (isScalar(node) && isEmpty(node)) return undefined;
  return extent(node)?.end;
}

/** Whether a scalar is a value that was left out. */
export function isEmpty(node: Scalar): boolean {
  return node.value === null && (node.source === undefined || node.source === "");
}

/** The spaces in front of a pair. */
export function indentation({ text }: YamlDocument, pair: Pair): string {
  const start = extent(pair.key)?.start ?? 0;
  return text.slice(lineStart(text, start), start).replace(/[^ ]/g, " ");
}

function indentOf(text: string, root: YAMLMap | undefined): string {
  for (const pair of root?.items ?? []) {
    const inner = isMap(pair.value) && !pair.value.flow ? extent(pair.value) : undefined;
    if (inner) return text.slice(lineStart(text, inner.start), inner.start).replace(/[^ ]/g, " ");
  }
  return "  ";
}
