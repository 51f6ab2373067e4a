/** Walks a YAML document along the description of the file: plain values out, findings where they do not fit. */

import { type Document, isAlias, isMap, isScalar, type LineCounter, type Node, type Pair } from "yaml";
import { isInRange, rangeWords } from "#engine/statistics/range.ts";
import type { FindingCode, Place, Severity } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { finding, type ProjectFinding, placeOf, type TextRange } from "./finding.ts";
import {
  type ChoiceField,
  type Field,
  fieldsOf,
  isLossId,
  lossFields,
  lossIdField,
  type MappingField,
  type NumberField,
  type ObjectField,
} from "./schema.ts";
import { suggestion } from "./suggest.ts";

/** Where a setting stands. */
export interface SettingPlace {
  readonly key: Place;
  readonly value: Place;
}

export interface Walk {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly findings: ProjectFinding[];
  /** By path, such as `loss.beta`. */
  readonly places: Map<string, SettingPlace>;
  /** Aliases followed so far. */
  aliases: number;
}

/** Following one alias costs a walk over the document, so thousands would take minutes. */
const mostAliases = 100;

/** The value of a node as its field wants it, or undefined after a finding. Walks known keys only, so it ends soon. */
export function readValue(walk: Walk, node: Node | null, field: Field, path: readonly string[]): unknown {
  const target = resolved(walk, node);
  if (!target)
    return report(
      walk,
      node,
      "config/wrong-type",
      t`${name(path)} is an alias of nothing, or beyond the first ${mostAliases} aliases.`,
    );
  switch (field.kind) {
    case "number":
      return numberOf(walk, target, field, path);
    case "choice":
      return choiceOf(walk, target, field, path);
    case "flag":
    case "path":
      return scalarOf(walk, target, field, path);
    case "object":
      return objectOf(walk, target, field, path);
    case "mapping":
      return mappingOf(walk, target, field, path);
    case "choice-or-object":
      return readValue(walk, target, isMap(target) ? field.object : field.choice, path);
    case "loss":
      return lossOf(walk, target, path);
  }
}

function objectOf(walk: Walk, node: Node, field: ObjectField, path: readonly string[]): unknown {
  if (!isMap(node)) return wrongType(walk, node, field, path);
  const entries: [string, unknown][] = [];
  const seen = new Set<string>();
  for (const pair of node.items) {
    const key = keyOf(walk, pair, seen);
    if (key === undefined) continue;
    const child = Object.hasOwn(field.fields, key) ? field.fields[key] : undefined;
    if (!child) {
      unknownKey(walk, pair, key, field, path);
      continue;
    }
    const value = pairValue(walk, pair, child, [...path, key]);
    if (value !== undefined) entries.push([key, value]);
  }
  const missing = (field.required ?? []).filter((key) => !node.has(key));
  if (missing.length > 0) {
    return report(walk, node, "config/wrong-type", t`${name(path)} needs ${missing.join(t` and `)}.`);
  }
  return Object.fromEntries(entries);
}

function pairValue(walk: Walk, pair: Pair, field: Field, path: readonly string[]): unknown {
  const key = pair.key as Node;
  const value = pair.value as Node | null;
  const keyPlace = placeOf(walk.lines, rangeOf(key));
  const valuePlace = value?.range ? placeOf(walk.lines, rangeOf(value)) : keyPlace;
  walk.places.set(path.join("."), { key: keyPlace, value: valuePlace });
  // An empty value has no width; the key is the better place for what is said about it.
  const empty = isScalar(value) && value.value === null && value.source !== "null" && value.source !== "~";
  if (!value || empty) {
    return report(walk, key, "config/wrong-type", t`${name(path)} has no value. ${expected(field)}`);
  }
  return readValue(walk, value, field, path);
}

function lossOf(walk: Walk, node: Node, path: readonly string[]): unknown {
  if (!isMap(node)) {
    const word = isScalar(node) ? String(node.value) : "";
    const hint = isLossId(word)
      ? t` Write it as a mapping, "id: ${word}".`
      : t` Give a mapping with id and parameters.`;
    return report(walk, node, "config/wrong-type", t`loss is no mapping.${hint}`);
  }
  const idNode = resolved(walk, (node.get("id", true) as Node | undefined) ?? null);
  const id = isScalar(idNode) ? String(idNode.value) : undefined;
  if (id === undefined || !isLossId(id)) {
    // Without a loss its parameters cannot be judged: only the id is spoken of.
    const pair = node.items.find((each) => isScalar(each.key) && each.key.value === "id");
    if (!pair)
      return report(walk, node, "config/wrong-type", t`loss needs an id, such as "id: balanced-softmax".`);
    pairValue(walk, pair, lossIdField, [...path, "id"]);
    return undefined;
  }
  return objectOf(walk, node, lossFields(id), path);
}

function unknownKey(walk: Walk, pair: Pair, key: string, field: ObjectField, path: readonly string[]): void {
  const known = Object.keys(field.fields);
  const shown = JSON.stringify(key.slice(0, 60));
  const loss = path[0] === "loss" && path.length === 1;
  if (!loss) {
    const where = path.length > 0 ? t` in ${name(path)}` : t` here`;
    const hint = suggestion(key, known, t`Known`);
    report(
      walk,
      pair.key as Node,
      "config/unknown-key",
      t`${shown} is no setting${where}.${hint}`,
      "warning",
    );
    return;
  }
  const parameters = known.filter((each) => each !== "id");
  const title = lossTitle(field);
  const hint = parameters.length > 0 ? suggestion(key, parameters, t`It has`) : t` It has none.`;
  report(walk, pair.key as Node, "config/unknown-parameter", t`${title} has no parameter ${shown}.${hint}`);
}

function lossTitle(field: ObjectField): string {
  return field.description.split(". ")[0] ?? t`This loss`;
}

function numberOf(walk: Walk, node: Node, field: NumberField, path: readonly string[]): unknown {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value !== "number" || (field.integer && !Number.isInteger(value) && Number.isFinite(value))) {
    return wrongType(walk, node, field, path);
  }
  if (isInRange(value, field)) return value;
  return report(
    walk,
    node,
    "config/out-of-range",
    t`${name(path)} must be ${rangeWords(field)}; it is ${value}.`,
  );
}

function choiceOf(walk: Walk, node: Node, field: ChoiceField, path: readonly string[]): unknown {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value !== "string") return wrongType(walk, node, field, path);
  if (field.choices.includes(value)) return value;
  const shown = JSON.stringify(value.slice(0, 60));
  if (field === lossIdField) {
    const hint = suggestion(value, field.choices, t`There are`);
    return report(walk, node, "config/unknown-loss", t`There is no loss ${shown}.${hint}`);
  }
  const hint = suggestion(value, field.choices, t`It can be`);
  return report(walk, node, "config/out-of-range", t`${name(path)} cannot be ${shown}.${hint}`);
}

function scalarOf(walk: Walk, node: Node, field: Field, path: readonly string[]): unknown {
  const value = isScalar(node) ? node.value : undefined;
  const fits =
    field.kind === "flag" ? typeof value === "boolean" : typeof value === "string" && value.trim() !== "";
  return fits ? value : wrongType(walk, node, field, path);
}

function mappingOf(walk: Walk, node: Node, field: MappingField, path: readonly string[]): unknown {
  if (!isMap(node)) return wrongType(walk, node, field, path);
  const entries: [string, unknown][] = [];
  const seen = new Set<string>();
  for (const pair of node.items) {
    const key = keyOf(walk, pair, seen);
    if (key === undefined) continue;
    const value = pairValue(walk, pair, field.value, [...path, key]);
    if (value !== undefined) entries.push([key, value]);
  }
  // From entries, so that a class named __proto__ is a key like any other.
  return Object.fromEntries(entries);
}

/** The key as text, numbers too, as class names may look like them; undefined, with a finding, for one that repeats. */
function keyOf(walk: Walk, pair: Pair, seen: Set<string>): string | undefined {
  const node = pair.key as Node | null;
  const key = resolved(walk, node);
  if (!isScalar(key) || key.value === null)
    return report(walk, node, "config/wrong-type", t`A key must be a word.`);
  const text = key.source ?? String(key.value);
  if (seen.has(text))
    return report(
      walk,
      node,
      "config/syntax",
      t`${JSON.stringify(text)} is set twice; the first one counts.`,
    );
  seen.add(text);
  return text;
}

function resolved(walk: Walk, node: Node | null): Node | null {
  if (!isAlias(node)) return node;
  return walk.aliases++ < mostAliases ? (node.resolve(walk.document) ?? null) : null;
}

function wrongType(walk: Walk, node: Node, field: Field, path: readonly string[]): undefined {
  return report(walk, node, "config/wrong-type", t`${name(path)} does not fit. ${expected(field)}`);
}

function expected(field: Field): string {
  switch (field.kind) {
    case "number":
      return t`Give a ${field.integer ? t`whole ` : ""}number, ${rangeWords(field)}.`;
    case "choice":
      return field.choices.length <= 8 ? t`Give one of ${field.choices.join(", ")}.` : t`Give one word.`;
    case "choice-or-object":
      return t`Give ${field.choice.choices.join(", ")}, or a mapping with ${Object.keys(field.object.fields).join(", ")}.`;
    case "flag":
      return t`Give true or false.`;
    case "path":
      return t`Give a path relative to this file.`;
    case "mapping":
      return t`Give a mapping from ${field.keys === "classes" ? t`names to numbers` : t`paths to rules`}.`;
    case "object":
    case "loss":
      return t`Give a mapping with ${Object.keys(fieldsOf(field, undefined)).slice(0, 4).join(", ")}.`;
  }
}

function name(path: readonly string[]): string {
  return path.length > 0 ? path.join(".") : t`The file`;
}

function report(
  walk: Walk,
  node: Node | null,
  code: FindingCode,
  message: string,
  severity: Severity = "error",
): undefined {
  walk.findings.push(finding(code, severity, placeOf(walk.lines, rangeOf(node)), message));
  return undefined;
}

function rangeOf(node: Node | null): TextRange {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
