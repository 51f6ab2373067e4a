import { describe, expect, test } from "vitest";
import { score } from "#engine/training/evaluation.ts";
import {
  addStep,
  createTally,
  gradientRatio,
  isReported,
  startWindow,
} from "#engine/training/gradientRatio.ts";
import { cosineRate } from "#engine/training/schedule.ts";

describe("the score of predictions", () => {
  test("counts each class alike in balanced accuracy, each sample in accuracy", () => {
    const result = score([0, 0, 0, 1, 0], Int32Array.of(0, 0, 0, 0, 1), 2);
    expect(result.accuracy).toBeCloseTo(0.6, 12);
    expect(result.balancedAccuracy).toBeCloseTo(0.375, 12);
    expect([...result.recall]).toEqual([0.75, 0]);
    expect([...(result.confusion ?? [])]).toEqual([3, 1, 1, 0]);
  });

  test("knows no recall of a class without test samples, and leaves it out of the mean", () => {
    const { recall, balancedAccuracy } = score([0, 2], Int32Array.of(0, 2), 3);
    expect(recall[1]).toBeNaN();
    expect(balancedAccuracy).toBe(1);
  });

  test("has no confusion matrix above 200 classes", () => {
    expect(score([0], Int32Array.of(0), 201).confusion).toBeUndefined();
  });
});

describe("the gradient ratio", () => {
  test("is positive over negative sums, of the epoch and since the start", () => {
    const tally = createTally(2);
    addStep(tally, { positive: Float64Array.of(1, 3), negative: Float64Array.of(2, 4) });
    startWindow(tally);
    addStep(tally, { positive: Float64Array.of(1, 0), negative: Float64Array.of(4, 1) });
    expect([...gradientRatio(tally.window)]).toEqual([0.25, 0]);
    expect([...gradientRatio(tally.accumulated)]).toEqual([2 / 6, 3 / 5]);
  });

  test("is infinite without negatives and unknown without either, never 1e10", () => {
    const ratio = gradientRatio({ positive: Float64Array.of(1, 0), negative: Float64Array.of(0, 0) });
    expect(ratio[0]).toBe(Number.POSITIVE_INFINITY);
    expect(ratio[1]).toBeNaN();
  });

  test("is reported at about ten steps for each factor of ten", () => {
    const steps = Array.from({ length: 100 }, (_, i) => i + 1).filter(isReported);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 79, 100]);
  });
});

test("the learning rate falls from its start to 0 along half a cosine", () => {
  expect([0, 50, 100].map((step) => Number(cosineRate(0.3, step, 100).toFixed(12)))).toEqual([0.3, 0.15, 0]);
});

test("precision, F1 and macro F1 are those of the definitions, on a table worked out by hand", () => {
  // True 0 0 0 1 1 2, taken for 0 0 1 1 0 0; class 3 is neither tested nor predicted.
  const result = score([0, 0, 1, 1, 0, 0], Int32Array.of(0, 0, 0, 1, 1, 2), 4);
  const plain = (values: Float32Array | undefined): number[] => Array.from(values ?? []);
  expect(plain(result.precision)[0]).toBeCloseTo(2 / 4);
  expect(plain(result.precision)[1]).toBeCloseTo(1 / 2);
  expect(plain(result.precision).slice(2)).toEqual([Number.NaN, Number.NaN]);
  expect(plain(result.f1)[0]).toBeCloseTo((2 * 0.5 * (2 / 3)) / (0.5 + 2 / 3));
  expect(plain(result.f1).slice(1)).toEqual([0.5, 0, Number.NaN]);
  expect(result.macroF1).toBeCloseTo((4 / 7 + 0.5 + 0) / 3);
});
