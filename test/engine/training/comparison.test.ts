import { describe, expect, test } from "vitest";
import { createRandom } from "#engine/sampling/random.ts";
import { bootstrapScores, percentileInterval } from "#engine/training/bootstrap.ts";
import { type ComparisonInput, compare, type FinishedRun } from "#engine/training/comparison.ts";
import { metricWeights } from "#engine/training/metric.ts";

const perClass = 200;

/**
 * Runs on three classes of 200 test samples. `skill[l][c]` is the share that loss l gets right in class c; which
 * samples are easy is the same for all losses, and `shake` of them fall differently with each seed.
 */
function input(skill: readonly (readonly number[])[], seeds: number, shake = 0.02): ComparisonInput {
  const classes = skill[0]!.length;
  const truth = Int32Array.from({ length: classes * perClass }, (_, i) => Math.floor(i / perClass));
  const ease = Array.from(
    truth,
    (
      (random) => () =>
        random.next()
    )(createRandom(1)),
  );
  const finished: FinishedRun[] = [];
  for (const [choice, shares] of skill.entries()) {
    for (let seed = 1; seed <= seeds; seed++) {
      const random = createRandom(100 * choice + seed);
      const predicted = truth.map((label, i) => {
        const right = ease[i]! + shake * (random.next() - 0.5) < shares[label]!;
        return right ? label : (label + 1) % classes;
      });
      finished.push({ choice, seed, predicted });
    }
  }
  const choices = [...skill.keys()];
  return {
    truth,
    classes,
    weights: Float64Array.from({ length: classes }, () => 1 / classes),
    choices,
    finished,
  };
}

describe("a comparison", () => {
  test("names a winner that is ahead of all by more than the noise", async () => {
    const { results, verdict } = (await compare(
      input(
        [
          [0.9, 0.5, 0.1],
          [0.8, 0.7, 0.5],
          [0.85, 0.6, 0.3],
        ],
        3,
      ),
    ))!;
    expect(results.map(({ choice }) => choice)).toEqual([1, 2, 0]);
    expect(verdict).toMatchObject({ kind: "winner", leader: 1, overSecond: { choice: 2, comparisons: 1 } });
    const [winner] = results;
    expect(winner!.difference!.mean).toBeCloseTo(winner!.balancedAccuracy - results[2]!.balancedAccuracy, 6);
    expect(winner!.difference!.interval!.low).toBeLessThan(winner!.difference!.mean);
    expect(winner!.difference!.interval!.high).toBeGreaterThan(winner!.difference!.mean);
    expect(results[2]!.difference).toBeUndefined();
  });

  test("names no winner where the lead is within the noise", async () => {
    const { verdict } = (await compare(
      input(
        [
          [0.9, 0.5, 0.1],
          [0.8, 0.6, 0.5],
          [0.8, 0.605, 0.5],
        ],
        3,
        0.4,
      ),
    ))!;
    expect(verdict.kind).toBe("no-winner");
    if (verdict.kind !== "no-winner") return;
    expect([1, 2]).toContain(verdict.leader);
    expect(verdict.second.interval.low).toBeLessThanOrEqual(0);
  });

  test("says so where the baseline is best", async () => {
    const { verdict } = (await compare(
      input(
        [
          [0.9, 0.9, 0.9],
          [0.8, 0.8, 0.8],
        ],
        3,
      ),
    ))!;
    expect(verdict).toMatchObject({ kind: "baseline-best", best: { choice: 1, comparisons: 1 } });
    expect(verdict.kind === "baseline-best" && verdict.best!.mean).toBeCloseTo(0.1, 1);
    expect((await compare(input([[0.9, 0.9, 0.9]], 3)))!.verdict).toEqual({ kind: "baseline-best" });
  });

  test("gives no verdict and no interval from two seeds", async () => {
    const { results, verdict } = (await compare(
      input(
        [
          [0.5, 0.5, 0.5],
          [0.9, 0.9, 0.9],
        ],
        2,
      ),
    ))!;
    expect(verdict).toEqual({ kind: "too-few-seeds", leader: 1, seeds: 2 });
    expect(results[0]!.interval).toBeUndefined();
    expect(results[0]!.seedDeviation).toBeDefined();
    expect(results[0]!.difference!.interval).toBeUndefined();
  });

  test("gives no verdict while a loss is behind, and none at all before a run has finished", async () => {
    const whole = input(
      [
        [0.5, 0.5, 0.5],
        [0.9, 0.9, 0.9],
      ],
      3,
    );
    const behind = {
      ...whole,
      finished: whole.finished.filter(({ choice, seed }) => choice === 0 || seed < 3),
    };
    expect((await compare(behind))!.verdict).toEqual({ kind: "too-few-seeds", leader: 1, seeds: 2 });
    const alone = { ...whole, finished: whole.finished.filter(({ choice }) => choice === 0) };
    expect((await compare(alone))!.verdict.kind).toBe("too-few-seeds");
    expect(await compare({ ...whole, finished: [] })).toBeUndefined();
  });

  test("is decided by the objective", async () => {
    // The baseline is better on the first class, the other loss on the last.
    const runs = input(
      [
        [0.9, 0.5, 0.1],
        [0.5, 0.5, 0.9],
      ],
      3,
    );
    const names = ["a", "b", "c"];
    const leaderOf = async (weights: Float64Array) =>
      (await compare({ ...runs, weights }))!.results[0]!.choice;
    expect(await leaderOf(metricWeights("balanced", names, [200, 200, 200]))).toBe(1);
    expect(await leaderOf(metricWeights({ prior: { a: 8, c: 1 } }, names, [200, 200, 200]))).toBe(0);
    expect(await leaderOf(metricWeights("natural", names, [2000, 200, 20]))).toBe(0);
  });

  test("gives the same intervals each time", async () => {
    const runs = input(
      [
        [0.5, 0.5, 0.5],
        [0.9, 0.9, 0.9],
      ],
      3,
    );
    expect(await compare(runs)).toEqual(await compare(runs));
  });

  test("leaves classes without test samples out of the metric", async () => {
    expect([...metricWeights("balanced", ["a", "b", "c"], [5, 0, 9])]).toEqual([0.5, 0, 0.5]);
    const runs = input(
      [
        [0.5, 0.5],
        [0.9, 0.9],
      ],
      3,
    );
    const wider = { ...runs, classes: 3, weights: metricWeights("balanced", ["a", "b", "c"], [200, 200, 0]) };
    const { results } = (await compare(wider))!;
    expect(results[0]!.balancedAccuracy).toBeCloseTo(0.9, 1);
    expect(results[0]!.recall[2]).toBeNaN();
    expect(results[0]!.interval!.low).toBeGreaterThan(0.8);
  });
});

describe("the paired bootstrap", () => {
  test("has the spread of the binomial distribution where the seeds agree", async () => {
    const { truth, finished, weights } = input([[0.8, 0.5, 0.3]], 3, 0);
    const predicted = finished.map((run) => run.predicted);
    const [scores] = await bootstrapScores(
      { losses: 1, seeds: 3, truth, classes: 3, predicted, weights },
      4000,
    );
    const recall = [0, 1, 2].map(
      (label) => predicted[0]!.filter((value, i) => truth[i] === label && value === label).length / perClass,
    );
    const variance = recall.reduce((sum, p) => sum + (p * (1 - p)) / perClass / 9, 0);
    const mean = scores!.reduce((sum, score) => sum + score, 0) / 4000;
    const spread = Math.sqrt(scores!.reduce((sum, score) => sum + (score - mean) ** 2, 0) / 4000);
    expect(mean).toBeCloseTo((recall[0]! + recall[1]! + recall[2]!) / 3, 3);
    expect(spread / Math.sqrt(variance)).toBeGreaterThan(0.95);
    expect(spread / Math.sqrt(variance)).toBeLessThan(1.05);
  });

  test("sees no difference between a loss and its copy", async () => {
    const { truth, finished, weights } = input([[0.8, 0.5, 0.3]], 3, 0.3);
    const predicted = finished.map((run) => run.predicted);
    const outcomes = {
      losses: 2,
      seeds: 3,
      truth,
      classes: 3,
      predicted: [...predicted, ...predicted],
      weights,
    };
    const [a, b] = await bootstrapScores(outcomes, 100);
    expect(a).toEqual(b);
  });

  test("takes seeds with replacement too", async () => {
    const truth = new Int32Array(100);
    const predicted = [0, 1].map((wrong) => new Int32Array(100).fill(wrong));
    const outcomes = { losses: 1, seeds: 2, truth, classes: 1, predicted, weights: Float64Array.of(1) };
    const [scores] = await bootstrapScores(outcomes, 4000);
    const shares = [0, 0.5, 1].map(
      (value) => scores!.filter((score) => Math.abs(score - value) < 1e-9).length / 4000,
    );
    expect(shares[0]).toBeCloseTo(0.25, 1);
    expect(shares[1]).toBeCloseTo(0.5, 1);
    expect(shares[2]).toBeCloseTo(0.25, 1);
  });

  test("leaves equal parts out on both sides", () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => 100 - i);
    const { low, high } = percentileInterval(values, 0.9);
    expect(low).toBeCloseTo(5, 9);
    expect(high).toBeCloseTo(95, 9);
  });
});
