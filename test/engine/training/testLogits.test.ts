import { describe, expect, test } from "vitest";
import {
  averagePrecision,
  calibrationError,
  figuresOf,
  type TestLogits,
} from "#engine/training/testLogits.ts";

const softmax = (values: readonly number[], columns: number): TestLogits => ({
  values: Float32Array.from(values),
  columns,
  link: "softmax",
});

describe("the calibration error", () => {
  test("is the distance between probability and share that is right, worked out by hand", () => {
    // Probabilities 0.75 (right), 0.75 (wrong), 0.9 (right): bins 11 and 13.
    const z = (p: number): number[] => [Math.log(p / (1 - p)), 0];
    const logits = softmax([...z(0.75), ...z(0.75), ...z(0.9)], 2);
    const error = calibrationError(logits, Int32Array.of(0, 0, 0), Int32Array.of(0, 1, 0), 2);
    expect(error).toBeCloseTo((Math.abs(1.5 - 1) + Math.abs(0.9 - 1)) / 3, 6);
  });

  test("is that of single probabilities for a sigmoid, times 1 - objectness where there is one", () => {
    const alone: TestLogits = { values: Float32Array.of(2, -1), columns: 2, link: "sigmoid" };
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    expect(calibrationError(alone, Int32Array.of(0), Int32Array.of(0), 2)).toBeCloseTo(1 - sigmoid(2), 6);
    const { values } = { values: Float32Array.of(2, -1, -0.5) };
    const withObjectness: TestLogits = { values, columns: 3, link: "sigmoid" };
    expect(calibrationError(withObjectness, Int32Array.of(0), Int32Array.of(1), 2)).toBeCloseTo(
      sigmoid(2) * sigmoid(0.5),
      6,
    );
  });

  test("leaves out pixels without a class and rows taken for background", () => {
    const logits = softmax([4, 0, 4, 0, 4, 0], 2);
    const error = calibrationError(logits, Int32Array.of(0, 0, -1), Int32Array.of(0, -100, 1), 2);
    expect(error).toBeCloseTo(1 - 1 / (1 + Math.exp(-4)), 6);
    expect(calibrationError(logits, Int32Array.of(-1, -1, -1), Int32Array.of(0, 0, 0), 2)).toBeUndefined();
  });

  test("stays finite with huge logits", () => {
    const logits = softmax([1e4, -1e4, -1e4, 1e4], 2);
    expect(calibrationError(logits, Int32Array.of(0, 1), Int32Array.of(0, 0), 2)).toBeCloseTo(0.5, 9);
  });
});

describe("the average precision of a class", () => {
  test("is that of scikit-learn's documentation", () => {
    const scores = Float32Array.of(0.1, 0.4, 0.35, 0.8);
    expect(averagePrecision(scores, Int32Array.of(0, 0, 1, 1), 1)).toBeCloseTo(0.8333333, 6);
  });

  test("takes ties together, whatever their order", () => {
    const scores = Float32Array.of(0.5, 0.5, 0.5, 0.1);
    expect(averagePrecision(scores, Int32Array.of(1, 0, 0, 1), 1)).toBeCloseTo((1 / 3 + 2 / 4) / 2, 12);
    expect(averagePrecision(scores, Int32Array.of(0, 0, 1, 1), 1)).toBeCloseTo((1 / 3 + 2 / 4) / 2, 12);
  });

  test("is unknown without a row of it, and pixels without a class count nowhere", () => {
    expect(averagePrecision(Float32Array.of(1), Int32Array.of(0), 1)).toBeNaN();
    expect(averagePrecision(Float32Array.of(3, 2), Int32Array.of(-100, 1), 1)).toBe(1);
  });

  test("is its definition on random scores: the mean over positives of precision at their score", () => {
    let seed = 1;
    const next = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const scores = Float32Array.from({ length: 300 }, () => Math.round(40 * next()));
    const labels = Int32Array.from(scores, () => (next() < 0.2 ? 1 : 0));
    const precisions = [...scores.keys()]
      .filter((i) => labels[i] === 1)
      .map((i) => {
        const above = [...scores.keys()].filter((j) => scores[j]! >= scores[i]!);
        return above.filter((j) => labels[j] === 1).length / above.length;
      });
    const mean = precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
    expect(averagePrecision(scores, labels, 1)).toBeCloseTo(mean, 12);
  });
});

test("the mean average precision is over the tested classes, by probability and not by logit", async () => {
  // The logit of class 0 is larger in the second row, its probability in the first.
  const logits = softmax([1, 0, -9, 2, 5, -9], 3);
  const { meanAveragePrecision } = await figuresOf(logits, Int32Array.of(0, 1), Int32Array.of(0, 1), 3);
  expect(meanAveragePrecision).toBe(1);
});
