/** Which class the text under the cursor names. */
import type { Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ClassFrequency, Place, View } from "#protocol/analysis.ts";
import type { ClassPlace } from "./analyst.ts";

export interface LabelQuestion {
  /** As the analysis names it, such as `path-list`. */
  readonly format: string;
  /** The line of the cursor. */
  readonly line: string;
  readonly position: Position;
  readonly view: View;
  /** First places of the classes: they tell in which columns labels stand. */
  readonly places: readonly ClassPlace[];
  /** The text of a line of the document. */
  lineAt(line: number): string;
}

/** What tells which class the text at a position of a manifest names. */
export interface LabelFacts {
  readonly format: string;
  readonly view: View;
  readonly places: readonly ClassPlace[];
}

/**
 * Whether the first places of classes tell more than a line does: not in path lists, where the last word is the label, nor in
 * COCO, where keys tell, unless two classes share a name or one has none but its id. Finding places reads a long document
 * anew after each edit.
 */
export function needsPlaces(format: string, { classes }: View): boolean {
  if (format === "path-list") return false;
  if (format !== "coco" && format !== "lvis") return true;
  const names = new Set(classes.map(({ name }) => name));
  return names.size < classes.length || classes.some(({ id, name }) => name === String(id));
}

/** The class that a position of a manifest names. */
export function labelIn(
  document: TextDocument,
  position: Position,
  facts: LabelFacts,
): ClassFrequency | undefined {
  const lineAt = (line: number): string =>
    document
      .getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } })
      .replace(/\r?\n$/, "");
  return labelAt({ ...facts, line: lineAt(position.line), position, lineAt });
}

/** The class that the text under the cursor names, or undefined where it is something else. */
export function labelAt(question: LabelQuestion): ClassFrequency | undefined {
  const { line, position, view } = question;
  const own = question.places.find(({ place }) => contains(place, position));
  if (own) return view.classes[own.index];
  const json = jsonClassAt(line, position.character, view);
  if (json || question.format === "coco" || question.format === "lvis") return json;
  const cell = cellIn(question, line, position.character);
  if (!cell || !labelColumns(question).has(cell.column)) return undefined;
  return classNamed(view, cell.text);
}

function contains(place: Place, { line, character }: Position): boolean {
  const onLine = line + 1 === place.line && line + 1 === place.endLine;
  return onLine && character + 1 >= place.column && character + 1 <= place.endColumn;
}

/** Characters to each side of the cursor that are looked at: a JSON file of many megabytes may be one line. */
const jsonReach = 2_000;

/** In COCO: the number after `category_id`, or a class name after `name`. */
function jsonClassAt(line: string, character: number, view: View): ClassFrequency | undefined {
  const pattern = /"(category_id|name)"\s*:\s*(?:(-?\d+)|"((?:[^"\\]|\\.)*)")/g;
  const from = Math.max(0, character - jsonReach);
  for (const match of line.slice(from, character + jsonReach).matchAll(pattern)) {
    const start = from + match.index;
    if (character < start || character > start + match[0].length) continue;
    const [, key, number, text] = match;
    if (key === "category_id" && number !== undefined) return classWithId(view, Number(number));
    if (key === "name" && text !== undefined)
      return view.classes.find(({ name }) => name === unescapeJson(text));
  }
  return undefined;
}

function unescapeJson(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function classWithId(view: View, id: number): ClassFrequency | undefined {
  return view.classes.find((each) => each.id === id);
}

function classNamed(view: View, text: string): ClassFrequency | undefined {
  const named = view.classes.find(({ name }) => name === text);
  if (named || !/^\d+$/.test(text)) return named;
  const number = Number(text);
  return view.classes.find(({ id, index }) => (id === undefined ? index === number : id === number));
}

/** The columns in which some class first stands. In a path list, whose paths may hold spaces, it is the last one. */
export function labelColumns(question: Pick<LabelQuestion, "format" | "places" | "lineAt">): Set<number> {
  // In a list of paths it is the last word of each line, also where no places are known, as in a very long document.
  if (question.format === "path-list") return new Set([lastWord]);
  const columns = new Set<number>();
  for (const { place } of question.places.slice(0, 64)) {
    const cell = cellIn(question, question.lineAt(place.line - 1), place.column - 1);
    if (cell) columns.add(cell.column);
  }
  return columns;
}

/** The column of the last part of a line that is divided by spaces. */
const lastWord = -1;

interface Cell {
  readonly text: string;
  /** From 0, or {@link lastWord}. */
  readonly column: number;
}

function cellIn(
  { format, lineAt }: Pick<LabelQuestion, "format" | "lineAt">,
  line: string,
  character: number,
): Cell | undefined {
  return format === "path-list"
    ? lastWordAt(line, character)
    : cellAt(line, character, delimiterOf(lineAt(0)));
}

/** The delimiter of a table, by its first row: the names of columns seldom hold another one. */
export function delimiterOf(header: string): string {
  const counts = ["\t", ",", ";"].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).delimiter;
}

function cellAt(line: string, character: number, delimiter: string): Cell | undefined {
  let column = 0;
  let start = 0;
  for (let i = 0, quoted = false; i <= line.length; i++) {
    if (line[i] === '"') quoted = !quoted;
    if (i < line.length && (quoted || line[i] !== delimiter)) continue;
    if (character <= i) return { text: partAt(line.slice(start, i), character - start), column };
    column++;
    start = i + 1;
  }
  return undefined;
}

function lastWordAt(line: string, character: number): Cell | undefined {
  const match = /(\S+)\s*$/.exec(line);
  const word = match?.[1];
  if (!match || word === undefined || character < match.index || character > match.index + word.length) {
    return undefined;
  }
  return { text: word, column: lastWord };
}

/** The label under the cursor in a cell that may hold several, as in `cat|dog`. */
function partAt(cell: string, character: number): string {
  const from = cell.lastIndexOf("|", character - 1) + 1;
  const to = cell.indexOf("|", character);
  return cell
    .slice(from, to < 0 ? undefined : to)
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replaceAll('""', '"')
    .trim();
}
