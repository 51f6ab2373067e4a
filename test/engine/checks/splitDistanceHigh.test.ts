import { expect, test } from "vitest";
import { findingsForSplits } from "./splits.ts";

const code = "split/distance";

test("splits of other shares are told with the class that differs most", async () => {
  expect(await findingsForSplits(code, { train: [160, 40], val: [40, 60] })).toEqual([
    "val is distributed differently from train: distance 0.40 of 1; most apart: class 0 (80.0 % and 40.0 %).",
  ]);
});

test("a balanced test split is meant so", async () => {
  expect(await findingsForSplits(code, { train: [160, 40], test: [50, 50] })).toEqual([]);
});

test("what chance gives for few samples is no finding", async () => {
  expect(await findingsForSplits(code, { train: [60, 40], val: [4, 5] })).toEqual([]);
});

test("splits of one distribution give nothing", async () => {
  expect(await findingsForSplits(code, { train: [160, 40], val: [80, 21] })).toEqual([]);
});
