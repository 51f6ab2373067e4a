/** Classes as the panel orders and names them. */

import { headToTail, thirds } from "#engine/statistics/shotGroups.ts";
import { t } from "#protocol/l10n.ts";
import type { PanelSnapshot } from "#protocol/panel.ts";
import { type Group, groupNames } from "../choices.ts";

/** How much width the panel has: above 800 pixels, up to that, or up to 400. */
export type Room = "wide" | "narrow" | "tiny";

export interface NamedCounts {
  readonly names: readonly string[];
  readonly counts: readonly number[];
}

const ofDatasets = new WeakMap<object, NamedCounts>();

/**
 * Classes that training saw, or those of the manifest before any training. The arrays stay the same objects for as
 * long as their content does.
 */
export function classesOf({ dataset, experiment }: PanelSnapshot): NamedCounts {
  if (experiment) return { names: experiment.classes, counts: experiment.counts };
  if (!dataset) return { names: [], counts: [] };
  const known = ofDatasets.get(dataset);
  if (known) return known;
  const classes = {
    names: dataset.view.classes.map(({ name }) => name),
    counts: dataset.view.classes.map(({ count }) => count),
  };
  ofDatasets.set(dataset, classes);
  return classes;
}

/** One row of the class ladder. */
export interface ClassRow {
  /** Training index. */
  readonly index: number;
  readonly name: string;
  readonly count: number;
}

/** Consecutive rows of one third. */
export interface RowGroup {
  readonly name: Group;
  /** Positions among the rows, both included. */
  readonly first: number;
  readonly last: number;
}

export interface ClassRows {
  readonly rows: readonly ClassRow[];
  readonly groups: readonly RowGroup[];
  /** All classes; more than there are rows above 40. */
  readonly classes: number;
  /** The row after which classes are left out. */
  readonly gap?: number;
}

/** More classes than this do not fit a ladder. */
export const ladderLimit = 40;
const ends = 10;

/**
 * The rows of the ladder, head on top. Above 40 classes the ten first and the ten last of an order: by count unless
 * `values` `[C]` are given, then by value from large to small, classes without one (NaN) left out.
 */
export function classRows(
  names: readonly string[],
  counts: readonly number[],
  values?: ArrayLike<number>,
): ClassRows {
  const parts = thirds(counts);
  const groupOf = new Map<number, Group>();
  for (const name of groupNames) for (const index of parts[name]) groupOf.set(index, name);
  const order = names.length <= ladderLimit ? headToTail(counts) : bothEnds(counts, values);
  const rows = order.map((index) => ({
    index,
    name: names[index] ?? String(index),
    count: counts[index] ?? 0,
  }));
  return {
    rows,
    groups: names.length > ladderLimit && values ? [] : rowGroups(rows, groupOf),
    classes: names.length,
    ...(order.length < names.length ? { gap: ends - 1 } : {}),
  };
}

function bothEnds(counts: readonly number[], values: ArrayLike<number> | undefined): readonly number[] {
  const order = headToTail(counts);
  const ranked = values
    ? order.filter((index) => !Number.isNaN(values[index] ?? Number.NaN))
    : order.filter((index) => (counts[index] ?? 0) > 0);
  if (values) ranked.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  return ranked.length > 2 * ends ? [...ranked.slice(0, ends), ...ranked.slice(-ends)] : ranked;
}

function rowGroups(rows: readonly ClassRow[], groupOf: ReadonlyMap<number, Group>): readonly RowGroup[] {
  const groups: { name: Group; first: number; last: number }[] = [];
  rows.forEach(({ index }, position) => {
    const name = groupOf.get(index) ?? "tail";
    const present = groups.at(-1);
    if (present?.name === name) present.last = position;
    else groups.push({ name, first: position, last: position });
  });
  return groups;
}

/** A name of at most 14 characters; longer ones end in an ellipsis. */
export function shortName(name: string): string {
  const characters = Array.from(name.slice(0, 64));
  return characters.length > 14 ? `${characters.slice(0, 13).join("")}…` : name === "" ? t`(no name)` : name;
}

export interface NamedClasses {
  readonly most: number;
  readonly median: number;
  readonly least: number;
}

/** The most frequent, the median and the rarest class that occur; undefined where fewer than two do. */
export function namedClasses(counts: readonly number[]): NamedClasses | undefined {
  const order = headToTail(counts).filter((index) => (counts[index] ?? 0) > 0);
  const [most, least] = [order[0], order.at(-1)];
  const median = order[Math.floor((order.length - 1) / 2)];
  if (most === undefined || least === undefined || median === undefined || most === least) return undefined;
  return { most, median, least };
}
