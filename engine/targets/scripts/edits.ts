/** What edits of training scripts in Python share. */
import { lineEnding } from "#engine/project/textEdits.ts";
import { type ParsedText, type SyntaxNode, statements } from "../syntax/python.ts";

export function replaced(text: string, { start, end }: SyntaxNode, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/**
 * The changed text with an import after the last one at the top level of the script as it was. A former import of a
 * loss, or recorder, of ours gives way: its module may hold another one by now.
 */
export function withImport(python: ParsedText, line: string, changed: string): string {
  if (changed.includes(line)) return changed;
  const imports = statements(python).filter(({ kind }) => kind.includes("import"));
  const family = /^from (equipoise_[a-z]+)/.exec(line)?.[1];
  const former = imports.find((node) =>
    new RegExp(`^from ${family}(?:_\\d+)? import \\w+$`).test(python.text.slice(node.start, node.end)),
  );
  // Imports stand before what was changed, so their places are still right.
  if (former) return replaced(changed, former, line);
  const last = imports.at(-1);
  const lineBreak = lineEnding(changed);
  if (!last) return `${line}${lineBreak}${lineBreak}${changed}`;
  return `${changed.slice(0, last.end)}${lineBreak}${line}${changed.slice(last.end)}`;
}
