/** Real data sets of several files against counts that were computed without this project. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { fileSource } from "#engine/manifest/source.ts";
import type { Analysis, View } from "#protocol/analysis.ts";

const folder =
  process.env["EQUIPOISE_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const present = existsSync(join(folder, "bccd-voc", "truth.json"));
if (!present) console.warn(`SKIPPED: no real data in ${folder}. Set EQUIPOISE_DATA to its folder.`);

interface Truth {
  readonly total: number;
  readonly imbalance_factor: number;
  readonly gini_nonempty: number;
  readonly gini_with_empty: number;
  readonly images?: number;
  readonly per_class: readonly { readonly name: string; readonly count: number }[];
  readonly per_class_image_count?: readonly { readonly name: string; readonly images: number }[];
}

function truthOf(set: string, view: string): Truth {
  return JSON.parse(readFileSync(join(folder, set, "truth.json"), "utf8")).views[view];
}

async function inspected(...path: string[]): Promise<Analysis> {
  const analysis = await analyse(fileSource(join(folder, ...path)), { asked: true });
  if (!analysis) throw new Error(`${path.join("/")} was not recognised`);
  return analysis;
}

function expectTruth(view: View | undefined, truth: Truth): void {
  expect(view?.labels).toBe(truth.total);
  expect(view?.classes.map(({ name, count }) => ({ name, count }))).toEqual(
    truth.per_class.map(({ name, count }) => ({ name, count })),
  );
  expect(view?.imbalanceFactor).toBeCloseTo(truth.imbalance_factor, 9);
  expect(view?.gini).toBeCloseTo(truth.gini_nonempty, 9);
  expect(view?.giniWithEmpty).toBeCloseTo(truth.gini_with_empty, 9);
  if (truth.images) expect(view?.samples).toBe(truth.images);
  if (!truth.per_class_image_count) return;
  expect(view?.classes.map(({ name, images }) => ({ name, images: images ?? 0 }))).toEqual(
    truth.per_class_image_count.map(({ name, images }) => ({ name, images })),
  );
}

describe.skipIf(!present)("real data sets of several files", () => {
  test("bccd-voc, all annotations", async () => {
    const analysis = await inspected("bccd-voc", "Annotations");
    expectTruth(analysis.views[0], truthOf("bccd-voc", "Annotations"));
    const boxes = analysis.findings.find(({ code }) => code === "label/empty-box");
    expect(boxes?.message).toMatch(/^2 boxes/);
    expect(analysis.findings.find(({ code }) => code === "path/foreign")?.message).toMatch(/^364 paths/);
  });

  test("bccd-voc, by its lists of splits", async () => {
    const { views } = await inspected("bccd-voc");
    expect(views.map(({ name, samples }) => [name, samples])).toEqual([
      ["train", 205],
      ["val", 87],
      ["test", 72],
    ]);
    expect(views.reduce((sum, { labels }) => sum + labels, 0)).toBe(truthOf("bccd-voc", "Annotations").total);
  });

  test.each(["kuih-yolo", "kuih-yolo/data.yaml"])("%s", async (path) => {
    const analysis = await inspected(path);
    const truth = truthOf("kuih-yolo", "labels");
    expectTruth(analysis.views[0], truth);
    expect(analysis.views.map(({ split }) => split)).toEqual(["test"]);
    expect(analysis.findings.filter(({ code }) => code === "file/missing")).toHaveLength(3);
  });

  test.each(["images_task_train.xml", "images_project.xml", "video.xml"])("cvat-xml, %s", async (file) => {
    const { views } = await inspected("cvat-xml", file);
    expectTruth(views[0], truthOf("cvat-xml", file));
  });

  test("chess-roboflow, the folder above its splits", async () => {
    const { views, findings } = await inspected("chess-roboflow");
    for (const [index, split] of ["train", "valid", "test"].entries())
      expectTruth(views[index], truthOf("chess-roboflow", split));
    expect(findings.filter(({ code }) => code === "split/class-missing")).toHaveLength(2);
    expect(findings.filter(({ code }) => code === "split/overlap")).toEqual([]);
  });

  test.each([
    ["banking77", ["train", "test"]],
    ["places-lt", ["Places_LT_train.txt", "Places_LT_val.txt"]],
  ])("%s, the folder of its splits", async (set, truths) => {
    const { views } = await inspected(set);
    expect(views).toHaveLength(truths.length);
    for (const [index, name] of truths.entries()) expectTruth(views[index], truthOf(set, name));
  });
});
