/** The source of a Python value as it can stand in another file. */
import { applyEdits, lineEnding, type TextEdit } from "#engine/project/textEdits.ts";
import { type ParsedText, resolved, type SyntaxNode, source, walk } from "./python.ts";
import { indentAt } from "./pythonText.ts";

/** Names that stand for names are rarely deeper; more are a circle. */
const deepest = 8;

/** A name that its file does not say plainly. */
export interface Unclear {
  readonly name: string;
}

/**
 * Returns the source of a value with every name replaced by what its file says of it; the first name that means
 * nothing elsewhere, where there is one. `edits` are made as well, and names within them left.
 */
export function standalone(
  python: ParsedText,
  value: SyntaxNode,
  edits: readonly TextEdit[] = [],
  depth = 0,
): string | Unclear {
  const own = edits.filter(({ start, end }) => value.start <= start && end <= value.end);
  const all = [...own];
  for (const node of namesIn(python, value)) {
    if (own.some(({ start, end }) => start <= node.start && node.end <= end)) continue;
    const named = resolved(python, node);
    const unclear = { name: source(python, node) };
    if (named === node || depth === deepest) return unclear;
    const inner = standalone(python, named, edits, depth + 1);
    if (typeof inner !== "string") return unclear;
    all.push({ start: node.start, end: node.end, newText: movedTo(python, node, inner, named) });
  }
  const within = all.map((edit) => ({
    ...edit,
    start: edit.start - value.start,
    end: edit.end - value.start,
  }));
  return applyEdits(source(python, value), within);
}

/** A text without the indentation that its first line has in its file. */
export function dedented(text: string, indent: string): string {
  return text
    .split(/\r?\n/)
    .map((line, index) => (index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
}

/** A text that stood at one node, indented as it has to be at another. */
function movedTo({ text }: ParsedText, to: SyntaxNode, inner: string, from: SyntaxNode): string {
  const ending = lineEnding(text);
  return dedented(inner, indentAt(text, from.start)).replaceAll("\n", ending + indentAt(text, to.start));
}

/** Returns the edits that put the value of a name in its place, as far as the names in that value; none for no name. */
export function inPlace(python: ParsedText, node: SyntaxNode): TextEdit[] {
  const named = resolved(python, node);
  if (named === node) return [];
  const newText = movedTo(python, node, source(python, named), named);
  return [{ start: node.start, end: node.end, newText }];
}

/** Names that mean something in their file alone: not keywords of calls, nor `dict`. */
function namesIn(python: ParsedText, value: SyntaxNode): SyntaxNode[] {
  return walk(value).filter(
    (node) => node.kind === "identifier" && node.field !== "name" && source(python, node) !== "dict",
  );
}
