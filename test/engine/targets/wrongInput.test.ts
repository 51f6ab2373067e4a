/** Wrong input for every target: each gets its message, and no edit is made. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
import { cases, changeOf, classes, goldenText, targetNamed } from "./cases.ts";

beforeAll(async () => {
  await loadGrammar("python");
  await loadGrammar("javascript");
});

const broken: Readonly<Record<string, string>> = {
  py: "\ndef broken(:\n",
  yaml: "\nbroken: [1, 2\n  deeper: {\n",
  mjs: "\nconst broken = {;\n",
};

type Classes = readonly { readonly name: string; readonly count: number }[];

function refusal(each: (typeof cases)[number], text: string, given: Classes = classes): string {
  const change = changeOf(each);
  const answer = targetNamed(each.target).insert(text, {
    ...change,
    provenance: { ...change.provenance, classes: given },
  });
  return answer.kind === "refusal" ? answer.reason : expect.fail(`an edit was made: ${answer.text}`);
}

const named = (some: typeof cases) => some.map((each) => [each.target, each.file, each] as const);

describe("a configuration that does not parse", () => {
  test.each(named(cases))("is left alone: %s %s", (target, file, each) => {
    const text = goldenText(target, file) + broken[file.replace(/^.*\./, "")];
    expect(refusal(each, text)).toMatch(/syntax error|not valid YAML|cannot be read|Mend/i);
  });
});

test("a refused loss is named as everywhere else", () => {
  const reasons = cases.flatMap((each) => {
    const change = changeOf({ ...each, loss: "equalization-v2", parameters: {} });
    const answer = targetNamed(each.target).insert(goldenText(each.target, each.file), change);
    return answer.kind === "refusal" ? [answer.reason] : [];
  });
  expect(reasons.filter((reason) => reason.includes("EQL v2")).length).toBeGreaterThan(8);
  for (const reason of reasons) expect(reason).not.toContain("eql v2");
});

describe("a manifest with another number of classes than the configuration", () => {
  const counted = cases.filter(({ target, file }) =>
    /^\s*(?:[^#\n]*\bnum_classes\s*=|num_classes:\s*&?\w*\s*\d|\s*NUM_CLASSES:)/m.test(
      goldenText(target, file),
    ),
  );
  test("is tried on several targets", () => {
    expect(new Set(counted.map(({ target }) => target)).size).toBeGreaterThan(4);
  });
  test.each(named(counted))("is refused: %s %s", (target, file, each) => {
    const more = [...classes, { name: "d", count: 3 }];
    expect(refusal(each, goldenText(target, file), more)).toMatch(/4 classes|classes.*4|4, /);
  });
});

describe("a class without a sample", () => {
  const weighted = cases.filter(({ loss }) => loss === "class-balanced-softmax");
  // BagOfTricks-LT counts the data itself.
  const ours = weighted.filter(({ target }) => target !== "bag-of-tricks");
  test.each(named(ours))("is told before weights are made: %s %s", (target, file, each) => {
    const empty = classes.map((one) => (one.name === "c" ? { ...one, count: 0 } : one));
    const reason = refusal(each, goldenText(target, file), empty);
    expect(reason).toContain("1 class without a sample");
    expect(reason).toContain("clamp1");
  });
});

describe("a class list in another order than the manifest's", () => {
  /** A line that states the classes, in the language of a file; YAML takes it at its top level. */
  const lists: Readonly<Record<string, string>> = {
    py: "class_names = ['b', 'a', 'c']\n",
    yaml: "class_names: [b, a, c]\n",
    mjs: 'const CLASS_NAMES = ["b", "a", "c"];\n',
  };
  const first = cases.filter(
    ({ target }, index) => cases.findIndex((each) => each.target === target) === index,
  );
  // These write nothing by class: they count the data themselves, or take a threshold.
  const listless = ["detectron2-lazy"];
  test.each(named(first.filter(({ target }) => !listless.includes(target))))(
    "is refused: %s %s",
    (target, file, each) => {
      const text = goldenText(target, file) + lists[file.replace(/^.*\./, "")];
      expect(refusal(each, text)).toMatch(
        /Class 0 is "b" in the class list and "a" in the manifest: the order/,
      );
    },
  );

  test("is refused as keys of Ultralytics' data file too, as are other classes", () => {
    const each = cases.find(({ target }) => target === "ultralytics")!;
    const said = (data: string): string => {
      const answer = targetNamed("ultralytics").insert(goldenText("ultralytics", each.file), {
        ...changeOf(each),
        inherited: [data],
      });
      return answer.kind === "refusal" ? answer.reason : answer.kind;
    };
    expect(said("names:\n  0: b\n  1: a\n  2: c\n")).toMatch(/the order differs/);
    expect(said("names: [a, b, dog]\n")).toContain('has "dog", which the manifest does not have');
    expect(said("names: [a, b, c]\n")).toBe("edit");
  });
});
