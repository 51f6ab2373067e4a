import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { countLabels } from "#engine/data/dataset.ts";
import { holdOut } from "#engine/data/heldOut.ts";
import { readSplit } from "#engine/data/split.ts";
import { temporaryFolder, writeNpy } from "../tiny.ts";

function labels(counts: readonly number[]): Int32Array {
  return Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
}

/** A list `class/n.png class`, class by class. */
function list(folder: string, name: string, counts: Readonly<Record<string, number>>): string {
  const lines = Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i) => `${name}/${label}/${i}.png ${label}\n`),
  );
  const path = join(folder, name);
  writeFileSync(path, lines.join(""));
  return path;
}

const source = (path: string) => ({ inputs: path, labels: path });

describe("holding out", () => {
  test("takes a fifth of every class, at least one of two, and leaves single samples in training", () => {
    const all = labels([50, 12, 2, 1]);
    const { train, test: tested, untested } = holdOut(all, 4);
    expect(
      countLabels(
        tested.map((i) => all[i]!),
        4,
      ),
    ).toEqual([10, 2, 1, 0]);
    expect(
      countLabels(
        train.map((i) => all[i]!),
        4,
      ),
    ).toEqual([40, 10, 1, 1]);
    expect(untested).toEqual([3]);
    expect([...train, ...tested].sort((a, b) => a - b)).toEqual([...all.keys()]);
  });

  test("always takes the same ones", () => {
    expect(holdOut(labels([30, 10]), 2)).toEqual(holdOut(labels([30, 10]), 2));
  });

  test("does not just take the first ones", () => {
    const { test: tested } = holdOut(labels([100]), 1);
    expect(Math.max(...tested)).toBeGreaterThan(50);
  });
});

describe("a split", () => {
  test("of one file says which classes cannot be tested", async () => {
    const path = list(temporaryFolder(), "train.txt", { cat: 10, dog: 5, emu: 1 });
    const split = await readSplit(source(path), undefined);
    expect(split.heldOut).toBe(true);
    expect(split.notes).toEqual(["1 class has a single sample, kept for training and not tested: emu."]);
  });

  test("of two files has the classes of training, whatever their order in the other file", async () => {
    const folder = temporaryFolder();
    const train = list(folder, "train.txt", { cat: 4, dog: 2 });
    const tested = list(folder, "test.txt", { dog: 1, cat: 3 });
    const split = await readSplit(source(train), source(tested));
    expect(split.test.labels.length).toBe(4);
    const names = Array.from(split.test.labels, (label) => split.classes[label]);
    expect(names).toEqual(["dog", "cat", "cat", "cat"]);
  });

  test("leaves out test samples of classes that training does not know, and says so", async () => {
    const folder = temporaryFolder();
    const train = list(folder, "train.txt", { cat: 4, dog: 2, emu: 2 });
    const tested = list(folder, "test.txt", { cat: 3, yak: 2 });
    const split = await readSplit(source(train), source(tested));
    expect(split.test.labels.length).toBe(3);
    expect(split.notes).toEqual([
      "2 samples of test.txt left out: 1 class does not occur in training (yak).",
      "2 classes have no sample in test.txt: dog, emu.",
    ]);
  });

  test("of files without a class in common is refused", async () => {
    const folder = temporaryFolder();
    const train = list(folder, "train.txt", { cat: 4, dog: 2 });
    const tested = list(folder, "test.txt", { yak: 3, emu: 1 });
    await expect(readSplit(source(train), source(tested))).rejects.toThrow(
      /^test.txt shares no class with train.txt: .*yak.* against cat, dog. Name the test set/,
    );
  });

  test("takes labels from arrays, by their number", async () => {
    const folder = temporaryFolder();
    writeNpy(join(folder, "y.npy"), "<i4", [4], [0, 0, 1, 2]);
    writeNpy(join(folder, "t.npy"), "<i4", [2], [2, 0]);
    const split = await readSplit(source(join(folder, "y.npy")), source(join(folder, "t.npy")));
    expect(split.classes).toEqual(["0", "1", "2"]);
    expect([...split.test.labels]).toEqual([2, 0]);
  });

  test.each([
    ["<f4", [2], [0, 0.5], "y.npy (float32) holds 0.5 in row 1. Labels are class indices from 0."],
    ["<i4", [2], [0, -1], "y.npy (int32) holds -1 in row 1. Labels are class indices from 0."],
    [
      "<i4",
      [1, 2],
      [0, 3],
      "y.npy has shape (1, 2). Expected labels of shape (rows,), one class index a row, or (rows, classes) of 0 and 1.",
    ],
    ["<i4", [0], [], "y.npy holds no label."],
  ] as const)("refuses labels %s %j %j", async (descr, shape, values, message) => {
    const path = join(temporaryFolder(), "y.npy");
    writeNpy(path, descr, shape, values);
    await expect(readSplit(source(path), undefined)).rejects.toThrow(message);
  });
});
