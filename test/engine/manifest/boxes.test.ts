import { describe, expect, test } from "vitest";
import { BoxCheck } from "#engine/manifest/boxes.ts";

const image = { width: 100, height: 50 };
const span = { start: 7, end: 9 };

function found(...boxes: readonly (readonly [number, number, number, number])[]): string[] {
  const check = new BoxCheck();
  for (const [left, top, width, height] of boxes) check.add(left, top, width, height, span, image);
  return check
    .observations()
    .map(({ code, message }) =>
      typeof message === "function"
        ? `${code} ${message({ line: 3, column: 1, endLine: 3, endColumn: 2 })}`
        : message,
    );
}

describe("a box check", () => {
  test("says nothing of boxes inside their image, edges rounded by half a pixel included", () => {
    expect(found([0, 0, 100, 50], [-0.5, -0.5, 101, 51], [99, 49, 1, 1])).toEqual([]);
  });

  test("counts boxes without area, with negative sides and with sides that are no numbers", () => {
    expect(found([1, 1, 0, 5], [1, 1, 5, -2], [1, 1, Number.NaN, 2])).toEqual([
      "label/empty-box 3 boxes have no area or a negative side; first at line 3.",
    ]);
  });

  test("counts boxes that reach out on any side, and only where the image's size is known", () => {
    expect(found([-1, 0, 5, 5], [0, -1, 5, 5], [96, 0, 5, 5], [0, 46, 5, 5])).toEqual([
      "label/outside-image 4 boxes reach out of the image; first at line 3.",
    ]);
    const check = new BoxCheck();
    check.add(0, 0, 1e9, 1e9, span);
    expect(check.observations()).toEqual([]);
  });
});
