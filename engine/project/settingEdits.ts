/** Sets and removes single settings of `equipoise.yaml`, for quick fixes. */
import { isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import { appendix, finish, type ProjectEdit, replaced } from "./projectEdit.ts";
import type { TextEdit } from "./textEdits.ts";
import {
  indentation,
  insertionAfter,
  isEmpty,
  openYaml,
  pairOf,
  removalEdit,
  type SettingValue,
  scalarEdit,
  scalarText,
  type YamlDocument,
} from "./yamlDocument.ts";

/** Keys from the top, one to three of them. */
type SettingPath = readonly [string, ...string[]];

/** The text with one setting changed or added, such as `["loss", "beta"]` to 0.9999. Throws as `editProject` does. */
export function setSetting(text: string, path: SettingPath, value: SettingValue): ProjectEdit {
  const yaml = openYaml(text);
  const { document, root } = yaml;
  const pair = root && findPair(root, path);
  if (isScalar(pair?.value) && !isEmpty(pair.value)) return finish(text, scalarEdit(pair.value, value));
  const edits = pair ? undefined : addition(yaml, path, value);
  if (edits) return finish(text, edits);
  const blocked = path.findIndex(
    (_, depth) => depth > 0 && !mayHold(document.getIn(path.slice(0, depth), true)),
  );
  if (blocked < 0) document.setIn(path, value);
  else document.setIn(path.slice(0, blocked), document.createNode(nested(path.slice(blocked), value)));
  return replaced(text, document.toString({ lineWidth: 0 }));
}

function mayHold(node: unknown): boolean {
  return node === undefined || isMap(node);
}

function nested(path: readonly string[], value: SettingValue): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

/** The lines of a setting that is not there yet; undefined where the text around it is no block mapping. */
function addition(yaml: YamlDocument, path: SettingPath, value: SettingValue): TextEdit[] | undefined {
  const { root, indent, text, newline } = yaml;
  if (!root) return appendix(text, newline, linesOf(path, value, "", indent));
  let map: YAMLMap = root;
  for (const [depth, key] of path.entries()) {
    if (map.flow) return undefined;
    const pair = depth < path.length - 1 ? pairOf(map, key) : undefined;
    const last = map.items.at(-1);
    if (!pair) {
      if (last)
        return insertionAfter(yaml, last, linesOf(path.slice(depth), value, indentation(yaml, last), indent));
      return map === root ? appendix(text, newline, linesOf(path, value, "", indent)) : undefined;
    }
    if (!isMap(pair.value)) {
      if (!isScalar(pair.value) || !isEmpty(pair.value)) return undefined;
      const below = linesOf(path.slice(depth + 1), value, indentation(yaml, pair) + indent, indent);
      return insertionAfter(yaml, pair, below);
    }
    map = pair.value;
  }
  return undefined;
}

/** One line for each key, each further in than the one before; the last has the value. */
function linesOf(path: readonly string[], value: SettingValue, start: string, indent: string): string[] {
  return path.map((key, depth) => {
    const end = depth === path.length - 1 ? ` ${scalarText(value)}` : "";
    return `${start}${indent.repeat(depth)}${scalarText(key)}:${end}`;
  });
}

/** The text without one setting and its line. Throws as `editProject` does. */
export function removeSetting(
  text: string,
  path: readonly [string] | readonly [string, string],
): ProjectEdit {
  const yaml = openYaml(text);
  const parent = path.length === 1 ? yaml.root : yaml.root && pairOf(yaml.root, path[0])?.value;
  const pair = isMap(parent) ? pairOf(parent, path.at(-1) ?? "") : undefined;
  if (!pair || !isMap(parent)) return { text, edits: [] };
  if (!parent.flow && parent.items.length > 1) return finish(text, removalEdit(yaml, pair));
  yaml.document.deleteIn(path.length === 2 && parent.items.length === 1 ? [path[0]] : path);
  return replaced(text, yaml.document.toString({ lineWidth: 0 }));
}

function findPair(root: YAMLMap, path: readonly string[]): Pair | undefined {
  let map: unknown = root;
  for (const key of path.slice(0, -1)) map = isMap(map) ? pairOf(map as YAMLMap, key)?.value : undefined;
  return isMap(map) ? pairOf(map as YAMLMap, path.at(-1) ?? "") : undefined;
}
