import type { CountedName } from "#engine/project/provenance.ts";
import { classWeights, type WeightOptions } from "#engine/statistics/classWeights.ts";
import { formatClass, formatWeight } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { elements, source } from "../syntax/python.ts";
import { isRegionHead, listAt, openmmlab, writtenLosses } from "./mmLosses.ts";
import { at, instead, type Trap } from "./trap.ts";

/** Ways in which lists of weights are made, each up to a common factor. */
const schemes: readonly WeightOptions[] = [
  { scheme: "inverse" },
  { scheme: "sqrtInverse" },
  ...[0.9, 0.99, 0.999, 0.9999, 0.99999].map((beta) => ({ scheme: "effective", beta }) as const),
];

/** How near two weights must be to be the same, relative to the weight. */
const tolerance = 0.005;

/** The weights of this manifest in another order than its classes have. */
export const weightOrder: Trap = {
  code: "trap/weight-order",
  targets: openmmlab,
  run(input) {
    const { python, classes } = input;
    if (!python || !classes || classes.length < 3) return [];
    return writtenLosses(input).flatMap((loss) => {
      const list = listAt(input, loss, "class_weight");
      if (!list) return [];
      const region = isRegionHead(loss.head) && list.numbers.length === classes.length + 1;
      const own = region ? list.numbers.slice(0, -1) : list.numbers;
      const expected = misplaced(own, classes);
      const first = expected?.findIndex((weight, index) => !near(weight, own[index] ?? 0)) ?? -1;
      const about = classes[first];
      if (!expected || !about) return [];
      const message = t`These are the weights of this manifest in another order: ${formatClass(about.name)} has ${formatWeight(own[first] ?? 0)} here and should have ${formatWeight(expected[first] ?? 0)}.`;
      const sources = (elements(list.node) ?? []).map((node) => source(python, node));
      const inOrder = expected.map(
        (weight) => sources[own.findIndex((each) => near(each, weight))] ?? String(weight),
      );
      const all = region ? [...inOrder, sources.at(-1) ?? "1.0"] : inOrder;
      const fix = instead(t`Put the weights in the order of the classes`, list.node, `[${all.join(", ")}]`);
      return [at(list.node, "error", message, fix)];
    });
  },
};

/** The weights in the right order, where `own` are the same numbers in another one; undefined otherwise. */
function misplaced(own: readonly number[], classes: readonly CountedName[]): readonly number[] | undefined {
  if (own.length !== classes.length || classes.some(({ count }) => count <= 0)) return undefined;
  const counts = classes.map(({ count }) => count);
  for (const scheme of schemes) {
    const raw = [...classWeights(counts, { ...scheme, normalize: "none" })];
    const factor = sum(own) / sum(raw);
    const expected = raw.map((weight) => weight * factor);
    if (same(own, expected)) return undefined;
    if (same(sorted(own), sorted(expected))) return expected;
  }
  return undefined;
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.every((each, index) => near(each, b[index] ?? 0));
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
