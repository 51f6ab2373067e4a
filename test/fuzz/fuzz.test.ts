import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

test("no reader fails on damaged bytes, and every failure of a file is a finding", {
  timeout: 120_000,
}, async () => {
  const { failures, readings, findings } = await fuzz(800, 1);
  // Time is for `npm run fuzz`: here other tests take the processor.
  expect(failures.filter((failure) => !/ ms for /.test(failure))).toEqual([]);
  expect(readings).toBeGreaterThan(800);
  expect(findings).toBeGreaterThan(100);
});
