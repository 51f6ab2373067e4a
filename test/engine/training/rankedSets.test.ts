import fc from "fast-check";
import { expect, test } from "vitest";
import { rowsOf } from "#engine/data/dataset.ts";
import { type LabelSets, setsOf } from "#engine/manifest/labelSets.ts";
import type { Classifier } from "#engine/models/network.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { evaluate } from "#engine/training/evaluation.ts";
import { rankSets } from "#engine/training/rankedSets.ts";
import { logitBatches } from "./logitBatches.ts";

/** Average precision by its definition, each row as often as its weight says. */
function plainly(scores: Float32Array, has: Uint8Array, weights: readonly number[]): number {
  const above = (limit: number, counts: (row: number) => boolean): number =>
    weights.reduce((sum, weight, row) => sum + (scores[row]! >= limit && counts(row) ? weight : 0), 0);
  const own = [...has.keys()].filter((row) => has[row] === 1);
  const sum = own.reduce(
    (total, row) =>
      total +
      (weights[row]! * above(scores[row]!, (each) => has[each] === 1)) / above(scores[row]!, () => true),
    0,
  );
  return sum / own.reduce((total, row) => total + weights[row]!, 0);
}

// Few different scores, so that many are equal.
const rankings = fc
  .array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 12 })
  .filter((rows) => rows.some(([, has]) => has));

test("average precision and what each row moves it by are those of the definition, in batches of any size", async () => {
  await fc.assert(
    fc.asyncProperty(rankings, fc.integer({ min: 1, max: 5 }), async (rows, batch) => {
      const scores = Float32Array.from(rows, ([score]) => score);
      const has = Uint8Array.from(rows, ([, own]) => Number(own));
      const ones = rows.map(() => 1);
      const sets = setsOf(rows.map(([, own]) => (own ? [0] : [])));
      const { result, influence } = await rankSets(logitBatches(scores, 1, batch), sets, 1);
      const moves = await influence(Float64Array.of(1));
      expect(result.recall[0]).toBeCloseTo(plainly(scores, has, ones), 6);
      for (const row of rows.keys()) {
        const moved = (by: number): number =>
          plainly(
            scores,
            has,
            ones.map((one, i) => (i === row ? one + by : one)),
          );
        expect(moves[row]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
      }
    }),
    { numRuns: 200 },
  );
});

test("figures of sets: average precision by class, its means, and precision and F1 above a half", async () => {
  const sets = setsOf([[0], [0, 1], [], [1]]);
  const values = Float32Array.of(2, -1, -1, 1, 1, -3, 0.5, -2, -2);
  const { result } = await rankSets(logitBatches(values.subarray(0, 8), 2), sets, 2);
  // Class 0 ranks rows 0, 2, 3, 1; class 1 ranks 1, 0, 3, 2.
  expect([...result.recall].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.75, 0.833333]);
  expect(result.balancedAccuracy).toBeCloseTo((0.75 + 5 / 6) / 2, 6);
  expect(result.meanAveragePrecision).toBe(result.balancedAccuracy);
  expect([...(result.precision ?? [])].map((value) => value.toFixed(3))).toEqual(["0.333", "1.000"]);
  expect([...(result.f1 ?? [])].map((value) => value.toFixed(3))).toEqual(["0.400", "0.667"]);
});

test("samples that all count twice move nothing", async () => {
  const sets = setsOf([[0], [0, 1], [], [1], [0], []]);
  const values = Float32Array.from({ length: 12 }, (_, i) => Math.sin(7 * i));
  const { influence } = await rankSets(logitBatches(values, 2), sets, 2);
  const moves = await influence(Float64Array.of(0.5, 0.5));
  expect(moves.reduce((sum, move) => sum + move, 0)).toBeCloseTo(0, 12);
  expect(Math.max(...moves)).toBeGreaterThan(0.01);
});

test("a logit that is no number ranks last", async () => {
  const sets = setsOf([[0], [0], []]);
  const { result } = await rankSets(logitBatches(Float32Array.of(1, Number.NaN, 0), 1), sets, 1);
  expect(result.recall[0]).toBeCloseTo((1 + 2 / 3) / 2, 6);
});

test("of more rows and classes than logits are kept of, all are ranked", async () => {
  const [rows, classes] = [14_000, 1203];
  const random = createRandom(7);
  const labels = Array.from({ length: rows }, () => [Math.floor(random.next() ** 3 * classes)]);
  const sets: LabelSets = setsOf(labels);
  const data = rowsOf(
    Float32Array.from({ length: rows }, (_, row) => row),
    1,
    new Int32Array(rows),
  );
  let largest = 0;
  // Its first choice of each row is the row's label, but for every third row of class 0, which it takes for class 1.
  const network: Classifier = {
    classes,
    logits: async ({ inputs, rows: count }) => {
      const logits = new Float32Array(count * classes);
      largest = Math.max(largest, logits.length);
      for (let i = 0; i < count; i++) {
        const [label = 0] = labels[inputs[i] as number] ?? [];
        const first = label === 0 && (inputs[i] as number) % 3 === 0 ? 1 : label;
        logits[i * classes + first] = 3;
      }
      return logits;
    },
  };
  const result = await evaluate(network, { ...data, sets }, classes, async () => {}, { keepsLogits: true });
  expect(result.logits).toBeUndefined();
  expect(largest).toBeLessThanOrEqual(1 << 20);
  const tested = [...result.recall].filter((value) => !Number.isNaN(value));
  expect(tested.slice(2).every((value) => value === 1)).toBe(true);
  expect(tested[0]).toBeGreaterThan(0.6);
  expect(tested[0]).toBeLessThan(0.8);
  const influence = await result.influence?.(new Float64Array(classes).fill(1 / classes));
  expect(influence?.length).toBe(rows);
}, 120_000);
