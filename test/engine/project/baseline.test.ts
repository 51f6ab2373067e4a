import { describe, expect, it } from "vitest";
import { baselineText, parseBaseline, withoutAccepted } from "#engine/project/baseline.ts";
import type { Finding } from "#protocol/analysis.ts";

const finding = (message: string, classes: string[] = [], file = "/w/data/train.txt"): Finding => ({
  code: "class/few",
  severity: "information",
  message,
  file,
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  ...(classes.length > 0 && { classes }),
});

const path = "/w/equipoise-baseline.json";
const accepting = (...findings: Finding[]): ReturnType<typeof parseBaseline> =>
  parseBaseline(path, baselineText(path, findings));

describe("a baseline", () => {
  it("accepts the same finding also when its numbers change", () => {
    const baseline = accepting(finding("2 classes have fewer than 20 images.", ["a", "b"]));
    expect(withoutAccepted([finding("2 classes have fewer than 30 images.", ["a", "b"])], baseline)).toEqual(
      [],
    );
    const broken = accepting(finding("Counts cover what stands before line 1, column 48,211."));
    expect(withoutAccepted([finding("Counts cover what stands before line 7, column 3.")], broken)).toEqual(
      [],
    );
  });

  it("does not accept other classes, other files, or one more of the same", () => {
    const baseline = accepting(finding("x", ["a"]));
    const others = [finding("x", ["a", "b"]), finding("x", ["a"], "/w/data/val.txt")];
    expect(withoutAccepted(others, baseline)).toEqual(others);
    expect(withoutAccepted([finding("x", ["a"]), finding("x", ["a"])], baseline)).toHaveLength(1);
  });

  it("is added to without losing what it accepts, and is written the same way each time", () => {
    const first = accepting(finding("x", ["a"]));
    const both = baselineText(path, [finding("y", ["b"])], first);
    expect(withoutAccepted([finding("x", ["a"]), finding("y", ["b"])], parseBaseline(path, both))).toEqual(
      [],
    );
    expect(baselineText(path, [], parseBaseline(path, both))).toBe(both);
    expect(JSON.parse(both).accepted[0].file).toBe("data/train.txt");
  });

  it("is refused with the next step where the file is something else", () => {
    expect(() => parseBaseline(path, "[]")).toThrow(/no baseline of this version.*--write-baseline/);
    expect(() => parseBaseline(path, "{")).toThrow(/no baseline/);
  });
});
