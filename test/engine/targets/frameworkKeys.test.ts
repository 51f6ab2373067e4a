import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { entriesOf, parsePython, stringValue, walk } from "#engine/targets/syntax/python.ts";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
import { cases, goldenPath } from "./cases.ts";
import { signatures, yamlKeys } from "./frameworkKeys.ts";

const written = (target: string, file: string): string =>
  readFileSync(goldenPath(target, file.replace(/(\.\w+)$/, ".after$1")), "utf8");

/** Keys of OpenMMLab's own, which never reach a constructor. */
const general = ["type", "_delete_", "_scope_"];

/** What stands in a Python configuration that its framework does not take, and how many losses and samplers are known. */
function mistakesIn(text: string, known: Readonly<Record<string, readonly string[]>>) {
  const python = parsePython(text);
  const mistakes: string[] = [];
  let checked = 0;
  for (const node of walk(python.root)) {
    const entries = entriesOf(python, node) ?? [];
    const type = entries.find(({ key }) => key === "type")?.value;
    if (!type) continue;
    const name = stringValue(python, type) ?? text.slice(type.start, type.end);
    const taken = known[name.replace(/^.*\./, "")];
    if (!taken) continue;
    checked++;
    for (const { key } of entries)
      if (!general.includes(key) && !taken.includes(key)) mistakes.push(`${name} has no ${key}`);
  }
  return { mistakes, checked };
}

/** Keys of a YAML text in sections that are listed, but not in their lists. */
function strayKeys(text: string, sections: Readonly<Record<string, readonly string[]>>) {
  const root: unknown = parse(text);
  const mistakes: string[] = [];
  let checked = 0;
  for (const [path, known] of Object.entries(sections)) {
    const section = path
      .split(".")
      .filter(Boolean)
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], root);
    if (typeof section !== "object" || section === null) continue;
    for (const key of Object.keys(section)) {
      checked++;
      if (!known.includes(key)) mistakes.push(`${path} has no ${key}`);
    }
  }
  return { mistakes, checked };
}

describe("every written configuration has arguments that its framework takes:", () => {
  beforeAll(() => loadGrammar("python"));

  const python = cases.filter(({ target }) => signatures[target]);
  test.each(python.map(({ target, file }) => [target, file] as const))("%s %s", (target, file) => {
    const { mistakes, checked } = mistakesIn(written(target, file), signatures[target]!);
    expect(mistakes).toEqual([]);
    expect(checked, "losses and samplers that are listed").toBeGreaterThan(0);
  });

  const yaml = cases.filter(({ target }) => yamlKeys[target]);
  test.each(yaml.map(({ target, file }) => [target, file] as const))("%s %s", (target, file) => {
    const { mistakes, checked } = strayKeys(written(target, file), yamlKeys[target]!);
    expect(mistakes).toEqual([]);
    expect(checked, "keys in listed sections").toBeGreaterThan(0);
  });

  test("an argument of another toolbox and a key that is nowhere are found", () => {
    const config = "model = dict(head=dict(loss=dict(type='CrossEntropyLoss', pos_weight=[1.0])))\n";
    expect(mistakesIn(config, signatures["mmdetection"]!).mistakes).toEqual([
      "CrossEntropyLoss has no pos_weight",
    ]);
    expect(mistakesIn(config, signatures["mmpretrain"]!).mistakes).toEqual([]);
    expect(strayKeys("DATALOADER:\n  CLASS_WEIGHTS: [1]\n", yamlKeys["detectron2"]!).mistakes).toEqual([
      "DATALOADER has no CLASS_WEIGHTS",
    ]);
  });
});
