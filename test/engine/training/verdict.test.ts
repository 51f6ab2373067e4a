/** The statistical test of the statistical test: how often a comparison of equals names a winner. */
import { expect, test } from "vitest";
import { countSets, fillMultiHot, setsOf } from "#engine/manifest/labelSets.ts";
import { createRandom, type Random } from "#engine/sampling/random.ts";
import { compare, type FinishedRun } from "#engine/training/comparison.ts";
import { rankSets } from "#engine/training/rankedSets.ts";
import { contest, normals } from "./contest.ts";
import { logitBatches } from "./logitBatches.ts";

/** All of them with EQUIPOISE_FULL=1. Each is a comparison of its own, so fewer are a smaller sample of the same. */
const comparisons = process.env["EQUIPOISE_FULL"] ? 2000 : 60;

/**
 * The same of losses that rank samples with several labels: a sample's classes have logits that are easy or hard for all,
 * with a taste of each loss and a shake of each seed. Classes of 40 to 8 of 160 samples.
 */
async function rankingContest(
  random: Random,
  gains: readonly number[],
  seedShift: number,
): Promise<Parameters<typeof compare>[0]> {
  const normal = normals(random);
  const shares = [0.25, 0.12, 0.08, 0.05];
  const classes = shares.length;
  const weights = Float64Array.from(shares, () => 1 / classes);
  const sets = setsOf(
    Array.from({ length: 160 }, (_, i) =>
      // Each class has samples, whatever is drawn.
      shares.flatMap((share, k) => (i % 40 === k || random.next() < share ? [k] : [])),
    ),
  );
  const has = new Uint8Array(160 * classes);
  fillMultiHot(
    sets,
    Int32Array.from({ length: 160 }, (_, i) => i),
    classes,
    has,
  );
  const ease = Array.from(has, (own) => 1.2 * own + normal());
  const finished: FinishedRun[] = [];
  for (const [choice, gain] of gains.entries()) {
    const taste = ease.map(() => 0.7 * normal());
    for (const seed of [1, 2, 3]) {
      const lift = gain + seedShift * normal();
      const values = Float32Array.from(ease, (ease, i) => ease + taste[i]! + 0.3 * normal() + lift * has[i]!);
      const ranking = await rankSets(logitBatches(values, classes, 160), sets, classes);
      const result = { accuracy: 0, balancedAccuracy: 0, recall: ranking.result.recall };
      const influence = await ranking.influence(weights);
      const ranked = { result, influence, counts: countSets(sets, classes) };
      finished.push({ choice, seed, predicted: new Int32Array(), ranked });
    }
  }
  return { truth: new Int32Array(), classes, weights, choices: [...gains.keys()], finished };
}

/** Comparisons in which a loss other than the baseline was called better than all others. */
async function winners(
  gains: readonly number[],
  number: number,
  seedShift = 0,
  held: typeof contest | typeof rankingContest = contest,
): Promise<number> {
  let named = 0;
  for (let i = 0; i < number; i++) {
    const result = await compare(await held(createRandom(1000 + i), gains, seedShift));
    if (result?.verdict.kind === "winner") named++;
  }
  return named;
}

/** 6 in 100; for the small sample also what chance adds to that in one of a thousand. */
const allowed =
  comparisons === 2000 ? 120 : Math.ceil(0.06 * comparisons + 3.1 * Math.sqrt(0.06 * 0.94 * comparisons));

// Two equals above all others are the hardest case: nobody else can spoil a lucky lead.
test.each([
  ["four equal losses", [0, 0, 0, 0], 0],
  ["two equal losses above a baseline", [-3, 0, 0], 0],
  ["two equal losses above a baseline, seeds far apart", [-3, 0, 0], 0.2],
  ["ten equal losses", new Array<number>(10).fill(0), 0],
])(
  `of ${comparisons} comparisons of %s at most ${allowed} name a winner`,
  {
    timeout: 3_600_000,
  },
  async (what, gains, seedShift) => {
    const named = await winners(gains, comparisons, seedShift);
    console.log(`${named} of ${comparisons} comparisons of ${what} named a winner`);
    expect(named).toBeLessThanOrEqual(allowed);
  },
);

test("a loss that is better than all others is named in nine of ten comparisons", {
  timeout: 600_000,
}, async () => {
  const of = comparisons === 2000 ? 500 : 40;
  const named = await winners([0, 0, 0.9, 0.1], of);
  console.log(`${named} of ${of} comparisons named the better loss`);
  expect(named).toBeGreaterThanOrEqual(0.9 * of);
});

test.each([
  ["two equal rankings above a baseline", [-2, 0, 0], 0],
  ["two equal rankings above a baseline, seeds far apart", [-2, 0, 0], 0.3],
  ["four equal rankings", [0, 0, 0, 0], 0],
])(
  `of ${comparisons} comparisons of %s at most ${allowed} name a winner`,
  { timeout: 3_600_000 },
  async (what, gains, seedShift) => {
    const named = await winners(gains, comparisons, seedShift, rankingContest);
    console.log(`${named} of ${comparisons} comparisons of ${what} named a winner`);
    expect(named).toBeLessThanOrEqual(allowed);
  },
);

test("a loss that ranks better than all others is named in nine of ten comparisons", {
  timeout: 600_000,
}, async () => {
  const of = comparisons === 2000 ? 500 : 40;
  const named = await winners([0, 0, 1.5, 0.1], of, 0, rankingContest);
  console.log(`${named} of ${of} comparisons named the better ranking`);
  expect(named).toBeGreaterThanOrEqual(0.9 * of);
});
