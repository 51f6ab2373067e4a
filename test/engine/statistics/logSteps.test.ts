import { expect, test } from "vitest";
import { withReports } from "#engine/statistics/logSteps.ts";

const at = (step: number, epoch = 1) => ({ step, epoch });
const steps = (reports: readonly { readonly step: number }[]) => reports.map(({ step }) => step);

test("reports that are known already add nothing, and the list stays the same object", () => {
  const known = [at(1), at(5)];
  expect(withReports(known, [at(3), at(5)])).toBe(known);
  expect(steps(withReports(known, [at(5), at(6)]))).toEqual([1, 5, 6]);
});

test("the newest report is kept and replaced by the next one that cannot be told apart", () => {
  const known = withReports([], [at(10_000), at(10_001)]);
  expect(steps(known)).toEqual([10_001]);
  expect(steps(withReports(known, [at(10_002), at(11_000)]))).toEqual([10_002, 11_000]);
});

test("the end of an epoch is kept, but not of more epochs than anyone can see", () => {
  expect(steps(withReports([], [at(10_001), at(10_002), at(10_003, 2), at(10_004, 2)]))).toEqual([
    10_002, 10_004,
  ]);
  const many = Array.from({ length: 20_000 }, (_, i) => at(100_000 + i, i));
  expect(withReports([], many).length).toBeLessThan(1100);
});
