/**
 * Real label files against counts that were computed without this project. Sets and their views are found by reading
 * each `truth.json`, so any folder of that form can be given.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
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

interface Truth {
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
  readonly unit?: string;
  readonly per_class_image_count?: readonly { readonly id?: number; readonly images: number }[];
  readonly frequency_groups?: { readonly r: number; readonly c: number; readonly f: number };
}

/** What a class list says: ids and names without samples. */
interface ListTruth {
  readonly ids: readonly number[];
  readonly display_names: readonly string[];
}

/** Counts alone, by the classes of the set. */
interface CountsTruth {
  readonly total: number;
  readonly counts: readonly number[];
  readonly imbalance_factor: number;
}

interface Case<T> {
  readonly set: string;
  readonly view: string;
  readonly file: string;
  readonly basis?: Basis;
  readonly truth: T;
}

interface TruthFile {
  readonly views?: Readonly<Record<string, unknown>>;
  readonly classes?: readonly string[];
  readonly files: unknown;
}

const truthFile = (set: string): TruthFile =>
  JSON.parse(readFileSync(join(folder, set, "truth.json"), "utf8"));

/**
 * Views are keyed by file, by split, or by file and label column. A split is a folder with one manifest or a file of
 * that name; what has no single file is a data set of many files, which the suite of folders reads.
 */
function fileOf(set: string, view: string): string | undefined {
  const name = view.replace(/ \(.*/, "").replace(/, .*/, "");
  const path = join(folder, set, name);
  if (existsSync(path) && statSync(path).isFile()) return name;
  for (const inside of ["_annotations.coco.json", "label"])
    if (existsSync(join(path, inside))) return `${name}/${inside}`;
  return [".csv", ".json", ".txt", ".jsonl"]
    .map((ending) => name + ending)
    .find((file) => existsSync(join(folder, set, file)));
}

const sets = existsSync(folder)
  ? readdirSync(folder)
      .filter((set) => existsSync(join(folder, set, "truth.json")))
      .sort()
  : [];
if (sets.length === 0)
  console.warn(
    `SKIPPED: no real data in ${folder}. Set EQUIPOISE_DATA to a folder of sets with a truth.json each.`,
  );

/** XML belongs to the suite of folders, whose readers take it. */
const cases: Case<unknown>[] = sets.flatMap((set) =>
  Object.entries(truthFile(set).views ?? {}).flatMap(([view, truth]) => {
    const file = fileOf(set, view);
    if (file === undefined || /\.xml$|ImageSets/.test(file)) return [];
    const basis = view.endsWith("image_count") ? { basis: "images" as const } : {};
    return [{ set, view, file, truth, ...basis }];
  }),
);

function casesWith<T>(key: keyof T & string): Case<T>[] {
  return cases.filter(
    ({ truth }) => typeof truth === "object" && truth !== null && key in truth,
  ) as Case<T>[];
}

async function analysisOf({ set, file, basis }: Case<unknown>): Promise<Analysis> {
  const source = fileSource(join(folder, set, file));
  const analysis = await analyse(source, { asked: true, ...(basis ? { basis } : {}) });
  if (!analysis) throw new Error(`${set}/${file} was not recognised`);
  return analysis;
}

async function viewOf(given: Case<unknown>): Promise<View> {
  const [view] = (await analysisOf(given)).views;
  if (!view) throw new Error(`${given.set}/${given.file} gave no view`);
  return view;
}

describe.skipIf(sets.length === 0)("real label files", () => {
  test("are all known", () => {
    const counted = new Set(cases.map(({ set }) => set));
    const folders = ["bccd-voc", "cvat-xml", "kuih-yolo"];
    for (const set of sets) if (!folders.includes(set)) expect(counted, set).toContain(set);
  });

  test.each(casesWith<Truth>("per_class"))("$set, $view: everything equals the truth", async (given) => {
    const { truth } = given;
    const view = await viewOf(given);
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
    if (truth.rows !== undefined) expect(view.samples).toBe(truth.rows);
  });

  test.each(casesWith<Truth>("per_class_image_count"))(
    "$set, $view: images and images per class equal the truth",
    async (given) => {
      const view = await viewOf(given);
      expect(view.samples).toBe(given.truth.images);
      expect(view.classes.map(({ id, images }) => ({ id, images }))).toEqual(
        given.truth.per_class_image_count?.map(({ id, images }) => ({ id, images })),
      );
    },
  );

  test.each(casesWith<Truth>("frequency_groups"))(
    "$set, $view: frequency groups equal the truth",
    async (given) => {
      const { r, c, f } = given.truth.frequency_groups ?? {};
      expect((await viewOf(given)).frequencyGroups).toEqual({ rare: r, common: c, frequent: f });
    },
  );

  test.each(casesWith<ListTruth>("display_names"))(
    "$set, $view: ids and names equal the truth",
    async (given) => {
      const view = await viewOf(given);
      expect(view.classes.map(({ id }) => id)).toEqual(given.truth.ids);
      expect(view.classes.map(({ name }) => name)).toEqual(given.truth.display_names);
    },
  );

  test.each(casesWith<CountsTruth>("counts"))(
    "$set, $view: counts and names equal the truth",
    async (given) => {
      const view = await viewOf(given);
      const { classes } = truthFile(given.set);
      if (classes) expect(view.classes.map(({ name }) => name)).toEqual(classes);
      expect(view.classes.map(({ count }) => count)).toEqual(given.truth.counts);
      expect(view.labels).toBe(given.truth.total);
      expect(view.imbalanceFactor).toBe(given.truth.imbalance_factor);
    },
  );

  test.each(casesWith<Truth>("imbalance_factor").filter(({ truth }) => truth.imbalance_factor < 1.15))(
    "$set, $view is balanced and gets no finding",
    async (given) => {
      expect((await analysisOf(given)).findings).toEqual([]);
    },
  );
});
