/** Checks of class names, ids and declared counts, each with a sample that fails and one that passes. */
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { chunkedSource } from "../manifest/chunked.ts";

interface Sample {
  readonly categories: readonly object[];
  readonly annotations?: readonly object[];
  readonly images?: readonly object[];
}

const image = { id: 1, file_name: "a.jpg", width: 100, height: 50 };

/** Code, severity and message of the findings with this code. */
async function found(code: string, { categories, annotations = [], images = [image] }: Sample) {
  const boxed = annotations.map((annotation, id) => ({
    id,
    image_id: 1,
    bbox: [id, 1, 2, 2],
    ...annotation,
  }));
  const text = JSON.stringify({ images, annotations: boxed, categories });
  const analysis = await analyse(chunkedSource("/set/annotations.json", text), { asked: true });
  return analysis?.findings
    .filter((finding) => finding.code === code)
    .map((f) => `${f.severity} ${f.message}`);
}

const category = (id: number, name: string, more = {}): object => ({ id, name, supercategory: "x", ...more });
const on = (...ids: readonly number[]): object[] => ids.map((id) => ({ category_id: id }));

describe("class/look-alike", () => {
  test("finds names that differ in capitals, blanks, punctuation or alphabet only", async () => {
    const names = ["Paper bag", "paper_bag", "car", "саr", "fish", "Fish"];
    const categories = names.map((name, id) => category(id, name));
    expect(await found("class/look-alike", { categories, annotations: on(0, 1, 2, 3, 4, 5) })).toEqual([
      'warning "Paper bag" and "paper_bag" look alike (0 and 1). Is that one class?',
      'warning "car" and "саr" look alike (2 and 3). Is that one class?',
      'warning "fish" and "Fish" look alike (4 and 5). Is that one class?',
    ]);
  });

  test("leaves numbers, parts of names and equal names alone", async () => {
    const names = ["1.0", "10", "bishop", "black-bishop", "C", "C++", "C#", "1-0", "dog", "dog", "", "-"];
    const categories = names.map((name, id) => category(id, name));
    expect(await found("class/look-alike", { categories })).toEqual([]);
  });
});

describe("class/superclass", () => {
  test("finds the group that Roboflow puts among the classes", async () => {
    const categories = [
      category(0, "pieces", { supercategory: "none" }),
      category(1, "king", { supercategory: "pieces" }),
      category(2, "queen", { supercategory: "pieces" }),
    ];
    expect(await found("class/superclass", { categories, annotations: on(1, 2) })).toEqual([
      'warning "pieces" is the group of 2 other classes and has no label of its own. It is an output that is never right.',
    ]);
    expect(await found("class/superclass", { categories, annotations: on(0, 1, 2) })).toEqual([
      'information "pieces" is the group of 2 other classes and a class as well. Tell the two apart before results are averaged by group.',
    ]);
  });

  test("leaves classes alone that name themselves as their group", async () => {
    const categories = [category(0, "person", { supercategory: "person" }), category(1, "cat")];
    expect(await found("class/superclass", { categories })).toEqual([]);
  });
});

describe("class/id-gaps", () => {
  test("says how index and id belong together", async () => {
    const categories = [1, 2, 4, 9].map((id) => category(id, `c${id}`));
    expect(await found("class/id-gaps", { categories })).toEqual([
      "information Ids run from 1 to 9 with 5 gaps: index 0 is id 1, index 2 is id 4, index 3 is id 9.",
    ]);
  });

  test("only hints at the gaps that COCO's own ids have", async () => {
    const gaps = new Set([12, 26, 29, 30, 45, 66, 68, 69, 71, 83]);
    const ids = Array.from({ length: 90 }, (_, index) => index + 1).filter((id) => !gaps.has(id));
    const of = (list: readonly number[]) =>
      found("class/id-gaps", { categories: list.map((id) => category(id, `c${id}`)) });
    expect(await of(ids)).toEqual([
      "hint Ids run from 1 to 90 with 10 gaps: index 0 is id 1, index 11 is id 13, index 79 is id 90.",
    ]);
    expect(await of(ids.filter((id) => id !== 50))).toEqual([expect.stringMatching(/^information /)]);
  });

  test("says nothing of ids without gaps, whatever they start at", async () => {
    expect(
      await found("class/id-gaps", { categories: [5, 6, 7].map((id) => category(id, `c${id}`)) }),
    ).toEqual([]);
  });
});

describe("class/declared-count", () => {
  test("compares what categories declare with what the file has", async () => {
    const categories = [
      category(1, "a", { instance_count: 2, image_count: 9 }),
      category(2, "b", { image_count: 1 }),
      category(3, "c"),
    ];
    expect(await found("class/declared-count", { categories, annotations: on(1, 2, 2) })).toEqual([
      "information 1 of 3 classes has other counts than declared; first a: declares 2 instances, has 1.",
    ]);
    expect(await found("class/declared-count", { categories, annotations: on(1, 1, 2, 3) })).toEqual([]);
  });
});
