/** Every place of a manifest that names a class, so that it can be renamed; or why that is not safe. */

import type { Range, TextEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { scalarText } from "#engine/project/yamlDocument.ts";
import { formatCount } from "#engine/statistics/format.ts";
import type { ClassFrequency, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { ClassPlace } from "./analyst.ts";
import { delimiterOf, labelColumns } from "./labelAt.ts";
import { toRange } from "./toLsp.ts";

export interface RenameQuestion {
  readonly text: string;
  readonly format: string;
  readonly view: View;
  readonly places: readonly ClassPlace[];
  readonly found: ClassFrequency;
}

/** A reason not to, as a sentence for the user. */
export interface Refused {
  readonly refused: string;
}

/** More edits than this make an editor stand still. */
const mostEdits = 200_000;

/** The edits that give a class another name in its manifest. */
export function renameEdits(question: RenameQuestion, newName: string): readonly TextEdit[] | Refused {
  const { format, found, view } = question;
  const spread = spreadOut[format]?.();
  if (spread) return { refused: spread };
  if (found.count > mostEdits && format !== "coco" && format !== "lvis")
    return {
      refused: t`${found.name} stands on ${formatCount(found.count)} lines: too many for one edit. Use a script.`,
    };
  if (format === "coco" || format === "lvis") return jsonEdits(question, newName);
  if (format === "path-list") return listEdits(question, newName);
  if (format === "csv" && view.basis === "images") return tableEdits(question, newName);
  if (format === "jsonl" || format === "json-samples") return recordEdits(question, newName);
  if (format === "yolo") return declaredEdits(question, yamlName(newName));
  if (format === "label-map") return declaredEdits(question, JSON.stringify(newName));
  return { refused: t`Classes of a file of this format (${format}) cannot be renamed here.` };
}

/** Formats whose names stand in many files, or where files lie: why an edit of one document is not enough. */
const spreadOut: Readonly<Record<string, () => string>> = {
  voc: () =>
    t`Each XML file names the classes of its objects: all that have it would have to change at once. Use a script.`,
  cvat: () =>
    t`CVAT names the class at its label and at each shape. Rename the label in CVAT and export again.`,
  "label-studio": () =>
    t`Label Studio names the class in each result and in its configuration. Rename it there and export again.`,
  "image-folder": () => t`The name of this class is that of its folder. Rename the folder.`,
};

/** A name that is declared in one place, which the manifest refers to by number everywhere else. */
function declaredEdits(
  { text, places, found }: RenameQuestion,
  newText: string,
): readonly TextEdit[] | Refused {
  const place = places.find(({ index }) => index === found.index)?.place;
  const range = place && toRange(place);
  const written = range && TextDocument.create("", "", 0, text).getText(range);
  if (!range || written?.replace(/^(["'])(.*)\1$/s, "$2") !== found.name)
    return { refused: t`The place that names ${found.name} was not found in the file.` };
  return [{ range, newText }];
}

/** A name as YAML, also inside of brackets. */
function yamlName(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u.test(name) ? scalarText(name) : JSON.stringify(name);
}

/** In records of JSON the name is the value of one member, in each record of the class. */
function recordEdits(
  { text, places, found, view }: RenameQuestion,
  newName: string,
): readonly TextEdit[] | Refused {
  const document = TextDocument.create("", "", 0, text);
  const place = places.find(({ index }) => index === found.index)?.place;
  const start = place ? document.offsetAt(toRange(place).start) : 0;
  const member = /("(?:[^"\\]|\\.)*")\s*:\s*$/.exec(text.slice(Math.max(0, start - 200), start))?.[1];
  if (!place || member === undefined)
    return { refused: t`The labels of these records are lists: rename ${found.name} by hand.` };
  const escaped = (part: string): string => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const value = JSON.stringify(found.name);
  const pattern = new RegExp(`${escaped(member)}\\s*:\\s*(${escaped(value)})`, "g");
  const edits = [...text.matchAll(pattern)].map((match) => {
    const end = match.index + match[0].length;
    const range = { start: document.positionAt(end - value.length), end: document.positionAt(end) };
    return { range, newText: JSON.stringify(newName) };
  });
  return checked(edits, found, view);
}

/** In COCO a class has its name in one place: its category. */
function jsonEdits({ text, places, found }: RenameQuestion, newName: string): readonly TextEdit[] | Refused {
  const place = places.find(({ index }) => index === found.index)?.place;
  const document = TextDocument.create("", "", 0, text);
  const range = place && toRange(place);
  const member = range && /^("name"\s*:\s*)?("(?:[^"\\]|\\.)*")$/s.exec(document.getText(range));
  if (!range || !member)
    return { refused: t`The category that names ${found.name} was not found in the file.` };
  const end = document.offsetAt(range.end);
  const start = end - (member[2]?.length ?? 0);
  const value = { start: document.positionAt(start), end: document.positionAt(end) };
  return [{ range: value, newText: JSON.stringify(newName) }];
}

function listEdits({ text, found, view }: RenameQuestion, newName: string): readonly TextEdit[] | Refused {
  if (/^\d+$/.test(found.name) || found.name !== lastWordOfFirst(text, found))
    return { refused: t`The labels of this list are numbers: ${found.name} has its name in another file.` };
  if (/\s/.test(newName)) return { refused: t`In a list of paths a label is one word, without spaces.` };
  if (/^\d+$/.test(newName))
    return { refused: t`A number for a name would make the labels of this list numbers.` };
  const edits = eachLine(text).flatMap(({ line, content }) => {
    const start = content.trimEnd().length - found.name.length;
    const isLabel = content.trimEnd().endsWith(found.name) && /\s/.test(content[start - 1] ?? "");
    return isLabel ? [edit(line, start, start + found.name.length, newName)] : [];
  });
  return checked(edits, found, view);
}

/** The class's name where the list has labels as words, else undefined. */
function lastWordOfFirst(text: string, { name }: ClassFrequency): string | undefined {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`\\s${escaped}[ \\t]*\\r?$`, "m").test(text) ? name : undefined;
}

function tableEdits(question: RenameQuestion, newName: string): readonly TextEdit[] | Refused {
  const { text, found, view } = question;
  if (/["\r\n|;,\t]/.test(newName) || newName !== newName.trim())
    return {
      refused: t`In a table a name here is without quotes, commas, semicolons, bars, tabs and outer spaces.`,
    };
  const lines = eachLine(text);
  const lineAt = (line: number): string => lines[line]?.content ?? "";
  const columns = labelColumns({ ...question, lineAt });
  const delimiter = delimiterOf(lineAt(0));
  const edits = lines.flatMap(({ line, content }) =>
    cellsOf(content, delimiter)
      .filter((_, column) => columns.has(column))
      .flatMap(({ start, end }) => partsNamed(content.slice(start, end), found.name).map((at) => start + at))
      .map((start) => edit(line, start, start + found.name.length, newName)),
  );
  return checked(edits, found, view);
}

/** Places were found by their look; only where they are as many as were counted are they all of them and no others. */
function checked(
  edits: readonly TextEdit[],
  found: ClassFrequency,
  view: View,
): readonly TextEdit[] | Refused {
  const expected = view.basis === "images" ? found.count : (found.images ?? found.count);
  if (edits.length === expected) return edits;
  return {
    refused: t`${found.name} was counted ${formatCount(expected)} times and found ${formatCount(edits.length)} times: rename it by hand.`,
  };
}

function cellsOf(content: string, delimiter: string): { readonly start: number; readonly end: number }[] {
  const cells: { start: number; end: number }[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= content.length; i++) {
    if (content[i] === '"') quoted = !quoted;
    if (i < content.length && (quoted || content[i] !== delimiter)) continue;
    cells.push({ start, end: i });
    start = i + 1;
  }
  return cells;
}

/** Offsets of a name among the labels of a cell, which may hold several, as in `cat|dog`. */
function partsNamed(cell: string, name: string): number[] {
  const found: number[] = [];
  let start = 0;
  for (const part of cell.split("|")) {
    const lead = /^[\s"]*/.exec(part)?.[0].length ?? 0;
    if (part.slice(lead).replace(/[\s"]+$/, "") === name) found.push(start + lead);
    start += part.length + 1;
  }
  return found;
}

function eachLine(text: string): { readonly line: number; readonly content: string }[] {
  return text.split("\n").map((content, line) => ({ line, content: content.replace(/\r$/, "") }));
}

function edit(line: number, from: number, to: number, newText: string): TextEdit {
  const range: Range = { start: { line, character: from }, end: { line, character: to } };
  return { range, newText };
}
