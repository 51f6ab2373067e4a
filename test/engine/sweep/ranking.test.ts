import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "#engine/sampling/random.ts";
import { normalQuantile } from "#engine/sweep/normal.ts";
import { pairedError } from "#engine/sweep/pairedDifference.ts";
import { rankSweep } from "#engine/sweep/ranking.ts";
import { readResults } from "#engine/sweep/results.ts";
import { evidenceOf, leaderText, winnerOf } from "#engine/sweep/winner.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import type { TrialResult } from "#protocol/sweep.ts";
import { temporaryFolder } from "../tiny.ts";
import { tinySweep } from "./tinySweep.ts";

describe("the normal quantile", () => {
  it("is that of tables", () => {
    for (const [p, z] of [
      [0.5, 0],
      [0.975, 1.959963985],
      [0.025, -1.959963985],
      [0.9999, 3.719016485],
      [1e-6, -4.753424309],
    ])
      expect(normalQuantile(p as number)).toBeCloseTo(z as number, 7);
    expect(() => normalQuantile(1)).toThrow("expected a probability, got 1");
  });
});

/** Predictions that are right with a chance that differs from sample to sample, as they are. */
function outcomes(random: Random, chances: readonly number[], truth: Int32Array, better = 0): Int32Array[] {
  return [1, 2, 3].map(() =>
    truth.map((label, i) =>
      random.next() < Math.min(1, (chances[i] ?? 0) + better) ? label : (label + 1) % 4,
    ),
  );
}

describe("the paired error", () => {
  it("covers the true difference as often as it says, for classes of 5 to 200 samples", () => {
    const counts = [200, 60, 20, 5];
    const truth = Int32Array.from(counts.flatMap((count, k) => Array<number>(count).fill(k)));
    const weights = new Float64Array(4).fill(0.25);
    const random = createRandom(3);
    let covered = 0;
    const draws = 400;
    for (let draw = 0; draw < draws; draw++) {
      const chances = Array.from(truth, () => random.next());
      const [a, b] = [outcomes(random, chances, truth), outcomes(random, chances, truth)];
      const share = (predicted: Int32Array[], k: number): number =>
        predicted.reduce(
          (sum, each) => sum + truth.filter((label, i) => label === k && each[i] === label).length,
          0,
        ) /
        (3 * (counts[k] as number));
      const lead = counts.reduce((sum, _, k) => sum + (share(a, k) - share(b, k)) / 4, 0);
      const error = pairedError({ truth, predicted: a }, { truth, predicted: b }, weights) ?? Number.NaN;
      if (Math.abs(lead) <= 1.96 * error) covered++;
    }
    expect(covered / draws).toBeGreaterThan(0.93);
  });

  it("is not known for other test samples", () => {
    const one = { truth: Int32Array.of(0, 1), predicted: [Int32Array.of(0, 1)] };
    const other = { truth: Int32Array.of(1, 0), predicted: [Int32Array.of(0, 1)] };
    expect(pairedError(one, other, new Float64Array(2).fill(0.5))).toBeUndefined();
  });
});

/** Results as workers would write them where no run folder is at hand. */
function result(configuration: number, seed: number, score: number, index: number): TrialResult {
  const groups = { head: score, middle: score, tail: score / 2, many: score, medium: null, few: score / 2 };
  const groupErrors = { head: 0.01, middle: 0.01, tail: 0.03, many: 0.01, medium: null, few: 0.03 };
  return {
    format: "equipoise-trial",
    version: 1,
    sweep: "sweep-000000000000",
    index,
    configuration,
    seed,
    run: `run-${index}`,
    backend: "cpu, 1 thread",
    equipoise: "0.1.0",
    host: "here",
    attempt: 1,
    ended: "2026-11-30T08:00:00.000Z",
    seconds: 1,
    trainingSeconds: 1,
    state: "finished",
    metrics: {
      score,
      error: 0.01,
      accuracy: score,
      balancedAccuracy: score,
      macroF1: score,
      worstRecall: 0,
      groups,
      groupErrors,
      loss: 1,
      testSamples: 30,
      predictions: "",
    },
  };
}

describe("a ranking", () => {
  it("puts those with every seed first, with intervals that hold seeds and samples", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder);
    const results = [result(0, 1, 0.5, 0), result(1, 1, 0.7, 1), result(0, 2, 0.52, 2)];
    const early = await rankSweep(file, results, folder);
    expect(early.standings.map(({ configuration, seeds }) => [configuration, seeds])).toEqual([
      [0, 2],
      [1, 1],
    ]);
    expect(early.leader).toMatchObject({ configuration: 0, verdict: "baseline", comparisons: 0 });
    const late = await rankSweep(file, [...results, result(1, 2, 0.71, 3)], folder);
    const [first, second] = late.standings;
    expect(first).toMatchObject({ configuration: 1, score: { mean: 0.705 } });
    // Pooled over both: squares 0.0002 and 0.00005 with one degree of freedom each.
    const half = 1.959963985 * Math.sqrt(0.01 ** 2 + 0.000125 / 2);
    expect(first?.score.interval?.low).toBeCloseTo(0.705 - half, 8);
    expect(second?.score.interval?.high).toBeCloseTo(0.51 + half, 8);
    expect(late.leader).toMatchObject({ configuration: 1, verdict: "ahead", comparisons: 1, tied: [] });
    expect(late.bestByGroup.map(({ group, configuration }) => [group, configuration])).toEqual([
      ["head", 1],
      ["middle", 1],
      ["tail", 1],
      ["many", 1],
      ["few", 1],
    ]);
    expect(leaderText(file, late, late.leader as NonNullable<typeof late.leader>)).toMatch(
      /^Balanced softmax leads: \+19\.5 points of balanced accuracy over cross-entropy \(\+1[5-9]\.\d to \+2\d\.\d, corrected for 1 comparison\)\.$/,
    );
    expect(evidenceOf(file, late, 1)).toBe(
      `measured 70.5 % balanced accuracy against 51.0 % for the baseline on 30 test rows, ${file.id} of 2 configurations with 2 seeds`,
    );
  });

  it("names no winner within the noise, and then speaks for the baseline", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder);
    const close = [result(0, 1, 0.5, 0), result(1, 1, 0.51, 1), result(0, 2, 0.52, 2), result(1, 2, 0.53, 3)];
    const ranking = await rankSweep(file, close, folder);
    expect(ranking.leader).toMatchObject({ configuration: 1, verdict: "within-noise" });
    expect(winnerOf(file, ranking).choice.loss).toBe("cross-entropy");
    expect(winnerOf(file, ranking, 1).choice.loss).toBe("balanced-softmax");
    expect(() => winnerOf(file, ranking, 7)).toThrow("Configuration 7 has no results");
    expect(() => winnerOf(file, { ...ranking, standings: [] })).toThrow("has all of its 2 seeds yet");
  });

  it("pairs the test samples where the runs are there", async () => {
    const sweep = await tinySweep(temporaryFolder(), { epochs: 6 });
    const worker = createSweepWorker(sweep);
    for (const index of [0, 1, 2, 3]) await worker.run(index);
    const results = await readResults(sweep.folder, sweep.file.id);
    const paired = await rankSweep(sweep.file, results.values(), sweep.folder);
    const apart = await rankSweep(sweep.file, results.values(), join(sweep.folder, "elsewhere"));
    const width = ({ leader }: typeof paired): number =>
      (leader?.overBaseline?.interval?.high ?? Number.NaN) -
      (leader?.overBaseline?.interval?.low ?? Number.NaN);
    expect(paired.leader?.configuration).toBe(1);
    expect(width(paired)).toBeLessThan(width(apart));
  });
});
