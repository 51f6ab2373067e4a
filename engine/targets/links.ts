/** The data that a configuration names: paths of annotation files and folders, as candidates for its manifest. */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isMap, isScalar, isSeq } from "yaml";
import { EquipoiseError } from "#protocol/errors.ts";
import { parsePython, resolved, stringValue, walk } from "./syntax/python.ts";
import { settingsOf } from "./syntax/pythonSettings.ts";
import type { Target } from "./target.ts";
import type { Configuration } from "./writeInto.ts";
import { opened } from "./yamlAnswer.ts";

/** Folders above a configuration that its paths may be relative to, as training starts in one of them. */
const mostFolders = 8;
/** Names that are looked for on disk. */
const mostNames = 12;
/** A larger file is read only where somebody names it in equipoise.yaml. */
const largestFile = 2 ** 30;

/** The label files that a configuration names and that are there, most likely first; searched up to `root`. */
export async function dataFiles({ path, text, target }: Configuration, root?: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of namedData(text, target).slice(0, mostNames)) {
    let folder = dirname(resolve(path));
    for (let depth = 0; depth < mostFolders; depth++) {
      const candidate = resolve(folder, name);
      const file = await stat(candidate).catch(() => undefined);
      if (file?.isFile() && file.size <= largestFile) {
        if (!found.includes(candidate)) found.push(candidate);
        break;
      }
      if (folder === root || dirname(folder) === folder) break;
      folder = dirname(folder);
    }
  }
  return found;
}

/** Keys whose values are files with labels; the training ones come first. */
const trainingKey = /train/i;
const otherSplit = /(?:^|[._/-])(?:val|valid|validation|test|eval)(?:[._/\d-]|$)/i;
const fileName = /\.(?:json|jsonl|ndjson|csv|tsv|tab|txt|lst|list|ya?ml|parquet)(?:\.gz)?$/i;

/**
 * Paths of label files as the configuration writes them, most likely first; those of validation and test are left out.
 * They are relative to the configuration, to a folder above it, or to the data root that it names.
 */
export function namedData(text: string, target: Target): readonly string[] {
  const found =
    target.grammar === "python" ? inPython(text) : target.grammar ? inJavaScript(text) : inYaml(text);
  const training = found.filter(
    ({ key, value }) => fileName.test(value) && !otherSplit.test(key) && !otherSplit.test(value),
  );
  const sorted = training.toSorted((a, b) => rank(b.key + b.value) - rank(a.key + a.value));
  const roots = found
    .filter(({ key }) => /(?:^|\.)(?:data_root|root|path)$/i.test(key))
    .map(({ value }) => value);
  const paths = sorted.flatMap(({ value }) => [
    value,
    ...roots.map((root) => `${root.replace(/\/$/, "")}/${value}`),
  ]);
  return [...new Set(paths)];
}

function rank(text: string): number {
  return trainingKey.test(text) ? 1 : 0;
}

interface Named {
  readonly key: string;
  readonly value: string;
}

function inPython(text: string): Named[] {
  const python = parsePython(text);
  const named = settingsOf(python).flatMap(({ path, value }) => {
    const string = stringValue(python, resolved(python, value));
    return string === undefined ? [] : [{ key: path, value: string }];
  });
  // Scripts name their data in calls: pd.read_csv("data/train.csv"), load_dataset("csv", data_files="...").
  const others = walk(python.root).flatMap((node) => {
    const string = stringValue(python, node);
    return string !== undefined && /\w[/\\.]\w/.test(string) ? [{ key: "", value: string }] : [];
  });
  return [...named.filter(({ key }) => !key.startsWith("_base_")), ...others];
}

/** Scripts name their data in strings; which of them are files the disk tells. */
function inJavaScript(text: string): Named[] {
  return [...text.matchAll(/(["'`])([^"'`\r\n]{3,200})\1/g)].map(([, , value = ""]) => ({ key: "", value }));
}

function inYaml(text: string): Named[] {
  const yaml = opened(text);
  if (yaml instanceof EquipoiseError) return [];
  const found: Named[] = [];
  const open: { readonly path: string; readonly node: unknown }[] = [{ path: "", node: yaml.root }];
  for (let next = open.shift(); next; next = open.shift()) {
    const { path, node } = next;
    if (isScalar(node) && typeof node.value === "string") found.push({ key: path, value: node.value });
    else if (isMap(node)) {
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? String(pair.key.value) : "";
        open.push({ path: path === "" ? key : `${path}.${key}`, node: pair.value });
      }
    } else if (isSeq(node)) open.push(...node.items.map((item) => ({ path, node: item })));
  }
  return found;
}
