/** Real data sets with counts that were computed without this project: a folder of sets with a `truth.json` each. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { fileSource } from "#engine/manifest/source.ts";
import type { Analysis, Basis, View } from "#protocol/analysis.ts";

const folder =
  process.env["EQUIPOISE_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

interface TruthClass {
  readonly id: number;
  readonly name: string;
  readonly count: number;
}

export interface Truth {
  readonly total: number;
  readonly imbalance_factor: number;
  readonly gini_nonempty: number;
  readonly gini_with_empty: number;
  readonly normalised_entropy_nonempty?: number;
  readonly classes_with_more_than_100: number;
  readonly classes_with_20_to_100: number;
  readonly classes_with_1_to_19: number;
  readonly classes_listed: number;
  readonly classes_nonempty: number;
  readonly per_class: readonly TruthClass[];
  readonly images?: number;
  readonly rows?: number;
  readonly per_class_image_count?: readonly {
    readonly id?: number;
    readonly name?: string;
    readonly images: number;
  }[];
  readonly frequency_groups?: { readonly r: number; readonly c: number; readonly f: number };
}

export interface Case {
  readonly set: string;
  readonly view: string;
  /** What is inspected, below the set; empty for the set itself. */
  readonly path: string;
  readonly basis?: Basis;
  readonly truth: unknown;
}

interface TruthFile {
  readonly views?: Readonly<Record<string, unknown>>;
  readonly classes?: readonly string[];
}

export function truthFile(set: string): TruthFile {
  return JSON.parse(readFileSync(join(folder, set, "truth.json"), "utf8"));
}

export const sets: readonly string[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((set) => existsSync(join(folder, set, "truth.json")))
      .sort()
  : [];
if (sets.length === 0)
  console.warn(
    `SKIPPED: no real data in ${folder}. Set EQUIPOISE_DATA to a folder of sets with a truth.json each.`,
  );

export const cases: readonly Case[] = sets.flatMap((set) =>
  Object.entries(truthFile(set).views ?? {}).map(([view, truth]) => {
    const basis = view.endsWith("image_count") ? { basis: "images" as const } : {};
    return { set, view, path: pathOf(set, view), truth, ...basis };
  }),
);

/**
 * Views are keyed by file, by folder, by split, or by file and label column. A split is a folder with one manifest or a
 * file of that name; what has neither is the whole set.
 */
function pathOf(set: string, view: string): string {
  const name = view.replace(/ \(.*/, "").replace(/, .*/, "");
  const path = join(folder, set, name);
  if (existsSync(path) && statSync(path).isFile()) return name;
  for (const inside of ["_annotations.coco.json", "label"])
    if (existsSync(join(path, inside))) return `${name}/${inside}`;
  if (existsSync(path)) return name;
  const file = [".csv", ".json", ".txt", ".jsonl"]
    .map((ending) => name + ending)
    .find((each) => existsSync(join(folder, set, each)));
  return file ?? "";
}

export async function inspected(set: string, path: string, basis?: Basis): Promise<Analysis> {
  const source = fileSource(join(folder, set, path));
  const analysis = await analyse(source, { asked: true, ...(basis ? { basis } : {}) });
  if (!analysis) throw new Error(`${set}/${path} was not recognised`);
  return analysis;
}

/** All that the truth says of classes and counts holds of the view. */
export function expectTruth(view: View | undefined, truth: Truth): void {
  if (!view) throw new Error("expected a view");
  expect(view.labels).toBe(truth.total);
  expect(view.classes.map(({ id, index, name, count }) => ({ id: id ?? index, name, count }))).toEqual(
    truth.per_class.map(({ id, name, count }) => ({ id, name, count })),
  );
  expect(view.classes).toHaveLength(truth.classes_listed);
  expect(view.imbalanceFactor).toBeCloseTo(truth.imbalance_factor, 9);
  expect(view.gini).toBeCloseTo(truth.gini_nonempty, 9);
  expect(view.giniWithEmpty).toBeCloseTo(truth.gini_with_empty, 9);
  // Of a single class the truth gives no entropy.
  if (truth.normalised_entropy_nonempty !== undefined)
    expect(view.normalisedEntropy).toBeCloseTo(truth.normalised_entropy_nonempty, 9);
  expect(view.groups).toEqual({
    many: truth.classes_with_more_than_100,
    medium: truth.classes_with_20_to_100,
    few: truth.classes_with_1_to_19,
    empty: truth.classes_listed - truth.classes_nonempty,
  });
  // Of a video the truth knows no images.
  if (truth.rows ?? truth.images) expect(view.samples).toBe(truth.rows ?? truth.images);
  const images = truth.per_class_image_count;
  if (images) expect(view.classes.map((each) => each.images ?? 0)).toEqual(images.map((each) => each.images));
  if (!truth.frequency_groups) return;
  const { r, c, f } = truth.frequency_groups;
  expect(view.frequencyGroups).toEqual({ rare: r, common: c, frequent: f });
}
