/**
 * Every view of every real data set against counts that were computed without this project. Sets and their views are
 * found by reading each `truth.json`, so any folder of that form can be given.
 */
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import type { View } from "#protocol/analysis.ts";
import { type Case, cases, expectTruth, inspected, sets, type Truth, truthFile } from "./truth.ts";

/** A form of truth: what marks it, and what then has to hold. */
interface Form {
  readonly is: (given: Case) => boolean;
  readonly holds: (given: Case) => Promise<void>;
}

const counts: Form = {
  is: (given) => has(given, "per_class"),
  holds: async (given) => expectTruth(await viewOf(given), given.truth as Truth),
};

/** Counts alone, by the classes of the set. */
const bareCounts: Form = {
  is: (given) => has(given, "counts"),
  async holds(given) {
    const truth = given.truth as Pick<Truth, "total" | "imbalance_factor"> & { counts: readonly number[] };
    const view = await viewOf(given);
    const { classes } = truthFile(given.set);
    if (classes) expect(view.classes.map(({ name }) => name)).toEqual(classes);
    expect(view.classes.map(({ count }) => count)).toEqual(truth.counts);
    expect(view.labels).toBe(truth.total);
    expect(view.imbalanceFactor).toBe(truth.imbalance_factor);
  },
};

/** A class list: ids and names without samples. */
const classList: Form = {
  is: (given) => has(given, "display_names"),
  async holds(given) {
    const truth = given.truth as {
      readonly ids: readonly number[];
      readonly display_names: readonly string[];
    };
    const view = await viewOf(given);
    expect(view.classes.map(({ id }) => id)).toEqual(truth.ids);
    expect(view.classes.map(({ name }) => name)).toEqual(truth.display_names);
  },
};

/** A list of images of one split, or of the two that are trained on together. */
const imageList: Form = {
  is: (given) => has(given, "ids_without_xml"),
  async holds(given) {
    const truth = given.truth as { readonly ids: number; readonly ids_without_xml: readonly string[] };
    const name = basename(given.view, ".txt");
    const splits = name === "trainval" ? ["train", "val"] : [name];
    const { views, findings } = await inspected(given.set, given.path);
    const listed = views.filter(({ split }) => split !== undefined && splits.includes(split));
    expect(listed).toHaveLength(splits.length);
    expect(listed.reduce((sum, { samples }) => sum + samples, 0)).toBe(
      truth.ids - truth.ids_without_xml.length,
    );
    expect(findings.some(({ code }) => code === "file/missing")).toBe(truth.ids_without_xml.length > 0);
  },
};

const unlisted: Form = {
  is: ({ view, truth }) => view === "ids_in_no_split" && Array.isArray(truth),
  async holds(given) {
    const { findings } = await inspected(given.set, given.path);
    expect(findings.some(({ code }) => code === "image/unlisted")).toBe((given.truth as []).length > 0);
  },
};

const forms = [counts, bareCounts, classList, imageList, unlisted];

function has({ truth }: Case, key: string): boolean {
  return typeof truth === "object" && truth !== null && key in truth;
}

async function viewOf({ set, path, basis }: Case): Promise<View> {
  const [view] = (await inspected(set, path, basis)).views;
  if (!view) throw new Error(`${set}/${path} gave no view`);
  return view;
}

const splitNames = /^(train|dev|val|valid|test)$/;
const splitSets = sets.filter((set) => {
  const views = Object.keys(truthFile(set).views ?? {});
  return views.length > 1 && views.every((view) => splitNames.test(view));
});

describe.skipIf(sets.length === 0)("real data", () => {
  test("every set has views, and every view has a form that is checked", () => {
    expect(sets.filter((set) => !cases.some((given) => given.set === set))).toEqual([]);
    const unchecked = cases.filter((given) => !forms.some(({ is }) => is(given)));
    expect(unchecked.map(({ set, view }) => `${set}: ${view}`)).toEqual([]);
  });

  test.each(cases)("$set, $view equals the truth", async (given) => {
    for (const { is, holds } of forms) if (is(given)) await holds(given);
  });

  test.each(splitSets)("%s, its folder gives every split", async (set) => {
    const { views } = await inspected(set, "");
    const truths = Object.values(truthFile(set).views ?? {}) as Truth[];
    expect(views).toHaveLength(truths.length);
    for (const [index, truth] of truths.entries()) expectTruth(views[index], truth);
  });

  const balanced = cases.filter(
    (given) => has(given, "imbalance_factor") && (given.truth as Truth).imbalance_factor < 1.15,
  );
  test.each(balanced)(
    "$set, $view is balanced and no class is spoken about",
    async ({ set, path, truth }) => {
      const { findings } = await inspected(set, path);
      // What has few samples in all is told, however balanced.
      const { classes_with_1_to_19: few } = truth as Truth;
      const codes = findings.map(({ code }) => code);
      expect(few ? codes.filter((code) => code === "imbalance/high") : codes).toEqual([]);
    },
  );
});
