import fc from "fast-check";
import { expect, test } from "vitest";
import { holdOutSets } from "#engine/data/heldOutSets.ts";
import { countSets, pickSets, setsOf } from "#engine/manifest/labelSets.ts";
import { severalSamples } from "../multiLabel.ts";

test("a fifth of every class and of the samples is held out, rare classes first", () => {
  const sets = setsOf(severalSamples(1000).labels);
  const { train, test: held, untested } = holdOutSets(sets, 4);
  expect(untested).toEqual([]);
  expect(held.length).toBeCloseTo(200, -1);
  const [all, tested] = [countSets(sets, 4), countSets(pickSets(sets, held), 4)];
  for (const [k, count] of all.entries()) expect(Math.abs(tested[k]! - count / 5)).toBeLessThanOrEqual(3);
  expect(new Set([...train, ...held]).size).toBe(1000);
  expect(holdOutSets(sets, 4).test).toEqual(held);
  expect(holdOutSets(sets, 4, 1).test).not.toEqual(held);
});

test("no class loses its last training sample, whatever stands together", () => {
  const samples = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(samples, fc.nat(5), (labels, seed) => {
      const sets = setsOf(labels);
      const { train, test: held, untested } = holdOutSets(sets, 6, seed);
      const [all, trained, tested] = [sets, pickSets(sets, train), pickSets(sets, held)].map((each) =>
        countSets(each, 6),
      );
      expect([...train, ...held].sort((a, b) => a - b)).toEqual([...labels.keys()]);
      for (let k = 0; k < 6; k++) if (all![k]! > 0) expect(trained![k]).toBeGreaterThan(0);
      expect(untested).toEqual([0, 1, 2, 3, 4, 5].filter((k) => all![k]! > 0 && tested![k] === 0));
    }),
  );
});
