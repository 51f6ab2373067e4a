/** The criterion of a PyTorch script: another one in its place, or a recorder around it. */
import { t } from "#protocol/l10n.ts";
import type { Edited, LossName } from "../scripts.ts";
import { assignment, callOf, type ParsedText, type SyntaxNode, source, walk } from "../syntax/python.ts";
import { replaced, withImport } from "./edits.ts";

/** The call that makes the criterion: assigned, named as a loss; the one called criterion or loss first. */
export function criterionOf(python: ParsedText): SyntaxNode | undefined {
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

export function withCriterion(python: ParsedText, { name, module }: LossName): Edited {
  const criterion = criterionOf(python);
  if (!criterion) return { reason: noCriterion() };
  if (source(python, criterion) === `${name}()` && python.text.includes(`from ${module} import ${name}`))
    return { text: python.text };
  const changed = replaced(python.text, criterion, `${name}()`);
  return { text: withImport(python, `from ${module} import ${name}`, changed) };
}

export function withRecorder(python: ParsedText, module: string): Edited {
  const criterion = criterionOf(python);
  if (!criterion) return { reason: noCriterion() };
  if (python.text.includes("RecordedLoss(")) return { text: python.text };
  const changed = replaced(python.text, criterion, `RecordedLoss(${source(python, criterion)})`);
  return { text: withImport(python, `from ${module} import RecordedLoss`, changed) };
}

const noCriterion = (): string =>
  t`No criterion found: looked for an assignment such as criterion = nn.CrossEntropyLoss(). Make the criterion once and call it, then try again.`;
