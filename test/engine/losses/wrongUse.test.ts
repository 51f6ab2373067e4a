/** What a user reads where a loss does not fit: the thing, the place, the next step. */
import { describe, expect, test } from "vitest";
import { checkParameters, prepareLoss } from "#engine/losses/registry.ts";
import { lossIds } from "#protocol/losses.ts";
import { labelsOf, stepOf } from "./batches.ts";

const message = (action: () => unknown): string => {
  try {
    action();
  } catch (problem) {
    return (problem as Error).message;
  }
  return "nothing was thrown";
};

test("beta 1 is refused, and so is a parameter that the loss does not have", () => {
  expect(message(() => prepareLoss("class-balanced-softmax", { beta: 1 }, [5, 3]))).toBe(
    "Class-balanced softmax: beta is 1. Give a number, at least 0 and below 1.",
  );
  expect(message(() => prepareLoss("class-balanced-softmax", { tau: 1 }, [5, 3]))).toBe(
    "Class-balanced softmax has no parameter tau. It takes: beta, absent.",
  );
  expect(message(() => prepareLoss("seesaw", { p: -1 }, [5, 3]))).toBe(
    "Seesaw: p is -1. Give a number, at least 0.",
  );
  expect(message(() => prepareLoss("balanced-softmax", { absent: "drop" }, [5, 3]))).toBe(
    "Balanced softmax: absent is drop. Give exclude or clamp1.",
  );
});

test("parameters left out get their defaults, advanced ones stay out", () => {
  expect(checkParameters("equalization-v2", { gamma: 6 })).toEqual({ gamma: 6, mu: 0.8, alpha: 4 });
});

test.each(lossIds)("%s refuses counts that no training set has", (id) => {
  expect(message(() => prepareLoss(id, {}, []))).toMatch(/there are no classes/);
  expect(message(() => prepareLoss(id, {}, [3, -1]))).toMatch(/class 1 has count -1/);
  expect(message(() => prepareLoss(id, {}, [Number.NaN]))).toMatch(/class 0 has count NaN/);
});

test.each(lossIds)("%s refuses labels outside the classes and logits of another shape", (id) => {
  const prepared = prepareLoss(id, {}, [5, 3]);
  expect(message(() => prepared.check(labelsOf([1, 2])))).toMatch(/row 1 has label 2, outside 0 to 1/);
  expect(message(() => stepOf(prepared, [1, 2, 3], labelsOf([0])))).toBe(
    "expected [1, 2] logits, got 3 values",
  );
});

test("a label of a class without samples is named before training", () => {
  const prepared = prepareLoss("balanced-softmax", {}, [5, 0, 3]);
  expect(message(() => prepared.check(labelsOf([0, 2, 1])))).toBe(
    "Balanced softmax: row 2 has class 1, which has no sample in the counts. Count the training labels again, or set absent to clamp1.",
  );
  const clamped = prepareLoss("balanced-softmax", { absent: "clamp1" }, [5, 0, 3]);
  expect(stepOf(clamped, [0, 0, 0], labelsOf([1])).loss).toBeCloseTo(Math.log(9));
});

test.each([
  "weighted-cross-entropy",
  "class-balanced-softmax",
  "class-balanced-sigmoid",
  "class-balanced-focal",
  "class-balanced-softmax-bce",
  "ldam",
] as const)("%s names a label that would weigh nothing before training", (id) => {
  const prepared = prepareLoss(id, {}, [5, 0, 3]);
  expect(message(() => prepared.check(labelsOf([0, 1])))).toMatch(/row 1 has class 1, which has no sample/);
  expect(stepOf(prepared, [1, 2, 3], labelsOf([1])).loss).toBe(0);
  expect(message(() => prepareLoss(id, { absent: "clamp1" }, [5, 0, 3]).check(labelsOf([1])))).toMatch(
    /nothing/,
  );
});

describe("sigmoid losses", () => {
  test("multi-hot targets of another shape or with other values are refused", () => {
    const prepared = prepareLoss("binary-cross-entropy", {}, [5, 3]);
    const multiHot = Float32Array.of(1, 0, 0.5, 0);
    expect(message(() => prepared.check({ ...labelsOf([0, 0]), multiHot }))).toMatch(
      /entry 2 is 0.5. Use 0 and 1/,
    );
    expect(message(() => prepared.check({ ...labelsOf([0]), multiHot }))).toMatch(
      /4 entries, expected .* 2\./,
    );
  });

  test("qualities are for quality losses only, and between 0 and 1", () => {
    const quality = Float32Array.of(1.5);
    const plain = prepareLoss("equalized-focal", {}, [5, 3]);
    expect(message(() => plain.check({ ...labelsOf([0]), quality }))).toMatch(/takes no qualities/);
    const own = prepareLoss("equalized-quality-focal", {}, [5, 3]);
    expect(message(() => own.check({ ...labelsOf([0]), quality }))).toMatch(/row 0 has quality 1.5/);
    expect(message(() => own.check({ ...labelsOf([0, 1]), quality }))).toMatch(/1 qualities for 2 rows/);
  });
});

describe("a saved state", () => {
  const saved = prepareLoss("equalization-v2", {}, [5, 3]).save();

  test("of another class count is refused", () => {
    const other = prepareLoss("equalization-v2", {}, [5, 3, 1]);
    expect(message(() => other.restore(saved))).toMatch(/has 2 classes, the data 3/);
  });

  test("of another loss is refused", () => {
    const other = prepareLoss("seesaw", {}, [5, 3]);
    expect(message(() => other.restore(saved))).toMatch(/belongs to equalization-v2, not to seesaw/);
  });

  test("with missing values is refused", () => {
    const other = prepareLoss("equalization-v2", {}, [5, 3]);
    expect(message(() => other.restore({ ...saved, values: {} }))).toMatch(
      /0 values of positive, expected 2/,
    );
  });
});
