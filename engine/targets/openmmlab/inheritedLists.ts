/** Copies inherited lists of heads or losses into the file that inherits them, as a list is overwritten as a whole. */
import { applyEdits, lineEnding, type TextEdit } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import { refusal } from "../pythonAnswer.ts";
import { lineEdits } from "../syntax/lineEdits.ts";
import {
  elements,
  entriesOf,
  type ParsedText,
  parsePython,
  resolved,
  type SyntaxNode,
  source,
  walk,
} from "../syntax/python.ts";
import { withList } from "../syntax/pythonInsert.ts";
import { settingAt, settingsOf } from "../syntax/pythonSettings.ts";
import { indentAt } from "../syntax/pythonText.ts";
import type { TargetAnswer, TargetChange } from "../target.ts";
import type { Reason } from "../weights.ts";

/** The answer of `insert` for a text that has the lists at `paths` from its bases first, where these have lists there. */
export function insertWithLists(
  text: string,
  paths: readonly string[],
  change: TargetChange,
  insert: (text: string) => TargetAnswer,
): TargetAnswer {
  const notes: string[] = [];
  let whole = text;
  for (const path of paths) {
    const copied = withInheritedList(whole, path, change.inherited ?? [], change.provenance.classes.length);
    if (!copied) continue;
    if ("reason" in copied) return refusal(copied.reason);
    whole = copied.text;
    notes.push(t`${path} was copied from its base, as a list is overwritten as a whole.`);
    if (copied.otherClasses !== undefined)
      notes.push(
        t`The copied heads have the classes of the manifest, the base had ${copied.otherClasses}; see to mask_head where there is one.`,
      );
  }
  const answer = insert(whole);
  if (answer.kind === "refusal" || whole === text) return answer;
  return { ...answer, edits: lineEdits(text, answer.text), notes: [...answer.notes, ...notes] };
}

interface Copied {
  /** The list; with what stands around it where it is in its place. */
  readonly text: string;
  /** How many classes the heads had before; undefined where it was the same or not stated. */
  readonly otherClasses?: number;
}

/**
 * The text with the list that its nearest base has at `path`, its heads with this number of classes; undefined where the
 * text has heads of its own or the bases have no list. Why not, where the list cannot stand in another file.
 */
function withInheritedList(
  text: string,
  path: string,
  bases: readonly string[],
  classes: number,
): Copied | Reason | undefined {
  const own = settingsOf(parsePython(text));
  if (own.some((each) => each.path === path || each.path.startsWith(`${path}.`))) return undefined;
  for (const base of bases) {
    const python = parsePython(base);
    const found = settingAt(settingsOf(python), path);
    if (!found) continue;
    if (found.value.kind === "list_comprehension")
      return {
        reason: t`${path} is a list that a base makes by code, and a list is overwritten as a whole. Write it with all its parts into this file first; nothing was changed.`,
      };
    if (!elements(found.value)) return undefined;
    const copied = copyOf(python, found.value, path, classes);
    if ("reason" in copied) return copied;
    const ending = lineEnding(text);
    const list = dedented(copied.text, indentAt(base, found.value.start));
    const written = withList(text, path, list);
    if (written === undefined) {
      return {
        reason: t`${path} is made by code here that cannot be changed safely. Write it as dict(...) first; nothing was changed.`,
      };
    }
    return { ...copied, text: ending === "\n" ? written : written.replace(/\r?\n/g, ending) };
  }
  return undefined;
}

/** The source of a list with names replaced by what its file says of them, and with this number of classes. */
function copyOf(python: ParsedText, list: SyntaxNode, path: string, classes: number): Copied | Reason {
  const edits: TextEdit[] = [];
  let otherClasses: number | undefined;
  for (const head of elements(list) ?? []) {
    const count = entriesOf(python, head)?.find(({ key }) => key === "num_classes")?.value;
    if (!count) continue;
    const stated = Number(source(python, resolved(python, count)));
    if (stated !== classes && Number.isInteger(stated)) otherClasses = stated;
    edits.push({ start: count.start, end: count.end, newText: String(classes) });
  }
  for (const node of namesIn(python, list)) {
    if (edits.some(({ start, end }) => start <= node.start && node.end <= end)) continue;
    const value = resolved(python, node);
    if (value === node || namesIn(python, value).length > 0) {
      return {
        reason: t`${path} is a list in a base that uses the name ${source(python, node)} of its own file, so it cannot be copied from there. Write it with all its parts into this file first; nothing was changed.`,
      };
    }
    edits.push({ start: node.start, end: node.end, newText: source(python, value) });
  }
  const within = edits.map((edit) => ({
    ...edit,
    start: edit.start - list.start,
    end: edit.end - list.start,
  }));
  const text = applyEdits(source(python, list), within);
  return { text, ...(otherClasses !== undefined && { otherClasses }) };
}

/** Names that mean something in their file alone: not keywords of calls, nor `dict`. */
function namesIn(python: ParsedText, value: SyntaxNode): SyntaxNode[] {
  return walk(value).filter(
    (node) => node.kind === "identifier" && node.field !== "name" && source(python, node) !== "dict",
  );
}

/** A text without the indentation that its first line has in its file. */
function dedented(text: string, indent: string): string {
  return text
    .split(/\r?\n/)
    .map((line, index) => (index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
}
