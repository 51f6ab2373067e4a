import { describe, expect, it, vi } from "vitest";
import { LabelSetBuilder, setsOf } from "#engine/manifest/labelSets.ts";

describe("Label sets", () => {
  it("keep the classes of a sample ascending and each once", () => {
    const { starts, classes } = setsOf([[3, 1, 3], [], [2], [0, 4]]);
    expect([...starts]).toEqual([0, 2, 2, 3, 5]);
    expect([...classes]).toEqual([1, 3, 2, 0, 4]);
  });

  it("take a sample with more classes than a call takes arguments", () => {
    const all = Array.from({ length: 200_000 }, (_, k) => k);
    expect(setsOf([all]).classes.length).toBe(200_000);
  });

  it("sort nothing where samples have one label", () => {
    const sort = vi.spyOn(Array.prototype, "sort");
    const builder = new LabelSetBuilder();
    for (let label = 9; label >= 0; label--) builder.add([label]);
    expect(sort).not.toHaveBeenCalled();
    sort.mockRestore();
    expect([...builder.result().classes]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });
});
