/** Class lists that configurations and scripts state, to compare their order with the manifest's. */
import { isMap, isScalar, isSeq } from "yaml";
import type { CountedName } from "#engine/project/provenance.ts";
import { extent, type YamlDocument } from "#engine/project/yamlDocument.ts";
import { classListProblem } from "./classOrder.ts";
import {
  assignment,
  callsIn,
  child,
  elements,
  entriesOf,
  numberValue,
  stringValue,
  walk,
} from "./syntax/python.ts";
import type { ParsedText, SyntaxNode } from "./syntax/treeSitter.ts";

/** A list of names by label, and where it stands. */
export interface StatedClasses {
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** What people call the list of their classes. */
const listName =
  /^(?:(?:thing_|stuff_|target_)?class(?:es|_?names|_?labels)|(?:label_?)?names|labels|label_?list|categories|id2label|label2id)$/i;

/** Lists of classes in a script, by the names that they go by; JavaScript as well as Python. */
export function classesInScript(script: ParsedText): StatedClasses[] {
  const assigned = walk(script.root).flatMap((node) => {
    const given = assignment(script, node) ?? declared(script, node);
    return given ? [{ name: given.name, value: given.value }] : [];
  });
  const passed = callsIn(script).flatMap(({ keywords }) =>
    keywords.map(({ key, value }) => ({ name: key, value })),
  );
  return [...assigned, ...passed].flatMap(({ name, value }) => {
    const names = listName.test(name.replace(/^.*\./, "")) ? namesOf(script, value) : undefined;
    return names ? [{ names, start: value.start, end: value.end }] : [];
  });
}

/** Lists of classes in a YAML text, anywhere. */
export function classesInYaml(yaml: YamlDocument): StatedClasses[] {
  const found: StatedClasses[] = [];
  const open: unknown[] = [yaml.root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isSeq(node)) open.push(...node.items);
    if (!isMap(node)) continue;
    for (const { key, value } of node.items) {
      if (value !== null && value !== undefined) open.push(value);
      const names = listName.test(String(key)) ? namesOfYaml(value) : undefined;
      const place = extent(value);
      if (names && place) found.push({ names, ...place });
    }
  }
  return found;
}

/** Why weights in the manifest's order would go to other classes than a script or YAML text says; undefined where not. */
export function statedOrderProblem(
  stated: readonly StatedClasses[],
  classes: readonly CountedName[],
): string | undefined {
  return stated
    .filter(({ names }) => isOtherOrder(names, classes))
    .map(({ names }) => classListProblem(names, classes))
    .find((problem) => problem !== undefined);
}

/** Whether names are the classes of the manifest in another order. Lists of other things are no business of ours. */
export function isOtherOrder(names: readonly string[], classes: readonly CountedName[]): boolean {
  const known = new Set(classes.map(({ name }) => name));
  return (
    names.length === classes.length &&
    new Set(names).size === known.size &&
    names.every((name) => known.has(name)) &&
    names.some((name, index) => name !== classes[index]?.name)
  );
}

/** `const CLASSES = [...]` of JavaScript. */
function declared(
  script: ParsedText,
  node: SyntaxNode,
): { readonly name: string; readonly value: SyntaxNode } | undefined {
  if (node.kind !== "variable_declarator") return undefined;
  const name = child(node, "name");
  const value = child(node, "value");
  return name && value ? { name: script.text.slice(name.start, name.end), value } : undefined;
}

/** Names of a list, of `{0: "a"}`, or of `{"a": 0}`; undefined for anything else. */
function namesOf(script: ParsedText, value: SyntaxNode): readonly string[] | undefined {
  const list = elements(value)?.map((each) => textOf(script, each));
  if (list) return list.length > 1 && list.every((each) => each !== undefined) ? list : undefined;
  if (value.kind !== "dictionary" && value.kind !== "object") return undefined;
  const byName = entriesOf(script, value)?.map(
    ({ key, value: at }) => [numberValue(script, at), key] as const,
  );
  const pairs = value.children
    .filter(({ kind }) => kind === "pair")
    .map((pair) => {
      const [key, name] = [child(pair, "key"), child(pair, "value")];
      return [key && numberValue(script, key), name && textOf(script, name)] as const;
    });
  return inOrder(pairs) ?? (byName && inOrder(byName));
}

function textOf(script: ParsedText, node: SyntaxNode): string | undefined {
  return (
    stringValue(script, node) ?? /^["'`]([^"'`\\]*)["'`]$/.exec(script.text.slice(node.start, node.end))?.[1]
  );
}

/** Names by label, where the labels are 0, 1, 2 and so on. */
function inOrder(
  pairs: readonly (readonly [number | undefined, string | undefined])[],
): readonly string[] | undefined {
  const names: string[] = [];
  for (const [label, name] of pairs) {
    if (label === undefined || name === undefined || !Number.isInteger(label) || label < 0) return undefined;
    names[label] = name;
  }
  return names.length > 1 && names.length === pairs.length && !names.includes(undefined as never)
    ? names
    : undefined;
}

function namesOfYaml(node: unknown): readonly string[] | undefined {
  if (isSeq(node)) {
    const names = node.items.map((each) =>
      isScalar(each) && each.value !== null ? String(each.value) : undefined,
    );
    return names.length > 1 && names.every((each) => each !== undefined) ? names : undefined;
  }
  if (!isMap(node)) return undefined;
  const pairs = node.items.map(({ key, value }) => {
    const label = isScalar(key) && typeof key.value === "number" ? key.value : undefined;
    return [label, isScalar(value) ? String(value.value) : undefined] as const;
  });
  return inOrder(pairs);
}
