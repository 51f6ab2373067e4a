import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rankOn, rankSweep } from "#engine/sweep/ranking.ts";
import { readResults } from "#engine/sweep/results.ts";
import { evidenceOf, leaderText, winnerOf } from "#engine/sweep/winner.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import type { TrialResult } from "#protocol/sweep.ts";
import { temporaryFolder } from "../tiny.ts";
import { tinySweep } from "./tinySweep.ts";

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

/** Scores of the baseline and of one other, by seed. */
function results(baseline: readonly number[], other: readonly number[]): TrialResult[] {
  return baseline.flatMap((score, i) => [
    result(0, i + 1, score, 2 * i),
    ...(other[i] === undefined ? [] : [result(1, i + 1, other[i], 2 * i + 1)]),
  ]);
}

const seeds = [1, 2, 3];

describe("a ranking", () => {
  it("puts those with every seed first, with intervals that hold seeds and samples", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder, {}, { seeds });
    const early = await rankSweep(file, results([0.5, 0.52, 0.51], [0.7]), folder);
    expect(early.standings.map((standing) => [standing.configuration, standing.seeds])).toEqual([
      [0, 3],
      [1, 1],
    ]);
    expect(early.leader).toMatchObject({ configuration: 0, verdict: "baseline", comparisons: 0 });
    const late = await rankSweep(file, results([0.5, 0.52, 0.51], [0.7, 0.71, 0.72]), folder);
    const [first, second] = late.standings;
    expect(first).toMatchObject({ configuration: 1, score: { mean: 0.71 } });
    // Pooled over both: squares 0.0002 each with two degrees of freedom each; t of four is 2.776.
    const half = Math.sqrt((1.959963985 * 0.01) ** 2 + (0.0001 / 3) * 2.776445105 ** 2);
    expect(first?.score.interval?.low).toBeCloseTo(0.71 - half, 6);
    expect(second?.score.interval?.high).toBeCloseTo(0.51 + half, 6);
    expect(late.leader).toMatchObject({ configuration: 1, verdict: "winner", comparisons: 1, tied: [] });
    expect(leaderText(file, late, late.leader as NonNullable<typeof late.leader>)).toMatch(
      /^Balanced softmax wins: \+20\.0 points of balanced accuracy over cross-entropy \(\+1[5-9]\.\d to \+2\d\.\d\)\.$/,
    );
    expect(evidenceOf(file, late, 1)).toBe(
      `measured 71.0 % balanced accuracy against 51.0 % for the baseline on 30 test rows, ${file.id} of 2 configurations with 3 seeds`,
    );
  });

  it("names the best of a group only where it is ahead of the baseline beyond the noise, and finds anything", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder, {}, { seeds });
    const late = await rankSweep(file, results([0.5, 0.52, 0.51], [0.7, 0.71, 0.72]), folder);
    const named = (ranking: typeof late): unknown[] =>
      ranking.bestByGroup.map(({ group, configuration, none }) => [group, configuration ?? none]);
    expect(named(late)).toEqual([
      ["head", 1],
      ["middle", 1],
      ["tail", 1],
      ["many", 1],
      ["few", 1],
    ]);
    const close = await rankSweep(file, results([0.5, 0.52, 0.51], [0.51, 0.53, 0.52]), folder);
    expect(named(close)).toContainEqual(["tail", "within-noise"]);
    const nothing = await rankSweep(file, results([0, 0, 0], [0, 0, 0]), folder);
    expect(named(nothing)).toContainEqual(["few", "nothing-found"]);
    const behind = await rankSweep(file, results([0.5, 0.52, 0.51], [0.1, 0.1, 0.1]), folder);
    expect(named(behind)).toContainEqual(["head", "baseline"]);
  });

  it("names no winner within the noise, and then speaks for the baseline", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder, {}, { seeds });
    const ranking = await rankSweep(file, results([0.5, 0.52, 0.51], [0.51, 0.53, 0.52]), folder);
    expect(ranking.leader).toMatchObject({ configuration: 1, verdict: "within-noise" });
    expect(winnerOf(file, ranking).choice.loss).toBe("cross-entropy");
    expect(winnerOf(file, ranking, 1).choice.loss).toBe("balanced-softmax");
    expect(() => winnerOf(file, ranking, 7)).toThrow("Configuration 7 has no results");
    expect(() => winnerOf(file, { ...ranking, standings: [] })).toThrow("has all of its 3 seeds yet");
  });

  it("gives no verdict from two seeds, as a comparison gives none", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder);
    const ranking = await rankSweep(file, results([0.1, 0.1], [0.9, 0.9]), folder);
    expect(ranking.leader).toMatchObject({ configuration: 1, verdict: "too-few-seeds" });
    expect(leaderText(file, ranking, ranking.leader as never)).toBe(
      "No verdict from 2 seeds: it needs 3. Balanced softmax leads.",
    );
    expect(winnerOf(file, ranking).configuration).toBe(0);
  });

  it("looks for leaders again only where another configuration has every seed, and comes to the same", async () => {
    const folder = temporaryFolder();
    const { file } = await tinySweep(folder, {}, { seeds });
    const all = results([0.5, 0.52, 0.51], [0.7, 0.71, 0.72]);
    const early = await rankOn(file, results([0.5, 0.52, 0.51], [0.7]), folder);
    const more = results([0.5, 0.52, 0.51], [0.7, 0.71]);
    const between = await rankOn(file, more, folder, early.leaders);
    expect(between.leaders).toBe(early.leaders);
    expect(between.ranking).toEqual(await rankSweep(file, more, folder));
    const late = await rankOn(file, all, folder, between.leaders);
    expect(late.ranking.leader?.configuration).toBe(1);
    expect(late.ranking).toEqual(await rankSweep(file, all, folder));
  });

  it("pairs the test samples where the runs are there", async () => {
    const sweep = await tinySweep(temporaryFolder(), { epochs: 6 }, { seeds });
    const worker = createSweepWorker(sweep);
    for (let index = 0; index < 6; index++) await worker.run(index);
    const there = await readResults(sweep.folder, sweep.file.id);
    const paired = await rankSweep(sweep.file, there.values(), sweep.folder);
    const apart = await rankSweep(sweep.file, there.values(), join(sweep.folder, "elsewhere"));
    const width = ({ leader }: typeof paired): number =>
      (leader?.overBaseline?.interval?.high ?? Number.NaN) -
      (leader?.overBaseline?.interval?.low ?? Number.NaN);
    expect(paired.leader?.configuration).toBe(1);
    expect(width(paired)).toBeLessThan(width(apart));
  });
});
