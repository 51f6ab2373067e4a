import { describe, expect, test } from "vitest";
import { paint } from "../../../webview/charts/bytesPlugin.ts";
import { palette, type RatioMapData, ratioColour, ratioMap } from "../../../webview/charts/ratioMap.ts";
import { mapRows, ratioMapper } from "../../../webview/model/ratioMap.ts";
import { ratioOfClass } from "../../../webview/model/ratios.ts";
import { smallExperiment, smallRun } from "../fixtures/small.ts";
import { theme } from "../fixtures/theme.ts";

test("a ratio of 1 has the middle colour, the ends have theirs, and none yet is the background", () => {
  const colour = ratioColour(theme);
  expect(colour(1)).toEqual([100, 100, 100, 255]);
  expect(colour(1 / 32)).toEqual([255, 200, 0, 255]);
  expect(colour(4)).toEqual([0, 100, 255, 255]);
  expect(colour(1e9)).toEqual(colour(4));
  expect(colour(0)).toEqual([0, 0, 0, 255]);
  expect(colour(Number.NaN)).toEqual([0, 0, 0, 255]);
});

test("the palette begins with none yet and runs from the lowest to the highest colour", () => {
  const colours = palette(theme);
  expect([...colours.slice(0, 4)]).toEqual([0, 0, 0, 255]);
  expect([...colours.slice(4, 8)]).toEqual([255, 200, 0, 255]);
  expect([...colours.slice(-4)]).toEqual([0, 100, 255, 255]);
});

test("an image is painted with its first row at the bottom", () => {
  const pixels = new Uint32Array(4);
  paint(pixels, Uint8Array.from([0, 1, 1, 255]), 2, 2, palette(theme));
  const bytes = new Uint8Array(pixels.buffer);
  expect([...bytes.slice(0, 4)]).toEqual([255, 200, 0, 255]);
  expect([...bytes.slice(8, 12)]).toEqual([0, 0, 0, 255]);
});

describe("the map", () => {
  const experiment = smallExperiment([
    smallRun(1, [
      { step: 1, positive: [1, 0, 4], negative: [1, 2, 1] },
      { step: 100, positive: [1, 1, 0], negative: [2, 4, 0] },
    ]),
  ]);
  const map = ratioMapper()(experiment, 0, "accumulated", [0, 1, 2], 100);
  const data: RatioMapData = {
    title: "EQL v2",
    map,
    names: ["cat", "dog", "emu"],
    order: [0, 1, 2],
    edges: [1, 2],
    exact: (index, step) => ratioOfClass(experiment, 0, index, step, "accumulated"),
  };

  test("is described by its median and by how many classes are below 0.5", () => {
    expect(ratioMap.describe(data)).toBe(
      "EQL v2, class by step, head to tail. Newest: median gradient ratio 0.25, 1 of 3 classes below 0.5.",
    );
  });

  test("has a line for each edge of a third, and a tick", () => {
    const { plugins, scales } = ratioMap.chartConfig(data, theme).options as unknown as {
      plugins: { annotation: { annotations: object }; bytes: { rows: number; columns: number } };
      scales: { y: { type: string; max: number } };
    };
    expect(Object.keys(plugins.annotation.annotations)).toEqual(["edge0", "edge1"]);
    expect(plugins.bytes).toMatchObject({ rows: mapRows, columns: 3 });
    expect(scales.y).toMatchObject({ type: "logarithmic", max: 100 });
  });

  test("is a table of classes by steps, from the first to the last", () => {
    const { columns, rows } = ratioMap.table(data);
    expect([columns[0], columns[1], columns.at(-1)]).toEqual(["class", "step 1", "step 100"]);
    expect(rows.map((row) => [row[0], row[1], row.at(-1)])).toEqual([
      ["cat", "1.0", "0.50"],
      ["dog", "0", "0.25"],
      ["emu", "4.0", ""],
    ]);
  });
});
