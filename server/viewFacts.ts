/** Facts about a view that several features name. */
import { isBalanced } from "#engine/statistics/classStatistics.ts";
import { formatAmount } from "#engine/statistics/format.ts";
import { frequencyGroup, headToTail, thirds } from "#engine/statistics/shotGroups.ts";
import type { Analysis, ClassFrequency, View } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";

/** The view that advice is made from: the training split where one is named, else the first. */
export function mainView(analysis: Analysis | undefined): View | undefined {
  return analysis?.views.find(({ split }) => split === "train") ?? analysis?.views[0];
}

export function countsOf(view: View): number[] {
  return view.classes.map(({ count }) => count);
}

/** The classes that occur, largest count first. */
export function occurring(view: View): ClassFrequency[] {
  return headToTail(countsOf(view)).flatMap((index) => {
    const found = view.classes[index];
    return found && found.count > 0 ? [found] : [];
  });
}

export interface Landmarks {
  readonly most: ClassFrequency;
  readonly median: ClassFrequency;
  readonly least: ClassFrequency;
}

/** The largest, the middle and the smallest class that occurs; undefined below two classes. */
export function landmarks(view: View): Landmarks | undefined {
  const classes = occurring(view);
  const most = classes[0];
  const median = classes[(classes.length - 1) >> 1];
  const least = classes.at(-1);
  return most && median && least && classes.length > 1 ? { most, median, least } : undefined;
}

/** `head`, `middle` or `tail` of the thirds, or the LVIS group where the format has one; undefined where balanced. */
export function groupOf(view: View, index: number): string | undefined {
  return groupNames(view).get(index);
}

/** By training index, the group of each class that occurs; empty where the classes are balanced. */
export function groupNames(view: View): ReadonlyMap<number, string> {
  if (isBalanced(view)) return new Map();
  const order = occurring(view);
  if (view.frequencyGroups)
    return new Map(order.map(({ index, images, count }) => [index, frequencyGroup(images ?? count)]));
  // Thirds of the classes that occur: with hundreds of empty ones all others would be head.
  const { head, middle, tail } = thirds(order.map(({ count }) => count));
  const named = (ranks: readonly number[], name: string): [number, string][] =>
    ranks.map((rank) => [order[rank]?.index ?? -1, name]);
  return new Map([...named(head, t`head`), ...named(middle, t`middle`), ...named(tail, t`tail`)]);
}

/** What a class is counted in, and of how many: `50 of 12,406 images`. */
export function wholeOf(view: View): { readonly total: number; readonly text: string } {
  const total = view.basis === "images" ? view.samples : view.labels;
  return { total, text: formatAmount(total, view.basis) };
}
