/** Puts a `dict(...)` at a dotted path of a Python configuration, in its style. */
import { lineEnding, lineStart } from "#engine/project/textEdits.ts";
import { elements, entriesOf, type ParsedText, parsePython, type SyntaxNode, source } from "./python.ts";
import { readsBase, type Setting, settingAt, settingsOf } from "./pythonSettings.ts";
import { compact, dictText, indentAt, inQuotesOf, type PythonSetting, quoteOf } from "./pythonText.ts";

/** The settings of a dictionary in the place of everything that is at its path now. */
export interface DictAtPath {
  readonly path: string;
  readonly settings: readonly PythonSetting[];
}

/** Writes a value for a line with an indentation; `merged` says whether it is merged into what is inherited. */
type Writer = (merged: boolean, indent: string) => string;

/**
 * The text with the dictionary in it. What is inherited below it is dropped (`_delete_=True`). Undefined where an
 * expression stands on the way that cannot be changed from outside, such as `model = make_model()`.
 */
export function withDict(text: string, { path, settings }: DictAtPath): string | undefined {
  return withWritten(text, path, (merged, indent) => withMarker(text, settings, merged, indent));
}

/** The same for a list, whose text stands as it is but for its indentation; it replaces an inherited one by itself. */
export function withList(text: string, path: string, list: string): string | undefined {
  return withWritten(text, path, (_, indent) => list.replaceAll("\n", `\n${indent}`));
}

/** The same for a value of one line. */
export function withValue(text: string, path: string, value: string): string | undefined {
  return withWritten(text, path, () => value);
}

function withWritten(text: string, path: string, write: Writer): string | undefined {
  const python = parsePython(text);
  const settings = settingsOf(python);
  const present = settingAt(settings, path);
  if (present) return replaced(python, present, write);
  const keys = path.split(".");
  for (let length = keys.length - 1; length > 0; length--) {
    const outer = settingAt(settings, keys.slice(0, length).join("."));
    if (!outer) continue;
    const inner = keys.slice(length);
    if (elements(outer.value) || !entriesOf(python, outer.value) || inner.some((key) => /^\d/.test(key)))
      return undefined;
    return inside(python, outer, inner, write);
  }
  return keys.some((key) => /^\d/.test(key)) ? undefined : appended(python, keys, write);
}

function replaced(python: ParsedText, present: Setting, write: Writer): string {
  const { text } = python;
  const { value, start, merged } = present;
  const written = write(merged, indentAt(text, start));
  if (compact(source(python, value)) === compact(written)) return text;
  return text.slice(0, value.start) + written + text.slice(value.end);
}

function withMarker(
  text: string,
  settings: readonly PythonSetting[],
  merged: boolean,
  indent: string,
): string {
  const all: readonly PythonSetting[] = merged ? [["_delete_", "True"], ...settings] : settings;
  return dictText(text, indent, inQuotesOf(text, all));
}

/** Puts `a=dict(b=dict(...))` first into a mapping, on lines of its own where the mapping has several. */
function inside(
  python: ParsedText,
  { value, merged }: Setting,
  keys: readonly string[],
  write: Writer,
): string {
  const { text } = python;
  const [first] = entriesOf(python, value) ?? [];
  const newline = lineEnding(text);
  const open = openingOf(text, value);
  const ownLine = first !== undefined && lineStart(text, first.start) > open;
  const indent = indentAt(text, first?.start ?? open);
  const [outermost = "", ...others] = keys;
  const whole = nested(others, write(merged, indent));
  const quote = quoteOf(text);
  const entry =
    value.kind === "dictionary" ? `${quote}${outermost}${quote}: ${whole}` : `${outermost}=${whole}`;
  const at = first ? (ownLine ? aboveComments(text, first.start) : first.start) : open;
  const after = first ? (ownLine ? `,${newline}${indent}` : ", ") : "";
  return text.slice(0, at) + entry + after + text.slice(at);
}

/** The start of the comments that stand on lines of their own right above an offset, as they belong to what is there. */
function aboveComments(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    const start = lineStart(text, at);
    const above = text.slice(lineStart(text, Math.max(0, start - 1)), start);
    const indent = /^([ \t]*)#/.exec(above)?.[1];
    if (start === 0 || indent === undefined) return at;
    at = start - above.length + indent.length;
  }
}

function openingOf(text: string, value: SyntaxNode): number {
  return value.kind === "dictionary" ? value.start + 1 : text.indexOf("(", value.start) + 1;
}

/** `a=dict(b=dict(...))` for the keys below the first. */
function nested(keys: readonly string[], innermost: string): string {
  return keys.reduceRight((value, key) => `dict(${key}=${value})`, innermost);
}

/** Adds a statement at the end of the file. */
function appended(python: ParsedText, keys: readonly string[], write: Writer): string {
  const { text } = python;
  const newline = lineEnding(text);
  const [name = "", ...others] = keys;
  const value = nested(others, write(true, ""));
  const statement = readsBase(python) ? `${name}.merge(${value})` : `${name} = ${value}`;
  const gap = text === "" || text.endsWith(newline) ? newline : newline + newline;
  return `${text}${gap}${statement}${newline}`;
}
