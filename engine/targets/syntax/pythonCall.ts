/** Sets keyword arguments of calls in Python scripts, in their style. */
import { lineEnding, lineStart } from "#engine/project/textEdits.ts";
import { type Call, child, type ParsedText, source } from "./python.ts";

/** The text with a keyword argument of a call set to a source text. */
export function withKeyword(python: ParsedText, call: Call, key: string, value: string): string {
  const { text } = python;
  const present = call.keywords.find((each) => each.key === key);
  if (present) {
    if (source(python, present.value) === value) return text;
    return text.slice(0, present.value.start) + value + text.slice(present.value.end);
  }
  const list = child(call.node, "arguments");
  if (!list) return text;
  const entry = `${key}=${value}`;
  const last = list.children.findLast(({ kind }) => kind !== "comment");
  if (!last) return `${text.slice(0, list.start + 1)}${entry}${text.slice(list.start + 1)}`;
  // A trailing comma, perhaps with a comment behind it, stays the last of its line.
  const rest = text.slice(last.end, list.end - 1);
  const comma = /^\s*,/.exec(rest)?.[0];
  const start = lineStart(text, last.start);
  const ownLine = start > list.start && text.slice(start, last.start).trim() === "";
  if (!ownLine) {
    const at = last.end + (comma?.length ?? 0);
    const tail = comma === undefined ? "" : ",";
    return `${text.slice(0, at)}${comma === undefined ? ", " : " "}${entry}${tail}${text.slice(at)}`;
  }
  const indent = text.slice(start, last.start);
  const newline = lineEnding(text);
  if (comma === undefined)
    return `${text.slice(0, last.end)},${newline}${indent}${entry}${text.slice(last.end)}`;
  const end = lineEndBefore(text, last.end + comma.length);
  return `${text.slice(0, end)}${newline}${indent}${entry},${text.slice(end)}`;
}

/** The end of a line, its line ending left out. */
function lineEndBefore(text: string, offset: number): number {
  const at = /\r?\n/.exec(text.slice(offset));
  return at ? offset + at.index : text.length;
}
