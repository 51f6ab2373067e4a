/** Edits of a user's own training script: a recorder around its criterion, or another loss in its place. */

import type { ProjectEdit } from "#engine/project/project.ts";
import { t } from "#protocol/l10n.ts";
import { recorderModule } from "./pytorch/recorder.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import {
  assignment,
  callOf,
  type ParsedText,
  parsePython,
  type SyntaxNode,
  source,
  statements,
  walk,
} from "./syntax/python.ts";

export type ScriptAnswer =
  | (ProjectEdit & { readonly kind: "edit" })
  /** Nothing was changed, and why, with the next step. */
  | { readonly kind: "refusal"; readonly reason: string };

/** Whether a text trains with PyTorch: it imports torch and makes a criterion. Needs `loadGrammar("python")`. */
export function trainsWithPyTorch(text: string): boolean {
  return /^\s*(?:import|from) torch\b/m.test(text) && criterionIn(parsePython(text)) !== undefined;
}

/** Wraps the criterion of a PyTorch script so that its gradient ratios are recorded. Doing it twice changes nothing. */
export function insertRecorder(text: string): ScriptAnswer {
  const python = parsePython(text);
  const criterion = criterionIn(python);
  if (!criterion) return noCriterion;
  if (text.includes("RecordedLoss(")) return edited(text, text);
  const written = source(python, criterion);
  return edited(
    text,
    withImport(
      python,
      `from ${recorderModule} import RecordedLoss`,
      replaced(text, criterion, `RecordedLoss(${written})`),
    ),
  );
}

/** Puts another loss in the place of the criterion of a PyTorch script, imported from the module that holds it. */
export function insertCriterion(text: string, name: string, module: string): ScriptAnswer {
  const python = parsePython(text);
  const criterion = criterionIn(python);
  if (!criterion) return noCriterion;
  if (source(python, criterion) === `${name}()`) return edited(text, text);
  return edited(
    text,
    withImport(python, `from ${module} import ${name}`, replaced(text, criterion, `${name}()`)),
  );
}

const noCriterion: ScriptAnswer = {
  kind: "refusal",
  reason: t`No criterion found: looked for an assignment such as criterion = nn.CrossEntropyLoss(). Make the criterion once and call it, then try again.`,
};

/** The call that makes the criterion: assigned, named as a loss; the one called criterion or loss first. */
function criterionIn(python: ParsedText): SyntaxNode | undefined {
  const made = walk(python.root).flatMap((node) => {
    const { name, value } = assignment(python, node) ?? {};
    const call = value && callOf(python, value);
    if (!call || name === undefined) return [];
    const inner = call.name === "RecordedLoss" ? call.positional[0] : undefined;
    const made = (inner && callOf(python, inner)) ?? call;
    return /(?:^|\.)\w*Loss$/.test(made.name) ? [{ name, node: made.node }] : [];
  });
  return (made.find(({ name }) => /criterion|loss/i.test(name)) ?? made[0])?.node;
}

function replaced(text: string, { start, end }: SyntaxNode, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** The changed text with an import after the last one at the top level of the script as it was. */
function withImport(python: ParsedText, line: string, changed: string): string {
  if (changed.includes(line)) return changed;
  const imports = statements(python).filter(({ kind }) => kind.includes("import"));
  const last = imports.at(-1);
  const lineBreak = changed.includes("\r\n") ? "\r\n" : "\n";
  if (!last) return `${line}${lineBreak}${lineBreak}${changed}`;
  // Imports stand before what was changed, so their places are still right.
  return `${changed.slice(0, last.end)}${lineBreak}${line}${changed.slice(last.end)}`;
}

function edited(before: string, after: string): ScriptAnswer {
  return { kind: "edit", edits: lineEdits(before, after), text: after };
}
