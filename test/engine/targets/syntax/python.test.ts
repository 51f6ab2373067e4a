import { beforeAll, expect, test } from "vitest";
import { applyEdits } from "#engine/project/textEdits.ts";
import { lineEdits } from "#engine/targets/syntax/lineEdits.ts";
import {
  callsIn,
  numbersOf,
  parsePython,
  resolved,
  source,
  stringsOf,
} from "#engine/targets/syntax/python.ts";
import { withDict } from "#engine/targets/syntax/pythonInsert.ts";
import { numberAt, settingAt, settingsOf, wordAt } from "#engine/targets/syntax/pythonSettings.ts";
import { loadGrammar, parseText } from "#engine/targets/syntax/treeSitter.ts";

beforeAll(async () => {
  await loadGrammar("python");
  await loadGrammar("javascript");
});

test("texts of every recent Python are sound, broken ones are not", () => {
  const recent =
    'match x:\n    case {"a": [1, *_]}:\n        pass\ntype P = list[int]\ndef f[T](x: T, /, *, y=1) -> T: return x\nprint(f"{x!r:>{width}} {f\'{y}\'}")\nif (n := 10) > 5: ...\n';
  expect(parsePython(recent).sound).toBe(true);
  expect(parsePython("model = dict(\n").sound).toBe(false);
  expect(parsePython("x = [1, 2\ny = 3\n").sound).toBe(false);
  expect(parsePython("").sound).toBe(true);
});

test("offsets count UTF-16 units, as editors do", () => {
  const python = parsePython("x = '😀é'  # 漢\ny = f(a=1)\n");
  const [call] = callsIn(python);
  expect(source(python, call!.node)).toBe("f(a=1)");
});

test("a text that nests ten thousand deep is read", () => {
  const deep = `x = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`;
  expect(parsePython(deep).root.kind).toBe("module");
});

test("JavaScript is read too", () => {
  expect(parseText("javascript", "await model.fit(x, y, {classWeight: {0: 1}});").sound).toBe(true);
});

test("settings are found by path, in dict calls, literals, lists, attributes and merges", () => {
  const text = [
    "C = 3",
    "model = dict(head=dict(num_classes=C), heads=[dict(a=1), {'a': 2}])",
    "model['head'].loss = dict(type=FocalLoss)",
    "model.merge(dict(head={'name': 'x'}))",
    "w = [1, -2.5, 1e-3, 1_000]",
    "classes = ('a', \"b\")",
  ].join("\n");
  const python = parsePython(text);
  const settings = settingsOf(python);
  expect(numberAt(python, settings, "model.head.num_classes")).toBe(3);
  expect(numberAt(python, settings, "model.heads.1.a")).toBe(2);
  expect(wordAt(python, settings, "model.head.loss.type")).toBe("FocalLoss");
  expect(settingAt(settings, "model.head.name")?.merged).toBe(true);
  expect(numbersOf(python, settingAt(settings, "w")!.value)).toEqual([1, -2.5, 0.001, 1000]);
  expect(stringsOf(python, settingAt(settings, "classes")!.value)).toEqual(["a", "b"]);
  expect(source(python, resolved(python, settingAt(settings, "model.head.num_classes")!.value))).toBe("3");
});

test("what an enclosing _delete_ drops is not merged", () => {
  const settings = settingsOf(
    parsePython("_base_ = 'x.py'\nmodel = dict(a=dict(_delete_=True, b=dict(c=1)), d=dict(e=1))\n"),
  );
  expect(settingAt(settings, "model.a.b")?.merged).toBe(false);
  expect(settingAt(settings, "model.d.e")?.merged).toBe(true);
});

test("a dictionary goes where the path leads, and nowhere where code makes the value", () => {
  const dict = { path: "model.head.loss", settings: [["type", "'A'"]] as const };
  expect(withDict("model = dict(head=dict(x=1))\n", dict)).toBe(
    "model = dict(head=dict(loss=dict(type='A'), x=1))\n",
  );
  expect(withDict("model = dict(\n    # the head\n    head=dict(\n        x=1,\n    ),\n)\n", dict)).toBe(
    "model = dict(\n    # the head\n    head=dict(\n        loss=dict(type='A'),\n        x=1,\n    ),\n)\n",
  );
  expect(withDict("model = make_model(3)\n", dict)).toBeUndefined();
});

test("line edits lead from one text to the other and leave lines between alone", () => {
  const before = "a\nb\nc\nd\ne\n";
  const after = "a\nB\nc\nd\nx\ne\n";
  const edits = lineEdits(before, after);
  expect(applyEdits(before, edits)).toBe(after);
  expect(edits).toHaveLength(2);
  expect(lineEdits(before, before)).toEqual([]);
  expect(applyEdits("", lineEdits("", "a"))).toBe("a");
  expect(applyEdits("a\nb", lineEdits("a\nb", ""))).toBe("");
});
