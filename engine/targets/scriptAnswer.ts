/** What the targets with Python scripts have in common: one call that takes the loss, and the comment above it. */

import { provenanceLine } from "#engine/project/provenance.ts";
import { t } from "#protocol/l10n.ts";
import { orderRemark } from "./classOrder.ts";
import { brokenPython, refusal, withComment } from "./pythonAnswer.ts";
import { classesInScript, statedOrderProblem } from "./statedClasses.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import { type Call, callsIn, type ParsedText, parsePython } from "./syntax/python.ts";
import type { TargetAnswer, TargetChange } from "./target.ts";
import type { ClassWeights, Reason } from "./weights.ts";

export interface ScriptEdit {
  readonly text: string;
  readonly weights: ClassWeights;
  readonly notes?: readonly string[];
}

/** The answer for a script in which one call among `candidates` is to be changed. */
export function insertIntoScript(
  text: string,
  change: TargetChange,
  what: { readonly call: string; readonly isCandidate: (call: Call, python: ParsedText) => boolean },
  edit: (python: ParsedText, call: Call) => ScriptEdit | Reason,
): TargetAnswer {
  const python = parsePython(text);
  if (!python.sound) return brokenPython;
  if (change.choice.sampler !== "instance-balanced")
    return refusal(
      t`A sampler is code here. Insert the loss without the sampler, and copy the sampler as PyTorch.`,
    );
  const calls = callsIn(python).filter((call) => what.isCandidate(call, python));
  const [call] = calls;
  if (!call) {
    return refusal(
      t`This script has no call of ${what.call} that could take weights. Copy the loss as code and use it here; nothing was changed.`,
    );
  }
  if (calls.length > 1) {
    return refusal(
      t`This script calls ${what.call} ${calls.length} times, and which of them trains is not clear. Copy the loss as code; nothing was changed.`,
    );
  }
  if (call.open) {
    return refusal(
      t`The call of ${what.call} takes arguments by * or **, which may hold weights already. Write them out first; nothing was changed.`,
    );
  }
  const order = statedOrderProblem(classesInScript(python), change.provenance.classes);
  if (order !== undefined) return refusal(order);
  const edited = edit(python, call);
  if ("reason" in edited) return refusal(edited.reason);
  const line = provenanceLine(
    change.provenance,
    `${edited.weights.remark}, ${orderRemark(change.provenance.classes)}`,
  );
  const commented = withComment(edited.text, call.node.start, line, edited.text !== text);
  return {
    kind: "edit",
    text: commented,
    edits: lineEdits(text, commented),
    notes: [...edited.weights.notes, ...(edited.notes ?? [])],
  };
}
