/** Makes the answer of a target with YAML configurations: values at paths, and the comment above the first. */

import { type Provenance, provenanceLine } from "#engine/project/provenance.ts";
import type { YamlDocument } from "#engine/project/yamlDocument.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { refusal, withComment } from "./pythonAnswer.ts";
import { classesInYaml, statedOrderProblem } from "./statedClasses.ts";
import { lineEdits } from "./syntax/lineEdits.ts";
import {
  keyStart,
  readYaml,
  withItem,
  withoutKey,
  withValue,
  type YamlPath,
  type YamlValue,
} from "./syntax/yamlConfig.ts";
import type { AddedFile, TargetAnswer, TargetChange } from "./target.ts";
import type { Reason } from "./weights.ts";

export interface YamlInsertion {
  readonly values: readonly (readonly [YamlPath, YamlValue])[];
  /** Items at the end of lists, each with what says that it is there already. */
  readonly items?: readonly {
    readonly path: YamlPath;
    readonly item: { readonly [key: string]: YamlValue };
  }[];
  readonly files?: readonly AddedFile[];
  /** Keys that go, such as those of the former loss. */
  readonly removed?: readonly YamlPath[];
  /** For the comment, after the counts. */
  readonly remark: string;
  readonly notes: readonly string[];
}

/** The answer of a target that says what to write by `express`, or why nothing. */
export function insertYaml(
  text: string,
  change: TargetChange,
  express: (yaml: YamlDocument, change: TargetChange) => YamlInsertion | Reason,
): TargetAnswer {
  const yaml = opened(text);
  if (yaml instanceof EquipoiseError) return refusal(yaml.message);
  const order = statedOrderProblem(classesInYaml(yaml), change.provenance.classes);
  if (order !== undefined) return refusal(order);
  const insertion = express(yaml, change);
  if ("reason" in insertion) return refusal(insertion.reason);
  return answer(text, change.provenance, insertion);
}

/** The text as YAML, or what is wrong with it. */
export function opened(text: string): YamlDocument | EquipoiseError {
  try {
    return readYaml(text);
  } catch (problem) {
    if (problem instanceof EquipoiseError) return problem;
    throw problem;
  }
}

function answer(text: string, provenance: Provenance, insertion: YamlInsertion): TargetAnswer {
  let changed = text;
  for (const path of insertion.removed ?? []) changed = withoutKey(changed, path);
  for (const [path, value] of insertion.values) {
    const next = withValue(changed, path, value);
    if (next === undefined) {
      return refusal(
        t`${path.join(".")} cannot be set, as something else stands in its place. Write it as a mapping first; nothing was changed.`,
      );
    }
    changed = next;
  }
  for (const { path, item } of insertion.items ?? []) {
    const next = withItem(changed, path, item);
    if (next === undefined)
      return refusal(
        t`${path.join(".")} is no list that can be added to. Write it as one first; nothing was changed.`,
      );
    changed = next;
  }
  const [first] = insertion.values;
  const start = (first && keyStart(readYaml(changed), first[0])) ?? 0;
  const line = provenanceLine(provenance, insertion.remark);
  const commented = withComment(changed, start, line, changed !== text);
  return {
    kind: "edit",
    text: commented,
    edits: lineEdits(text, commented),
    notes: insertion.notes,
    ...(insertion.files && { files: insertion.files }),
  };
}
