/** Makes the answer of a target with Python configurations: dictionaries at paths, and the comment above. */

import { findProvenance, type Provenance, provenanceLine } from "#engine/project/provenance.ts";
import { lineEnding, lineStart } from "#engine/project/textEdits.ts";
import { t } from "#protocol/l10n.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import { parsePython } from "./syntax/python.ts";
import { type DictAtPath, withDict } from "./syntax/pythonInsert.ts";
import { settingAt, settingsOf } from "./syntax/pythonSettings.ts";
import { indentAt } from "./syntax/pythonText.ts";
import type { TargetAnswer } from "./target.ts";

export interface Insertion {
  readonly dicts: readonly DictAtPath[];
  /** For the comment, after the counts. */
  readonly remark: string;
  readonly notes: readonly string[];
}

/** A refusal. */
export function refusal(reason: string): TargetAnswer {
  return { kind: "refusal", reason };
}

export const brokenPython: TargetAnswer = refusal(
  t`This file has a Python syntax error. Mend it first; nothing was changed.`,
);

/** The text with everything in it. */
export function pythonAnswer(text: string, provenance: Provenance, insertion: Insertion): TargetAnswer {
  let changed = text;
  for (const dict of insertion.dicts) {
    const next = withDict(changed, dict);
    if (next === undefined) {
      return refusal(
        t`${dict.path} is made by code here that cannot be changed safely. Write it as dict(...) first; nothing was changed.`,
      );
    }
    changed = next;
  }
  const [first] = insertion.dicts;
  const line = provenanceLine(provenance, insertion.remark);
  const start = first && settingAt(settingsOf(parsePython(changed)), first.path)?.start;
  const commented = withComment(changed, start ?? 0, line, changed !== text);
  return {
    kind: "edit",
    text: commented,
    edits: lineEdits(text, commented),
    notes: insertion.notes,
  };
}

/**
 * The text with the comment above the line of an offset, or in the place of the one it has. One that says the same is
 * left alone, date and all, unless something else `changed`.
 */
export function withComment(
  text: string,
  offset: number,
  line: { readonly text: string; readonly statement: string },
  changed: boolean,
  sign = "#",
): string {
  const present = findProvenance(text);
  if (present) {
    if (present.statement === line.statement && !changed) return text;
    return `${text.slice(0, present.range.start)}${sign} ${line.text}${text.slice(present.range.end)}`;
  }
  const start = lineStart(text, offset);
  return `${text.slice(0, start)}${indentAt(text, offset)}${sign} ${line.text}${lineEnding(text)}${text.slice(start)}`;
}
