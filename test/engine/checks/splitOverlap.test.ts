import { expect, test } from "vitest";
import { SampleSplits, sampleHash } from "#engine/manifest/sampleSplits.ts";
import { inspected, told, tree } from "../manifest/folder/tree.ts";

const box = "0 0.5 0.5 0.1 0.1";
const yaml = "train: images/train\nval: images/val\nnames: [cat]\n";

test("an image of the same name and size in two splits is told", async () => {
  const root = tree({
    "data.yaml": yaml,
    "images/train/1.jpg": "same",
    "images/val/1.jpg": "same",
    "labels/train/1.txt": box,
    "labels/val/1.txt": box,
  });
  expect(told(await inspected(root), "split/overlap")[0]).toContain(
    "1 image is in both train and val; 1.jpg.",
  );
  const off = await inspected(root, { project: { rules: { "split/overlap": "off" } } });
  expect(told(off, "split/overlap")).toEqual([]);
});

test("images that only share a name give nothing", async () => {
  const root = tree({
    "data.yaml": yaml,
    "images/train/1.jpg": "one",
    "images/val/1.jpg": "another",
    "labels/train/1.txt": box,
    "labels/val/1.txt": box,
  });
  expect(told(await inspected(root), "split/overlap")).toEqual([]);
});

test("samples are counted once for each pair of splits, however often they are listed", () => {
  const splits = new SampleSplits();
  const add = (split: number, ...names: string[]): void => {
    for (const name of names) splits.add(split, sampleHash(name), name);
  };
  add(0, "a", "b", "c", "a");
  add(1, "b", "c", "d", "b");
  add(2, "c", "e");
  expect(splits.overlaps(["train", "val", "test"])).toEqual([
    { splits: ["train", "val"], count: 2, example: "b" },
    { splits: ["train", "test"], count: 1, example: "c" },
    { splits: ["val", "test"], count: 1, example: "c" },
  ]);
});

test("neighbouring names are kept apart", () => {
  const splits = new SampleSplits();
  for (let i = 0; i < 200_000; i++) splits.add(i % 2, sampleHash(`img/${i}.jpg`), `${i}`);
  expect(splits.overlaps(["train", "val"])).toEqual([]);
});
