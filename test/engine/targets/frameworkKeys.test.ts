import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { isMap, isScalar, isSeq, parse, parseDocument } from "yaml";
import { callsIn, entriesOf, parsePython, stringValue, walk } from "#engine/targets/syntax/python.ts";
import { settingsOf } from "#engine/targets/syntax/pythonSettings.ts";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
import { targets } from "#engine/targets/targets.ts";
import { cases, goldenPath } from "./cases.ts";
import { lazyArguments, lossParameters, signatures, typedKeys, yamlKeys } from "./frameworkKeys.ts";

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

/** Arguments in a LazyConfig that what they are for does not take, in calls and in statements. */
function lazyMistakes(text: string) {
  const python = parsePython(text);
  const mistakes: string[] = [];
  let checked = 0;
  const check = (name: string, keys: readonly string[]): void => {
    const taken = lazyArguments[name];
    if (!taken) return;
    checked += keys.length;
    mistakes.push(...keys.filter((key) => !taken.includes(key)).map((key) => `${name} has no ${key}`));
  };
  for (const { path } of settingsOf(python)) {
    const owner = Object.keys(lazyArguments).find((each) => path.startsWith(`${each}.`));
    if (owner) check(owner, [path.slice(owner.length + 1).replace(/\..*/, "")]);
  }
  for (const { name, keywords } of callsIn(python))
    check(
      name.replace(/^\w+\((.*)\)$/, "$1"),
      keywords.map(({ key }) => key),
    );
  return { mistakes, checked };
}

/** Keys of a YAML text in sections that are listed, but not in their lists, and values of another type than is listed. */
function strayKeys(text: string, sections: Readonly<Record<string, readonly string[]>>) {
  const document = parseDocument(text);
  const mistakes: string[] = [];
  let checked = 0;
  for (const [path, listed] of Object.entries(sections)) {
    const section = path === "" ? document.contents : document.getIn(path.split("."), true);
    if (!isMap(section)) continue;
    const known = new Map(listed.map((each) => [each.replace(/:.*/, ""), each.replace(/^[^:]*:?/, "")]));
    for (const { key, value } of section.items) {
      checked++;
      const name = String(key);
      const type = known.get(name);
      if (type === undefined) mistakes.push(`${path} has no ${name}`);
      else if (type !== "" && kindOf(value) !== type)
        mistakes.push(`${path}.${name} is no ${type} but ${kindOf(value)}`);
    }
  }
  return { mistakes, checked };
}

/** The Python type that a YAML value becomes: unlike in JavaScript, 2 and 2.0 are two. */
function kindOf(node: unknown): string {
  if (isMap(node)) return "dict";
  if (isSeq(node)) return "list";
  if (!isScalar(node)) return "none";
  const { value, source = "" } = node;
  if (typeof value === "number") return /^[-+]?\d+$/.test(source) ? "int" : "float";
  if (typeof value === "boolean") return "bool";
  return value === null ? "none" : "str";
}

/** What stands in `kwargs` beside a listed `type` and is in none of its lists, anywhere in a YAML text. */
function strayArguments(text: string, types: Readonly<Record<string, readonly (readonly string[])[]>>) {
  const mistakes: string[] = [];
  let checked = 0;
  // Their own configurations have keys twice, as PyYAML takes the last one.
  const open: unknown[] = [parse(text, { uniqueKeys: false })];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== "object" || node === null) continue;
    open.push(...Object.values(node));
    const { type, kwargs = {} } = node as { readonly type?: unknown; readonly kwargs?: object };
    const lists = typeof type === "string" ? types[type] : undefined;
    if (!lists) continue;
    checked++;
    const given = Object.keys(kwargs);
    if (!lists.some((list) => given.every((key) => list.includes(key))))
      mistakes.push(`${String(type)} takes no ${given.join(", ")}`);
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

  const typed = cases.filter(({ target }) => typedKeys[target]);
  test.each(typed.map(({ target, file }) => [target, file] as const))("%s %s, by type", (target, file) => {
    const { mistakes, checked } = strayArguments(written(target, file), typedKeys[target]!);
    expect(mistakes).toEqual([]);
    expect(checked, "losses, samplers and hooks that are listed").toBeGreaterThan(1);
  });

  const lazy = cases.filter(({ target }) => target === "detectron2-lazy");
  test.each(lazy.map(({ file }) => file))("detectron2-lazy %s", (file) => {
    const { mistakes, checked } = lazyMistakes(written("detectron2-lazy", file));
    expect(mistakes).toEqual([]);
    expect(checked).toBeGreaterThan(2);
    expect(
      lazyMistakes("dataloader.train.samplers = L(RepeatFactorTrainingSampler)(factors=1)\n").mistakes,
    ).toEqual(["dataloader.train has no samplers", "RepeatFactorTrainingSampler has no factors"]);
  });

  test("balanced-meta-softmax: parameters of a loss are as many, in the order that its function takes them", () => {
    for (const { target, file } of cases.filter((each) => each.target === "balanced-meta-softmax")) {
      const { criterions } = parse(written(target, file)) as {
        criterions: { PerformanceLoss: { def_file: string; loss_params: object } };
      };
      const { def_file, loss_params } = criterions.PerformanceLoss;
      expect(Object.keys(loss_params)).toEqual(lossParameters[def_file]);
    }
  });

  test("every target whose framework cannot be installed has its list", () => {
    const run = ["equipoise", "pytorch", "keras", "tensorflow-js", "hugging-face"];
    const listed = [signatures, yamlKeys, typedKeys].flatMap((each) => Object.keys(each));
    const checked = [...run, ...listed, "detectron2-lazy"];
    expect(targets.map(({ id }) => id).filter((id) => !checked.includes(id))).toEqual([]);
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
    expect(strayKeys("LOSS:\n  FocalLoss:\n    GAMMA: 2\n", yamlKeys["bag-of-tricks"]!).mistakes).toEqual([
      "LOSS.FocalLoss.GAMMA is no float but int",
    ]);
    const hook = "hooks:\n  - type: gradient_collector\n    kwargs: {hook_module: [a], hook_head: b}\n";
    expect(strayArguments(hook, typedKeys["united-perception"]!).mistakes).toEqual([
      "gradient_collector takes no hook_module, hook_head",
    ]);
  });
});
