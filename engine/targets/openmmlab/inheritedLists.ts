/** Copies inherited lists of heads or losses into the file that inherits them, as a list is overwritten as a whole. */
import { applyEdits, lineEnding, type TextEdit } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import { refusal } from "../pythonAnswer.ts";
import { lineEdits } from "../syntax/lineEdits.ts";
import {
  callOf,
  type Entry,
  elements,
  entriesOf,
  type ParsedText,
  parsePython,
  resolved,
  type SyntaxNode,
  source,
} from "../syntax/python.ts";
import { withList, withValue } from "../syntax/pythonInsert.ts";
import { settingAt, settingsOf } from "../syntax/pythonSettings.ts";
import { indentAt } from "../syntax/pythonText.ts";
import { dedented, inPlace, standalone } from "../syntax/standalone.ts";
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
    const plain = withNamedParts(whole, path);
    if (plain !== whole) notes.push(t`The parts of ${path} stand in it now instead of their names.`);
    whole = plain;
    const copied = withInheritedList(whole, path, change.inherited ?? [], change.provenance.classes.length);
    if (!copied) continue;
    if ("reason" in copied) return refusal(copied.reason);
    whole = copied.text;
    notes.push(t`${path} was copied from its base, as a list is overwritten as a whole.`);
    if (copied.otherClasses !== undefined)
      notes.push(
        t`The copied heads have the classes of the manifest, the base had ${copied.otherClasses}; see to mask_head where there is one.`,
      );
    if (copied.isCounted)
      notes.push(
        t`The base states no num_classes for a head of ${path}; the copied head has the classes of the manifest, see to mask_head where there is one.`,
      );
  }
  const answer = insert(whole);
  if (answer.kind === "refusal" || whole === text) return answer;
  return { ...answer, edits: lineEdits(text, answer.text), notes: [...answer.notes, ...notes] };
}

/** The text with the parts of its own list at `path` in the place of names, so that each can be changed by itself. */
function withNamedParts(text: string, path: string): string {
  const python = parsePython(text);
  const found = settingAt(settingsOf(python), path);
  if (!found || !elements(resolved(python, found.value))) return text;
  const edits =
    found.value.kind === "identifier"
      ? inPlace(python, found.value)
      : (elements(found.value) ?? []).flatMap((part) => inPlace(python, part));
  const plain = applyEdits(text, edits);
  return found.value.kind === "identifier" ? withNamedParts(plain, path) : plain;
}

interface Copied {
  /** The list; with what stands around it where it is in its place. */
  readonly text: string;
  /** How many classes the heads had before; undefined where it was the same or not stated. */
  readonly otherClasses?: number;
  /** Whether a head did not state its classes. */
  readonly isCounted: boolean;
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
    const list = resolved(python, found.value);
    if (isMade(list)) return { reason: byCode(path) };
    if (!elements(list)) return undefined;
    const copied = copyOf(python, list, path, classes);
    if ("reason" in copied) return copied;
    const ending = lineEnding(text);
    let written = withList(text, path, dedented(copied.text, indentAt(base, list.start)));
    for (const index of copied.uncounted) {
      written = written && withValue(written, `${path}.${index}.num_classes`, String(classes));
    }
    if (written === undefined) {
      return {
        reason: t`${path} is made by code here that cannot be changed safely. Write it as dict(...) first; nothing was changed.`,
      };
    }
    return {
      ...copied,
      isCounted: copied.uncounted.length > 0,
      text: ending === "\n" ? written : written.replace(/\r?\n/g, ending),
    };
  }
  return undefined;
}

/** Whether a value is a list that only running it tells: a comprehension, or `[head] * 3`. */
function isMade({ kind, children }: SyntaxNode): boolean {
  return kind === "list_comprehension" || (kind === "binary_operator" && children.some(elements));
}

function byCode(path: string): string {
  return t`${path} is a list that a base makes by code, and a list is overwritten as a whole. Write it with all its parts into this file first; nothing was changed.`;
}

/** The source of a list as it can stand elsewhere, with this number of classes, and which heads do not state theirs. */
function copyOf(
  python: ParsedText,
  list: SyntaxNode,
  path: string,
  classes: number,
): (Omit<Copied, "isCounted"> & { readonly uncounted: readonly number[] }) | Reason {
  const edits: TextEdit[] = [];
  const uncounted: number[] = [];
  let otherClasses: number | undefined;
  const parts = (elements(list) ?? []).map((part) => resolved(python, part));
  for (const [index, part] of parts.entries()) {
    const entries = closedEntries(python, part);
    if (!entries) return { reason: byCode(path) };
    const count = entries.find(({ key }) => key === "num_classes")?.value;
    if (!count) {
      if (!isLossList(path)) uncounted.push(index);
      continue;
    }
    const stated = Number(source(python, resolved(python, count)));
    if (stated !== classes && Number.isInteger(stated)) otherClasses = stated;
    // A head that is named twice is changed once.
    if (!edits.some(({ start }) => start === count.start))
      edits.push({ start: count.start, end: count.end, newText: String(classes) });
  }
  const text = standalone(python, list, edits);
  if (typeof text !== "string") {
    return {
      reason: t`${path} is a list in a base that uses the name ${text.name} of its own file, so it cannot be copied from there. Write it with all its parts into this file first; nothing was changed.`,
    };
  }
  return { text, uncounted, ...(otherClasses !== undefined && { otherClasses }) };
}

/** The entries of a mapping that has no others; undefined for `dict(**shared, a=1)` and for what is no mapping. */
function closedEntries(python: ParsedText, part: SyntaxNode): Entry[] | undefined {
  const call = callOf(python, part);
  const isOpen = call
    ? call.open || call.positional.length > 0
    : part.children.some(({ kind }) => kind === "dictionary_splat");
  return isOpen ? undefined : entriesOf(python, part);
}

function isLossList(path: string): boolean {
  return path.endsWith(".loss_decode");
}
