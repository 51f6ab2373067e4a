/** The real defects that the truth of a COCO set lists are found, with their numbers. Data: `EQUIPOISE_DATA`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { fileSource } from "#engine/manifest/source.ts";
import type { Finding, FindingCode } from "#protocol/analysis.ts";

const dataFolder =
  process.env["EQUIPOISE_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

interface Problems {
  readonly category_id_gaps: readonly number[];
  readonly category_ids_max: number;
  readonly categories_that_are_a_supercategory_of_others: readonly string[];
  readonly annotations_with_missing_image: number;
  readonly duplicate_image_ids: number;
  readonly duplicate_annotation_ids: number;
  readonly exact_duplicate_boxes: number;
  readonly bbox_zero_or_negative: number;
  readonly bbox_outside_image: number;
}

const cases = [
  { set: "taco", view: "annotations.json", file: "annotations.json" },
  { set: "coco-tiny", view: "instances_val2017.json", file: "instances_val2017.json" },
  { set: "lvis", view: "lvis_val_100.json", file: "lvis_val_100.json" },
  ...["train", "valid", "test"].map((view) => ({
    set: "chess-roboflow",
    view,
    file: `${view}/_annotations.coco.json`,
  })),
];
const present = existsSync(join(dataFolder, "taco"));
if (!present)
  console.warn(
    `SKIPPED: no real data in ${dataFolder}. Set EQUIPOISE_DATA to the folder that holds taco, lvis ...`,
  );

describe.skipIf(!present)("defects of COCO sets", () => {
  test.each(cases)("$set, $view", async ({ set, view, file }) => {
    const truth = JSON.parse(readFileSync(join(dataFolder, set, "truth.json"), "utf8"));
    const problems: Problems = truth.views[view].problems;
    const path = join(dataFolder, set, file);
    const off = { "imbalance/high": "off", "class/few": "off" } as const;
    const analysis = await analyse(fileSource(path), { asked: true, project: { rules: off } });
    const found = analysis?.findings ?? [];
    const number = (code: FindingCode): number =>
      leadingNumber(found.find((finding) => finding.code === code));
    expect(number("label/duplicate-id")).toBe(problems.duplicate_annotation_ids);
    expect(number("label/duplicate-box")).toBe(problems.exact_duplicate_boxes);
    expect(number("label/empty-box")).toBe(problems.bbox_zero_or_negative);
    expect(number("label/outside-image")).toBe(problems.bbox_outside_image);
    expect(number("sample/unknown-image")).toBe(problems.annotations_with_missing_image);
    expect(number("sample/duplicate-id")).toBe(problems.duplicate_image_ids);
    expect(found.filter(({ code }) => code === "class/superclass").flatMap(({ classes }) => classes)).toEqual(
      problems.categories_that_are_a_supercategory_of_others,
    );
    const gaps = found.find(({ code }) => code === "class/id-gaps");
    if (problems.category_id_gaps.length === 0) expect(gaps).toBeUndefined();
    else {
      expect(gaps?.message).toContain(`with ${problems.category_id_gaps.length} gaps`);
      expect(gaps?.message).toContain(`id ${problems.category_ids_max}.`);
    }
    expect(found.filter(({ code }) => code === "class/look-alike")).toEqual([]);
  });
});

/** The number that a finding begins with; 0 where there is none. */
function leadingNumber(finding: Finding | undefined): number {
  return finding ? Number(/^\d+/.exec(finding.message)?.[0]) : 0;
}
