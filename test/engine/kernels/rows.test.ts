import { describe, expect, test } from "vitest";
import {
  binaryRows,
  type Move,
  type RowBlock,
  softmaxBinaryRows,
  softmaxRows,
} from "#engine/kernels/rows.ts";
import { equalizedFocalLoss } from "#engine/losses/equalizedFocalRows.ts";
import { focalLoss, softmaxFocalLoss } from "#engine/losses/focalRows.ts";
import { softmaxLoss, weightedBinaryLoss } from "#engine/losses/rows.ts";
import { softmaxBinaryLoss } from "#engine/losses/softmaxBinaryRow.ts";
import { createRandom } from "#engine/sampling/random.ts";

function block(rows: number, columns: number, spread: number, lowest = 0): RowBlock & { columns: number } {
  const random = createRandom(rows, columns);
  const labels = Int32Array.from({ length: rows }, () => lowest + random.integer(columns - lowest));
  if (rows > 2) labels[1] = -100;
  return {
    columns,
    logits: Float32Array.from({ length: rows * columns }, (_, i) =>
      i % 5 ? spread * (random.next() - 0.5) : 0,
    ),
    labels,
    weights: Float32Array.from({ length: rows }, () => 0.1 + random.next()),
    scale: 1 / rows,
    gradient: new Float32Array(rows * columns).fill(9),
    positive: new Float64Array(columns).fill(9),
    negative: new Float64Array(columns).fill(9),
  };
}

/** The same block by the row functions of the losses, in 64 bits. */
function byRows(
  { logits, labels, weights, scale, columns }: ReturnType<typeof block>,
  row: (label: number, logits: Float64Array, gradient: Float64Array) => number,
) {
  const gradient = new Float64Array(logits.length);
  const [positive, negative] = [new Float64Array(columns), new Float64Array(columns)];
  let loss = 0;
  for (const [r, label] of labels.entries()) {
    if (label === -100) continue;
    const slope = new Float64Array(columns);
    const weight = weights![r]!;
    loss += weight * row(label, Float64Array.from(logits.subarray(r * columns, (r + 1) * columns)), slope);
    for (const [k, value] of slope.entries()) {
      (k === label ? positive : negative)[k]! += weight * Math.abs(value);
      gradient[r * columns + k] = scale * weight * value;
    }
  }
  return { loss, gradient, positive, negative };
}

/** A hundredth of what the golden vectors allow 32-bit arithmetic. */
function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let i = 0; i < expected.length; i++) {
    const allowed = 2e-8 + 5e-6 * Math.abs(expected[i]!);
    if (!(Math.abs(got[i]! - expected[i]!) <= allowed)) expect([i, got[i]]).toEqual([i, expected[i]]);
  }
}

function truthOf(label: number, columns: number): Uint8Array {
  const truth = new Uint8Array(columns);
  if (label >= 0) truth[label] = 1;
  return truth;
}

const shapes = [
  [1, 2, 4],
  [7, 10, 6],
  [64, 33, 20],
  [128, 1203, 8],
  [16, 100, 2000],
] as const;

describe.each(shapes)("a block of [%i, %i] logits that spread over %i", (rows, columns, spread) => {
  test("has the softmax loss, gradient and class sums of its rows", () => {
    const given = block(rows, columns, spread);
    const shift = Float64Array.from({ length: columns }, (_, k) => Math.log(1 + k));
    const loss = softmaxRows(given, shift);
    const expected = byRows(given, (label, logits, gradient) => softmaxLoss(label, logits, shift, gradient));
    expectClose([loss], [expected.loss]);
    expectClose(given.gradient, expected.gradient);
    expectClose(given.positive, expected.positive);
    expectClose(given.negative, expected.negative);
  });

  test("has the binary loss on softmax probabilities of its rows", () => {
    const given = block(rows, columns, spread);
    const loss = softmaxBinaryRows(given);
    const expected = byRows(given, softmaxBinaryLoss);
    expectClose([loss], [expected.loss]);
    expectClose(given.gradient, expected.gradient);
    expectClose(given.positive, expected.positive);
    expectClose(given.negative, expected.negative);
  });

  test("has the weighted binary loss of its rows, background among them", () => {
    const given = block(rows, columns, spread, -1);
    const onPositives = Float64Array.from({ length: columns }, (_, k) => 1 + k / columns);
    const onNegatives = Float64Array.from({ length: columns }, (_, k) => 0.5 / (1 + k));
    const loss = binaryRows(given, onPositives, onNegatives, 0);
    const expected = byRows(given, (label, logits, gradient) =>
      weightedBinaryLoss(truthOf(label, columns), logits, onPositives, onNegatives, gradient),
    );
    expectClose([loss], [expected.loss]);
    expectClose(given.gradient, expected.gradient);
    expectClose(given.positive, expected.positive);
    expectClose(given.negative, expected.negative);
  });

  test.each([0.5, 1, 2])("has the focal loss of its rows, gamma %d", (gamma) => {
    const given = block(rows, columns, spread, -1);
    const loss = binaryRows(
      given,
      new Float64Array(columns).fill(0.25),
      new Float64Array(columns).fill(0.75),
      gamma,
    );
    const expected = byRows(given, (label, logits, gradient) =>
      focalLoss(truthOf(label, columns), logits, gamma, 0.25, 0.75, gradient),
    );
    expectClose([loss], [expected.loss]);
    expectClose(given.gradient, expected.gradient);
    expectClose(given.positive, expected.positive);
    expectClose(given.negative, expected.negative);
  });
});

describe("focusing", () => {
  test.each([0.5, 1, 2])("of a softmax is that of the rows, gamma %d", (gamma) => {
    const given = block(40, 33, 12);
    const shift = new Float64Array(33);
    const loss = softmaxRows(given, shift, gamma);
    const expected = byRows(given, (label, logits, gradient) =>
      softmaxFocalLoss(label, logits, shift, gamma, gradient),
    );
    expectClose([loss], [expected.loss]);
    expectClose(given.gradient, expected.gradient);
    expectClose(given.positive, expected.positive);
    expectClose(given.negative, expected.negative);
  });

  test("of each column on its own is that of the rows", () => {
    const given = block(40, 33, 12, -1);
    const focusing = Float64Array.from({ length: 33 }, (_, k) => 1 + k / 4);
    const weight = focusing.map((gamma) => gamma / 2);
    const loss = binaryRows(given, weight, weight, focusing);
    const expected = byRows(given, (label, logits, gradient) =>
      equalizedFocalLoss(
        truthOf(label, 33),
        logits,
        { focusing, weight, onPositives: 1, onNegatives: 1 },
        gradient,
      ),
    );
    expectClose([loss], [expected.loss]);
    expectClose(given.gradient, expected.gradient);
    expectClose(given.positive, expected.positive);
    expectClose(given.negative, expected.negative);
  });

  test("has loss and gradient 0 where the label holds all", () => {
    const given = { ...block(1, 2, 1), logits: Float32Array.of(900, 0), labels: Int32Array.of(0) };
    expect(softmaxRows(given, [0, 0], 0.5)).toBe(0);
    expect([...given.gradient].every((value) => value === 0)).toBe(true);
  });
});

describe("a block of rows", () => {
  test("leaves a class out where its shift is minus infinity", () => {
    const given = block(3, 5, 4);
    const shift = [0, -Infinity, 0, 0, 0];
    const labels = Int32Array.of(0, 2, 3);
    softmaxRows({ ...given, labels }, shift);
    expect([1, 6, 11].map((i) => given.gradient[i])).toEqual([0, 0, 0]);
    expect(given.negative[1]).toBe(0);
  });

  test("keeps small losses exact where the label holds nearly all", () => {
    const given = {
      ...block(1, 4, 1),
      logits: Float32Array.of(20, 0, 0, 0),
      labels: Int32Array.of(0),
      scale: 1,
    };
    const loss = softmaxRows({ ...given, weights: [1] }, [0, 0, 0, 0]);
    expect(loss / Math.log1p(3 * Math.exp(-20))).toBeCloseTo(1, 5);
    expect(given.gradient[0]! / -(3 * Math.exp(-20))).toBeCloseTo(1, 5);
    // Here the label's loss and that of the others, which is as large.
    const twice = softmaxBinaryRows({ ...given, weights: [1] });
    expect(twice / (6 * Math.exp(-20))).toBeCloseTo(1, 5);
  });

  test("passes a logit that is not a number on to the loss and the gradient", () => {
    for (const columns of [3, 8]) {
      const given = block(1, columns, 1);
      given.logits[2] = Number.NaN;
      expect(softmaxRows(given, new Float64Array(columns))).toBeNaN();
      expect(given.gradient[0]).toBeNaN();
      expect(softmaxBinaryRows(given)).toBeNaN();
      expect(given.gradient[0]).toBeNaN();
      const ones = new Float64Array(columns).fill(1);
      expect(binaryRows(given, ones, ones, 2)).toBeNaN();
      expect(given.gradient[2]).toBeNaN();
    }
  });

  test("does not feel what an earlier block left where rows are filled up", () => {
    for (const left of [Number.NaN, Infinity, -Infinity]) {
      const other = block(6, 8, 1);
      other.logits.fill(left);
      softmaxRows(other, new Float64Array(8));
      const given = block(6, 5, 1);
      const ones = new Float64Array(5).fill(1);
      expect(binaryRows(given, ones, ones, 2)).not.toBeNaN();
      expect(binaryRows(given, ones, ones, ones)).not.toBeNaN();
      expect(softmaxRows(given, new Float64Array(5))).not.toBeNaN();
      expect(softmaxBinaryRows(given)).not.toBeNaN();
      for (const kernel of ["seesawRows", "marginRows", "thinnedRows"] as const) {
        const move: Move = { kernel, perColumn: ones, numbers: [0, -4] };
        expect(softmaxRows(given, new Float64Array(5), 0, move)).not.toBeNaN();
        expect(given.gradient).not.toContain(Number.NaN);
      }
    }
  });

  test("takes its turn with blocks of other shapes", () => {
    const small = block(2, 3, 4);
    const first = softmaxRows(small, [0, 0, 0]);
    softmaxRows(block(300, 500, 4), new Float64Array(500));
    expect(softmaxRows(small, [0, 0, 0])).toBe(first);
  });
});
