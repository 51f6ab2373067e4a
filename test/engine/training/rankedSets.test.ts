import fc from "fast-check";
import { expect, test } from "vitest";
import { setsOf } from "#engine/manifest/labelSets.ts";
import { influenceOf, rankingOf, scoreSets } from "#engine/training/rankedSets.ts";

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

test("average precision and what each row moves it by are those of the definition", () => {
  fc.assert(
    fc.property(rankings, (rows) => {
      const scores = Float32Array.from(rows, ([score]) => score);
      const has = Uint8Array.from(rows, ([, own]) => Number(own));
      const ones = rows.map(() => 1);
      const { averagePrecision, moves } = rankingOf(scores, has);
      expect(averagePrecision).toBeCloseTo(plainly(scores, has, ones), 12);
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
  const logits = { values: values.subarray(0, 8), columns: 2, link: "sigmoid" as const };
  const result = await scoreSets(logits, sets, 2);
  // Class 0 ranks rows 0, 2, 3, 1; class 1 ranks 1, 0, 3, 2.
  expect([...result.recall].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.75, 0.833333]);
  expect(result.balancedAccuracy).toBeCloseTo((0.75 + 5 / 6) / 2, 6);
  expect(result.meanAveragePrecision).toBe(result.balancedAccuracy);
  expect([...(result.precision ?? [])].map((value) => value.toFixed(3))).toEqual(["0.333", "1.000"]);
  expect([...(result.f1 ?? [])].map((value) => value.toFixed(3))).toEqual(["0.400", "0.667"]);
});

test("samples that all count twice move nothing", () => {
  const sets = setsOf([[0], [0, 1], [], [1], [0], []]);
  const values = Float32Array.from({ length: 12 }, (_, i) => Math.sin(7 * i));
  const moves = influenceOf({ values, columns: 2, link: "sigmoid" }, sets, Float64Array.of(0.5, 0.5));
  expect(moves.reduce((sum, move) => sum + move, 0)).toBeCloseTo(0, 12);
  expect(Math.max(...moves)).toBeGreaterThan(0.01);
});
