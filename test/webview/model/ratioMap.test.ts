import { describe, expect, test } from "vitest";
import {
  codeOf,
  mapRows,
  mostColumns,
  ratioMapper,
  ratioOfCode,
  rowStep,
  stepRow,
} from "../../../webview/model/ratioMap.ts";
import { smallExperiment, smallRun } from "../fixtures/small.ts";

const sums = (positive: readonly number[], negative: readonly number[]) => ({ positive, negative });
const first = { step: 1, ...sums([1, 0, 4], [1, 2, 1]) };
const later = { step: 10, ...sums([1, 1, 1], [1, 4, 1]) };
const order = [0, 1, 2];
const row = (codes: Uint8Array, index: number): number[] => [...codes.slice(3 * index, 3 * index + 3)];
const ratios = (codes: Uint8Array, index: number): number[] =>
  row(codes, index).map((code) => Math.round(ratioOfCode(code) * 20) / 20);

test("codes hold a ratio within two per cent, clipped to the colour scale", () => {
  for (const ratio of [0.04, 0.3, 1, 1.7, 3.9])
    expect(Math.abs(ratioOfCode(codeOf(ratio, 1)) / ratio - 1)).toBeLessThan(0.02);
  expect([codeOf(1, 1e9), codeOf(1e9, 1), codeOf(1, 0)]).toEqual([1, 255, 255]);
  expect([codeOf(0, 1), codeOf(0, 0), codeOf(Number.NaN, 1)]).toEqual([0, 0, 0]);
});

test("rows stand evenly on a log axis of steps", () => {
  expect([rowStep(0, 10_000), rowStep(mapRows - 1, 10_000)]).toEqual([1, 10_000]);
  expect(stepRow(100, 10_000)).toBeCloseTo((mapRows - 1) / 2);
});

describe("the map of a loss", () => {
  test("shows the last report at or before a row, over all seeds", () => {
    const both = smallExperiment([
      smallRun(1, [first, later]),
      smallRun(2, [{ ...first, ...sums([3, 0, 0], [1, 2, 1]) }]),
    ]);
    const { codes, columns } = ratioMapper()(both, 0, "accumulated", order, 10);
    expect(columns).toBe(3);
    expect(ratios(codes, 0)).toEqual([2, Number.NaN, 2]);
    expect(ratios(codes, mapRows - 2)).toEqual([2, Number.NaN, 2]);
    expect(row(codes, mapRows - 1)[0]).toBe(codeOf(4, 2));
    expect(row(codes, mapRows - 1)[1]).toBe(codeOf(1, 6));
  });

  test("takes the window where it is chosen", () => {
    const experiment = smallExperiment([smallRun(1, [{ ...first, window: sums([4, 4, 4], [1, 1, 1]) }])]);
    expect(ratios(ratioMapper()(experiment, 0, "window", order, 10).codes, 0)).toEqual([4, 4, 4]);
  });

  test("stays the same object while nothing is new, and only rows from a new report on change", () => {
    const make = ratioMapper();
    const before = smallExperiment([smallRun(1, [first])]);
    const map = make(before, 0, "accumulated", order, 10);
    expect(make({ ...before }, 0, "accumulated", order, 10)).toBe(map);
    const [run] = before.runs;
    const more = smallRun(1, [later]).gradients;
    const next = { ...before, runs: [{ ...run!, gradients: [...run!.gradients, ...more] }] };
    const grown = make(next, 0, "accumulated", order, 10);
    expect(grown).not.toBe(map);
    expect(row(grown.codes, mapRows - 1)).toEqual([codeOf(1, 1), codeOf(1, 4), codeOf(1, 1)]);
    expect(row(grown.codes, mapRows - 2)).toEqual([codeOf(1, 1), 0, codeOf(4, 1)]);
  });

  test("has no more columns than pixels; one of several classes has their median", () => {
    const classes = 3 * mostColumns;
    const positive = Array.from({ length: classes }, (_, index) => [0.1, 1, 4][index % 3]!);
    const run = smallRun(1, [
      {
        step: 1,
        ...sums(
          positive,
          positive.map(() => 1),
        ),
      },
    ]);
    const many = { ...smallExperiment([run]), classes: positive.map(String) };
    const { codes, columns } = ratioMapper()(
      many,
      0,
      "accumulated",
      positive.map((_, index) => index),
      10,
    );
    expect(columns).toBe(mostColumns);
    expect(new Set(codes)).toEqual(new Set([codeOf(1, 1)]));
  });
});
