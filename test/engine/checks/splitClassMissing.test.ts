import { expect, test } from "vitest";
import { findingsForSplits } from "./splits.ts";

const code = "split/class-missing";

test("a class that no validation image holds cannot be measured", async () => {
  expect(await findingsForSplits(code, { train: [5, 3, 2], val: [4, 0, 1] })).toEqual([
    "1 class of train is missing in val: class 1. Its recall cannot be measured.",
  ]);
});

test("a class that only the test split holds cannot be learnt", async () => {
  expect(await findingsForSplits(code, { train: [5, 0], test: [4, 2] })).toEqual([
    "1 class of test is missing in train: class 1. Its samples cannot be recognised.",
  ]);
});

test("splits with the same classes give nothing, nor do classes that are in none", async () => {
  expect(await findingsForSplits(code, { train: [5, 3, 0], val: [4, 1, 0], test: [1, 1, 0] })).toEqual([]);
});

test("without a training split nothing is compared", async () => {
  expect(await findingsForSplits(code, { val: [5, 3], test: [4, 0] })).toEqual([]);
});

test("the rule can be switched off", async () => {
  const splits = { train: [5, 3], val: [4, 0] };
  expect(await findingsForSplits(code, splits, { rules: { [code]: "off" } })).toEqual([]);
});
