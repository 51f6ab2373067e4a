import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { fileSource } from "#engine/manifest/source.ts";
import { countsByView, inspected, told, tree } from "./tree.ts";

const files = {
  "train/cat/1.jpg": "a",
  "train/cat/2.JPEG": "b",
  "train/cat/deeper/3.png": "c",
  "train/dog/4.jpg": "d",
  "train/dog/notes.txt": "not an image",
  "val/cat/1.jpg": "another",
  "val/dog/4.jpg": "d",
};

test("a folder of folders with images has a class each, and splits above them", async () => {
  const analysis = await inspected(tree(files));
  expect(analysis).toMatchObject({ format: "image-folder" });
  expect(countsByView(analysis)).toEqual({ train: { cat: 3, dog: 1 }, val: { cat: 1, dog: 1 } });
  expect(told(analysis, "split/overlap")[0]).toContain("1 sample is in both train and val; 4.jpg.");
});

test("one split alone is read too, with its empty classes", async () => {
  const root = tree(files);
  mkdirSync(join(root, "train", "mouse"));
  symlinkSync(join(root, "train"), join(root, "train", "cat", "loop"));
  const analysis = await inspected(join(root, "train"));
  expect(Object.values(countsByView(analysis))).toEqual([{ cat: 4, dog: 1, mouse: 0 }]);
  expect(analysis.views[0]?.split).toBe("train");
});

test("its images are samples for training", async () => {
  const root = tree(files);
  const { classes, labels, paths } = await readLabelledSamples(fileSource(root));
  expect(classes).toEqual(["cat", "dog"]);
  expect([...labels]).toEqual([0, 0, 0, 1]);
  expect(paths?.map((path) => path.slice(root.length + 1))).toEqual([
    "train/cat/1.jpg",
    "train/cat/2.JPEG",
    "train/cat/deeper/3.png",
    "train/dog/4.jpg",
  ]);
});

test("a folder with nothing of the kind is refused with a sentence", async () => {
  const analysis = await inspected(tree({ "src/a.ts": "let a;", "src/b.ts": "let b;" }));
  expect(analysis.views).toEqual([]);
  expect(analysis.findings).toHaveLength(1);
});
