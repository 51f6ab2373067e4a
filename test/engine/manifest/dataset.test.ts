import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { trainingManifest } from "#engine/manifest/dataset.ts";
import { countsByView, inspected, told, tree } from "./folder/tree.ts";

const list = (from: number, ...counts: number[]): string =>
  counts
    .flatMap((count, label) =>
      Array.from({ length: count }, (_, i) => `img/${label}_${from + i}.jpg ${label}\n`),
    )
    .join("");

const coco = (id: number, files: readonly string[]): string =>
  JSON.stringify({
    images: files.map((file_name, index) => ({ id: index, file_name, width: 9, height: 9 })),
    annotations: files.map((_, index) => ({
      id: index,
      image_id: index,
      category_id: id,
      bbox: [1, 1, 2, 2],
    })),
    categories: [
      { id: 0, name: "cat", supercategory: "x" },
      { id: 1, name: "dog", supercategory: "x" },
    ],
  });

describe("a folder", () => {
  test("with a list for each split is one data set", async () => {
    const root = tree({ "train.txt": list(0, 9, 3), "val.txt": list(20, 4, 2), "notes.md": "# Notes" });
    const analysis = await inspected(root);
    expect(countsByView(analysis)).toEqual({ train: { 0: 9, 1: 3 }, val: { 0: 4, 1: 2 } });
    expect(analysis.found).toEqual([
      { files: ["train.txt", "val.txt"], format: "path-list", why: expect.any(String) },
    ]);
    expect(await trainingManifest(root)).toBe(join(root, "train.txt"));
  });

  test("tells samples that two lists share, in the list and line", async () => {
    const root = tree({ "train.txt": list(0, 9, 3), "test.txt": list(8, 4, 2) });
    expect(told(await inspected(root), "split/overlap")).toEqual([
      expect.stringMatching(/\/test\.txt:1 1 sample is in both train and test; img\/0_8\.jpg\.$/),
    ]);
    const off = await inspected(root, { project: { rules: { "split/overlap": "off" } } });
    expect(told(off, "split/overlap")).toEqual([]);
  });

  test("tells texts that two tables share, but not those that one holds twice", async () => {
    const table = (...texts: string[]): string =>
      ["text,label", ...texts.map((text, i) => `"${text}",${i % 2 ? "ask" : "tell"}`)].join("\n");
    const texts = Array.from({ length: 8 }, (_, i) => `Where is the card of customer ${i}, please?`);
    const root = tree({
      "train.csv": table(...texts, texts[2]!, texts[3]!),
      "test.csv": table("How may I change my PIN?", "Who are you, and what is this?", texts[5]!, "Hello?"),
    });
    expect(told(await inspected(root), "split/overlap")).toEqual([
      expect.stringMatching(
        /\/test\.csv:4 1 sample is in both train and test; Where is the card of customer/,
      ),
    ]);
    expect(told(await inspected(root), "sample/duplicate")).toEqual([]);
  });

  test("with a folder for each split is one data set, whose image names may repeat", async () => {
    const root = tree({
      "train/_annotations.coco.json": coco(0, ["1.jpg", "2.jpg"]),
      "valid/_annotations.coco.json": coco(1, ["1.jpg"]),
    });
    const analysis = await inspected(root);
    expect(countsByView(analysis)).toEqual({ train: { cat: 2, dog: 0 }, val: { cat: 0, dog: 1 } });
    expect(told(analysis, "split/overlap")).toEqual([]);
    expect(told(analysis, "split/class-missing")[0]).toContain("1 class of train is missing in val: cat.");
  });

  test("whose mistakes lie in the second file tells that file", async () => {
    const root = tree({ "train.txt": list(0, 9, 9), "val.txt": `${list(20, 4, 4)}img/x.jpg\n` });
    expect(told(await inspected(root), "label/unreadable")).toEqual([
      expect.stringMatching(/\/val\.txt:9 Line 9/),
    ]);
  });

  test("with several data sets reads the best and lists the others", async () => {
    const root = tree({
      "deep/set/data.yaml": "train: images\nnames: [cat]\n",
      "deep/set/labels/a.txt": "0 0.5 0.5 0.1 0.1",
      "other.txt": list(0, 3, 3),
      "train.txt": list(0, 9, 3),
      "test.txt": list(20, 9, 3),
      "package.json": "{}",
    });
    const { found } = await inspected(root);
    expect(found?.map(({ files, format }) => [format, ...files])).toEqual([
      ["path-list", "train.txt", "test.txt"],
      ["path-list", "other.txt"],
      ["yolo", "deep/set"],
    ]);
  });

  test("without data set says what was looked for", async () => {
    const analysis = await inspected(tree({ "a/readme.md": "", "b.txt": "hello\n" }));
    expect(analysis.findings.map(({ code }) => code)).toEqual(["manifest/no-labels"]);
  });
});
