import { describe, expect, test } from "vitest";
import { keyTarget } from "../../../webview/views/mapCursor.ts";

const data = {
  counts: [90, 80, 70, 60, 50, 40, 30, 20, 10],
  order: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  steps: Array.from({ length: 15 }, (_, index) => index + 1),
};
const press = (key: string, position: number, ctrlKey = false, report = 4) =>
  keyTarget({ key, ctrlKey, metaKey: false }, { position, report }, data);
const at = (position: number, report = 4) => ({ position, report });

describe("keys on the map", () => {
  test("move by one class and stop at the ends", () => {
    expect([press("ArrowRight", 3), press("ArrowLeft", 3)]).toEqual([at(4), at(2)]);
    expect([press("ArrowRight", 8), press("ArrowLeft", 0)]).toEqual([at(8), at(0)]);
  });

  test("begin at the end that they come from", () => {
    expect([press("ArrowRight", -1), press("ArrowLeft", -1)]).toEqual([at(0), at(8)]);
  });

  test("move by one report and stop at the first and the last", () => {
    expect([press("ArrowUp", 3), press("ArrowDown", 3)]).toEqual([at(3, 5), at(3, 3)]);
    expect([press("ArrowUp", 3, false, 14), press("ArrowDown", 3, false, 0)]).toEqual([at(3, 14), at(3, 0)]);
  });

  test("with Ctrl move to the next edge of a third, or by ten reports", () => {
    expect([
      press("ArrowRight", 1, true),
      press("ArrowRight", 3, true),
      press("ArrowRight", 7, true),
    ]).toEqual([at(3), at(6), at(8)]);
    expect([press("ArrowLeft", 7, true), press("ArrowLeft", 3, true), press("ArrowLeft", 0, true)]).toEqual([
      at(6),
      at(0),
      at(0),
    ]);
    expect([press("ArrowUp", 2, true), press("ArrowDown", 2, true)]).toEqual([at(2, 14), at(2, 0)]);
  });

  test("Home and End lead to head and tail, other keys nowhere", () => {
    expect([press("Home", 4), press("End", 4), press("a", 4)]).toEqual([at(0), at(8), undefined]);
  });
});
