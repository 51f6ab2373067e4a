/** What checks across splits need to know. */
import type { ClassFrequency, View } from "#protocol/analysis.ts";

/** A pair of different splits with the same task and basis, the training split first. */
export interface SplitPair {
  readonly train: View;
  readonly other: View;
}

/** The training split with each other one; none where no view is the training split. */
export function splitPairs(views: readonly View[]): SplitPair[] {
  const train = views.find(({ split }) => split === "train");
  if (!train) return [];
  return views
    .filter((view) => view.split !== undefined && view.split !== "train" && view.basis === train.basis)
    .map((other) => ({ train, other }));
}

/** Counts of both splits by class name; a class that one does not have counts 0 there. */
export function countsByName({ train, other }: SplitPair): Map<string, readonly [number, number]> {
  const counts = new Map<string, readonly [number, number]>();
  for (const [name, count] of byName(train)) counts.set(name, [count, 0]);
  for (const [name, count] of byName(other)) counts.set(name, [counts.get(name)?.[0] ?? 0, count]);
  return counts;
}

function byName({ classes }: View): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, count } of classes) counts.set(name, (counts.get(name) ?? 0) + count);
  return counts;
}

/** The class of this name. */
export function classNamed(view: View, name: string): ClassFrequency | undefined {
  return view.classes.find((entry) => entry.name === name);
}
