/** The statistical test of a sweep's verdict: how often equals get a winner, and how often the better one does. */
import { describe, expect, it } from "vitest";
import { createRandom } from "#engine/sampling/random.ts";
import { type Complete, leaderOf } from "#engine/sweep/leader.ts";
import type { Evidence, Finished } from "#engine/sweep/sweepNoise.ts";
import { compare } from "#engine/training/comparison.ts";
import { contest } from "../training/contest.ts";

/** All of them with EQUIPOISE_FULL=1. Each is a sweep of its own, so fewer are a smaller sample of the same. */
const sweeps = process.env["EQUIPOISE_FULL"] ? 2000 : 60;
const allowed = sweeps === 2000 ? 120 : Math.ceil(0.06 * sweeps + 3.1 * Math.sqrt(0.06 * 0.94 * sweeps));

type Contest = ReturnType<typeof contest>;

/** The runs of a contest as results of a sweep; with `isBare` without their predictions. */
function asSweep(
  { truth, weights, finished, choices }: Contest,
  isBare = false,
): { complete: Complete[]; evidence: Evidence } {
  const predicted = new Map<string, Int32Array>();
  const complete = choices.map((configuration) => ({
    configuration,
    trials: finished
      .filter(({ choice }) => choice === configuration)
      .map((run) => {
        const name = `${configuration} ${run.seed}`;
        predicted.set(name, run.predicted);
        return trialOf(name, run.predicted, truth, weights);
      }),
  }));
  const evidence: Evidence = {
    tested: async (trials) =>
      isBare ? undefined : { truth, predicted: trials.map(({ run }) => predicted.get(run) as Int32Array) },
    weights: async () => weights,
  };
  return { complete, evidence };
}

function trialOf(run: string, predicted: Int32Array, truth: Int32Array, weights: Float64Array): Finished {
  let [score, variance] = [0, 0];
  for (const [label, weight] of weights.entries()) {
    const rows = truth.reduce((sum, each) => sum + Number(each === label), 0);
    const hits = truth.reduce((sum, each, i) => sum + Number(each === label && predicted[i] === label), 0);
    const smooth = (hits + 0.5) / (rows + 1);
    score += (weight * hits) / rows;
    variance += (weight ** 2 * smooth * (1 - smooth)) / rows;
  }
  return { run, state: "finished", metrics: { score, error: Math.sqrt(variance) } } as unknown as Finished;
}

async function verdictOf(input: Contest, isBare = false): Promise<string | undefined> {
  const { complete, evidence } = asSweep(input, isBare);
  return (await leaderOf(complete, "score", evidence))?.verdict;
}

async function count(
  gains: readonly number[],
  isNamed: (verdict: string | undefined) => boolean,
  seedShift = 0,
  isBare = false,
  number = sweeps,
): Promise<number> {
  let named = 0;
  for (let i = 0; i < number; i++)
    if (isNamed(await verdictOf(contest(createRandom(5000 + i), gains, seedShift), isBare))) named++;
  return named;
}

const isWinner = (verdict: string | undefined): boolean => verdict === "winner";
/** Said of equals of the baseline it is wrong, also where it is not said that one of them is best. */
const isAhead = (verdict: string | undefined): boolean => verdict === "winner" || verdict === "ahead";

describe("the verdict on a sweep", { timeout: 3_600_000 }, () => {
  it.each([
    ["four equal configurations are ahead of the baseline or win", [0, 0, 0, 0], 0, isAhead, false],
    ["twenty equal configurations are ahead of the baseline or win", Array(20).fill(0), 0, isAhead, false],
    ["twenty equals whose seeds are far apart", Array(20).fill(0), 0.2, isAhead, false],
    ["twenty equals whose runs are not there", Array(20).fill(0), 0.2, isAhead, true],
    ["one of two equals above a baseline wins", [-3, 0, 0], 0, isWinner, false],
    ["one of two equals above a baseline wins, seeds far apart", [-3, 0, 0], 0.2, isWinner, false],
  ] as const)(`is wrong in 6 of 100 sweeps at most: %s`, async (what, gains, seedShift, isWrong, isBare) => {
    const named = await count(gains, isWrong, seedShift, isBare);
    console.log(`${named} of ${sweeps} sweeps: ${what}`);
    expect(named).toBeLessThanOrEqual(allowed);
  });

  it("is ahead of the baseline where two equals are well above it among twenty", async () => {
    const gains = [...Array(18).fill(0), 1.2, 1.2];
    const of = sweeps === 2000 ? 300 : 20;
    const named = await count(gains, isAhead, 0, false, of);
    console.log(`${named} of ${of} sweeps name what is ahead of the baseline`);
    expect(named).toBeGreaterThanOrEqual(0.9 * of);
  });

  it("is that of a comparison of the same runs", async () => {
    for (let i = 0; i < 20; i++) {
      const input = contest(createRandom(9000 + i), [0, 0, i % 2 ? 0.9 : 0, 0.1], 0);
      const compared = (await compare(input))?.verdict.kind;
      const swept = await verdictOf(input);
      expect([i, swept === "winner", swept === "baseline"]).toEqual([
        i,
        compared === "winner",
        compared === "baseline-best",
      ]);
    }
  });
});
