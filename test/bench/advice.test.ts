import { expect, test } from "vitest";

// @ts-expect-error: a script without types.
const { adviceTable } = await import("../../bench/advice-page.mjs");
// @ts-expect-error: a script without types.
const { policies, resultOf } = await import("../../bench/advice-result.mjs");
// @ts-expect-error: a script without types.
const { stratifiedParts } = await import("../../bench/advice-sets.mjs");

import { countLabels } from "#engine/data/dataset.ts";
import { studentQuantile } from "#engine/statistics/studentT.ts";
import { compare } from "#engine/training/comparison.ts";
import { metricWeights } from "#engine/training/metric.ts";
import { lossTitles } from "#protocol/titles.ts";

const engine = { compare, countLabels, lossTitles, metricWeights };

const choice = (loss: string) => ({ loss, parameters: {}, sampler: "instance-balanced" });

/** A part in which every policy but one picks and predicts as the grid does. */
function part(tested: number[], truth: number[], predicted: number[], odd?: readonly [string, number[]]) {
  return {
    tested,
    truth,
    picks: Object.fromEntries(
      policies.map((policy: string) => [policy, choice(policy === odd?.[0] ? "seesaw" : "cross-entropy")]),
    ),
    predictions: Object.fromEntries(
      policies.map((policy: string) => [policy, policy === odd?.[0] ? odd[1] : predicted]),
    ),
  };
}

test("every row of a class with two or more is in one part, and each part has its share of a class", () => {
  const labels = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 0, 1, 1, 1];
  const order = [13, 3, 9, 1, 0, 2, 12, 4, 11, 5, 10, 7, 6, 8];
  const parts: number[][] = stratifiedParts(labels, order, 3);
  expect(parts.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13]);
  for (const label of [0, 1]) {
    const sizes = parts.map((rows) => rows.filter((row) => labels[row] === label).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2);
  }
  expect(stratifiedParts(labels, order.toReversed(), 3)).not.toEqual(parts);
});

test("the distance below the grid is that of balanced accuracy over the rows of all parts", async () => {
  // Two parts with one row of class 1 each: the advice misses one of these two in every round.
  const round = () => [
    part([0, 2, 5], [0, 0, 1], [0, 0, 1], ["advice", [0, 0, 0]]),
    part([1, 3, 4], [0, 0, 1], [0, 1, 1]),
  ];
  const result = await resultOf([round(), round(), round()], ["a", "b"], engine);
  expect(result.grid.score).toBeCloseTo((3 / 4 + 1) / 2);
  expect(result.advice.score).toBeCloseTo((3 / 4 + 1 / 2) / 2);
  expect(result.advice.below).toBeCloseTo(1 / 4);
  // One of two rows is far from certain.
  expect(result.advice.half).toBeGreaterThan(1 / 4);
  expect(result.advice.same).toBe(1 / 2);
  expect(
    result.advice.picks.map(({ title, share }: { title: string; share: number }) => [title, share]),
  ).toEqual([
    ["Seesaw", 1 / 2],
    ["Cross-entropy", 1 / 2],
  ]);
  expect(result.bs).toMatchObject({ same: 1, below: 0, half: 0 });
});

test("a row belongs to itself whatever part a round tests it in", async () => {
  const rounds = [
    [part([3, 0], [1, 0], [1, 0]), part([2, 1], [1, 0], [0, 0])],
    [part([1, 2], [0, 1], [0, 0]), part([0, 3], [0, 1], [0, 1])],
    [part([0, 2], [0, 1], [0, 0]), part([1, 3], [0, 1], [0, 1])],
  ];
  const shuffled = await resultOf(rounds, ["a", "b"], engine);
  const [last] = rounds.slice(2);
  const straight = await resultOf([last, last, last], ["a", "b"], engine);
  expect(shuffled.grid).toEqual(straight.grid);
});

test("the page tells the mean over sets with both of its floors", () => {
  const policy = (below: number, half: number) => ({
    score: 0.5,
    interval: { low: 0.4, high: 0.6 },
    below,
    half,
    same: 0.5,
    picks: [
      { title: "Seesaw", share: 0.75 },
      { title: "LDAM", share: 0.25 },
    ],
  });
  const row = (name: string, below: number) => ({
    name,
    parts: 5,
    rounds: 3,
    smallest: 2,
    factor: 12.34,
    share: 0.1,
    result: Object.fromEntries(policies.map((each: string) => [each, policy(below, 0.03)])),
  });
  const page: string = adviceTable([row("one", 0.01), row("two", -0.03)], 2, studentQuantile);
  expect(page).toContain("**−1.0 points**");
  // √(2 · 3²) / 2, and t of one degree of freedom by the deviation of 2.83 points over √2.
  expect(page).toContain("±2.1 for these sets, ±25.4 by how much the sets differ");
  expect(page).toMatch(
    /\| one \| 12 \| 3 × 5 \| 2 \|.*\| \+1\.0 ± 3\.0 \|.*\| 50 % \| Seesaw \(75 %\); LDAM \(25 %\) \|/,
  );
});
