/** The statistical test of the statistical test: how often a comparison of equals names a winner. */
import { expect, test } from "vitest";
import { createRandom } from "#engine/sampling/random.ts";
import { compare } from "#engine/training/comparison.ts";
import { contest } from "./contest.ts";

/** All of them with EQUIPOISE_FULL=1. Each is a comparison of its own, so fewer are a smaller sample of the same. */
const comparisons = process.env["EQUIPOISE_FULL"] ? 2000 : 60;
/** Comparisons in which a loss other than the baseline was called better than all others. */
async function winners(gains: readonly number[], number: number, seedShift = 0): Promise<number> {
  let named = 0;
  for (let i = 0; i < number; i++) {
    const result = await compare(contest(createRandom(1000 + i), gains, seedShift));
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
