import { expect, test } from "vitest";

// @ts-expect-error: a script without types.
const page = await import("../../bench/page.mjs");
// @ts-expect-error: a script without types.
const results = await import("../../bench/results-page.mjs");
// @ts-expect-error: a script without types.
const { experiments, planOf } = await import("../../bench/results-plan.mjs");

import { prepareLoss } from "#engine/losses/registry.ts";
import { groupRecall, headToTail, thirds } from "#engine/statistics/shotGroups.ts";
import { gradientRatio } from "#engine/training/gradientRatio.ts";
import { checkPlan } from "#engine/training/plan.ts";
import { losses, lossIds, samplers } from "#protocol/losses.ts";
import { models } from "#protocol/project.ts";

const engine = { losses, samplers, thirds, headToTail, groupRecall, gradientRatio };

const choices = [
  { loss: "cross-entropy", parameters: {}, sampler: "instance-balanced" },
  { loss: "ldam", parameters: { scale: 1 }, sampler: "square-root" },
];

function run(choice: number, seed: number, positive: number[], negative: number[], state: object) {
  const sums = { positive: Float64Array.from(positive), negative: Float64Array.from(negative) };
  const later = { positive: Float64Array.from([9, 9, 9]), negative: Float64Array.from([1, 1, 1]) };
  return {
    choice,
    seed,
    state,
    epochs: [{ epoch: 1, balancedAccuracy: 0.5 }],
    gradients: [
      { epoch: 1, window: later },
      { epoch: 1, window: sums },
      { epoch: 2, window: later },
    ],
  };
}

const snapshot = {
  plan: { losses: choices, seeds: 2, epochs: 30, learningRate: 0.3 },
  counts: [10, 1000, 100],
  runs: [
    run(0, 1, [1, 2, 1], [4, 2, 0], { kind: "finished" }),
    run(0, 2, [1, 2, 1], [4, 2, 0], { kind: "finished" }),
    run(1, 1, [1, 1, 1], [1, 1, 1], { kind: "stopped", step: 40 }),
  ],
  comparison: {
    results: [{ choice: 0, seeds: 2, balancedAccuracy: 0.5, seedDeviation: 0.0123, recall: [0.1, 0.9, 0.5] }],
  },
};

test("a sparkline shows 1 in the middle and twice or half of it two steps away", () => {
  expect(results.sparkline([1, 2, 0.5, 1.05, 0.95])).toBe("▅▇▃▅▅");
  expect(results.sparkline([1e-9, 1e9, Number.POSITIVE_INFINITY, Number.NaN])).toBe("▁█∞·");
});

test("the gradient ratio is that of the first epoch, from the most frequent class to the rarest", () => {
  const measured = results.measurementsOf("linear-100", snapshot, engine);
  expect(measured.losses[0].ratios).toEqual([1, Number.POSITIVE_INFINITY, 0.25]);
  expect(measured.losses[0].recall).toEqual([0.9, 0.5, 0.1]);
});

test("a title names parameters and the sampler where they are not the usual ones", () => {
  expect(choices.map((choice) => results.titleOf(choice, engine))).toEqual([
    "Cross-entropy",
    "LDAM, scale 1, square-root sampling",
  ]);
});

test("an unfinished experiment says how far it is", () => {
  const empty = Object.keys(experiments).reduce(
    (text, name) => `${text}<!-- ${name} -->\n<!-- end of ${name} -->\n`,
    "<!-- published -->\n<!-- end of published -->\n",
  );
  const measured = results.measurementsOf("linear-100", snapshot, engine);
  const text = results.withTables(empty, [measured]);
  expect(text).toContain("1 of 2 losses, 2 of 2 seeds so far");
  expect(text).toContain("| Cross-entropy | 2 | 50.0 ± 1.2 |  | 90.0 | 50.0 | 10.0 | `▅∞▁` 1.00 … 0.25 |");
  expect(text.match(/No run has ended yet/g)).toHaveLength(Object.keys(experiments).length - 1);
  const none = results.withTables(empty, [{ ...measured, losses: [] }]);
  expect(none).toContain("LDAM, scale 1, square-root sampling, seed 1, stands at step 40");
  expect(results.withTables(text, [measured])).toBe(text);
  // A table that was measured elsewhere stays, beside the published figures too.
  expect(results.withTables(text, [])).toBe(text);
  expect(text).toContain("| Cross-entropy | 69.9 | 75.2 | 50.0 |");
});

test("a difference to cross-entropy shows its sign and its interval", () => {
  const [result] = snapshot.comparison.results;
  const difference = { mean: -0.012, interval: { low: -0.02, high: 0.001 } };
  const results2 = [result, { ...result, choice: 1, seeds: 1, balancedAccuracy: 0.488, difference }];
  const measured = results.measurementsOf(
    "linear-100",
    { ...snapshot, comparison: { results: results2 } },
    engine,
  );
  const sections = [...Object.keys(experiments), "published"].map(
    (name) => `<!-- ${name} -->\n<!-- end of ${name} -->`,
  );
  expect(results.withTables(sections.join("\n"), [measured])).toContain("| −1.2 (−2.0 to +0.1) |");
});

test("a page without the section is refused", () => {
  expect(() => page.withSection("text", "losses", "")).toThrow("<!-- losses -->");
});

test("rank correlation is 1 for equal orders, -1 for opposite ones, and passes over what is missing", () => {
  expect(results.rankCorrelation([1, 2, 3, 9], [10, 20, 30, undefined])).toBeCloseTo(1);
  expect(results.rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1);
  expect(results.rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9487, 4);
  expect(results.rankCorrelation([1, 2], [1, 2])).toBeUndefined();
});

test("quantiles lie between neighbours", () => {
  expect(page.median([3, 1, 2, 10])).toBe(2.5);
  expect(page.quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
});

test("every experiment is one that the engine takes, the whole ladder for heads", () => {
  for (const name of Object.keys(experiments)) {
    const plan = planOf(name, { data: "/data", work: "/work", lossIds, models });
    expect(() => checkPlan(plan)).not.toThrow();
    for (const { loss, parameters } of plan.losses) prepareLoss(loss, parameters, [5000, 500, 50]);
    if (experiments[name].only === undefined) {
      expect(new Set(plan.losses.map(({ loss }: { loss: string }) => loss))).toEqual(new Set(lossIds));
    }
  }
});
