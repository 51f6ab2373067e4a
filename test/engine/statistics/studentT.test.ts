import { describe, expect, test } from "vitest";
import { studentQuantile } from "#engine/statistics/studentT.ts";

describe("the quantile of Student's t", () => {
  test.each([
    [0.95, 1, 12.7062],
    [0.95, 2, 4.302_65],
    [0.95, 4, 2.776_45],
    [0.95, 10, 2.228_14],
    [0.99, 2, 9.924_84],
    [0.99, 30, 2.75],
    [0.95, 120, 1.979_93],
  ])("of %f with %i degrees of freedom is that of the tables", (level, freedom, quantile) => {
    expect(studentQuantile(level, freedom)).toBeCloseTo(quantile, 3);
  });

  test("goes over into that of the normal distribution, and takes degrees between whole ones", () => {
    expect(studentQuantile(0.95, Number.POSITIVE_INFINITY)).toBeCloseTo(1.959_964, 4);
    const between = studentQuantile(0.95, 2.5);
    expect(between).toBeLessThan(4.3027);
    expect(between).toBeGreaterThan(3.1825);
  });
});
