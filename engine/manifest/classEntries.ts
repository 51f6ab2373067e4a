/** Labels that were met become the classes of a view, in training order. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { type ClassList, classListBeside } from "./classList.ts";
import { firstOnes, shortName } from "./firstOnes.ts";
import type { ManifestSource, Observation, Span } from "./manifest.ts";

/** A label and how often it was met. */
export interface MetLabel {
  /** Position in the order in which labels were met. */
  readonly slot: number;
  readonly label: number | string;
  readonly count: number;
  /** Where it was first met; absent in files without lines. */
  readonly word?: Span;
}

export interface ClassEntry<T> {
  readonly id?: number;
  readonly name: string;
  /** Absent for a class without samples. */
  readonly tally: T | undefined;
}

export interface ClassEntries<T> {
  readonly entries: readonly ClassEntry<T>[];
  /** Class index by slot; -1 for labels that are no class. */
  readonly bySlot: readonly number[];
  readonly unknown: readonly Observation[];
}

/** Label ids are taken for positions in a head, gaps and all, unless they reach far beyond what a head has. */
const sparseBeyond = 100_000;

/** The class list beside the manifest where it covers nine in ten of its samples. */
export function listFor(
  source: ManifestSource,
  tallies: readonly MetLabel[],
): Promise<ClassList | undefined> {
  return classListBeside(source, (candidate) => fits(candidate, tallies));
}

function fits(list: ClassList, tallies: readonly MetLabel[]): boolean {
  const names = new Set(list.names);
  let covered = 0;
  let total = 0;
  for (const { label, count } of tallies) {
    total += count;
    const known = typeof label === "number" ? label >= 0 && label <= list.names.length : names.has(label);
    if (known) covered += count;
  }
  return covered >= total * 0.9;
}

/**
 * Classes by id where all labels are numbers, else by name. `list` declares them; without one, `names` may name
 * some ids. Samples that are counted are called `unit`, such as "line".
 */
export function classEntries<T extends MetLabel>(
  tallies: readonly T[],
  list: ClassList | undefined,
  names: ReadonlyMap<number, string>,
  unit: string,
): ClassEntries<T> {
  const numeric = tallies.every(({ label }) => typeof label === "number");
  const first = list ? firstId(tallies, list) : 0;
  const entries = numeric ? byId(tallies, list, first, names) : byName(tallies, list);
  const bySlot = new Array<number>(tallies.length).fill(-1);
  for (const [index, { tally }] of entries.entries()) if (tally) bySlot[tally.slot] = index;
  const unknown = firstOnes(
    tallies.filter(({ slot }) => bySlot[slot] === -1),
    (tally) => unknownLabel(tally, list, first, unit),
    list ? t`labels are not in ${list.file}` : t`labels are below 0`,
  );
  return { entries, bySlot, unknown };
}

/** Lists that count from 1 have no label 0 and one label that equals the number of names. */
function firstId(tallies: readonly MetLabel[], list: ClassList): 0 | 1 {
  const labels = new Set(tallies.map(({ label }) => label));
  return labels.has(list.names.length) && !labels.has(0) ? 1 : 0;
}

function byId<T extends MetLabel>(
  tallies: readonly T[],
  list: ClassList | undefined,
  first: number,
  names: ReadonlyMap<number, string>,
): ClassEntry<T>[] {
  const found = new Map(tallies.map((tally) => [Number(tally.label), tally]));
  if (list) return list.names.map((name, i) => ({ id: i + first, name, tally: found.get(i + first) }));
  const ids = [...found.keys(), ...names.keys()].filter((id) => id >= 0);
  const largest = ids.reduce((most, id) => Math.max(most, id), -1);
  const all =
    largest > sparseBeyond + 4 * tallies.length
      ? [...new Set(ids)].sort((a, b) => a - b)
      : Array.from({ length: largest + 1 }, (_, id) => id);
  return all.map((id) => ({ id, name: names.get(id) ?? String(id), tally: found.get(id) }));
}

function byName<T extends MetLabel>(tallies: readonly T[], list: ClassList | undefined): ClassEntry<T>[] {
  const found = new Map(tallies.map((tally) => [String(tally.label), tally]));
  const names = list?.names ?? sortedNames([...found.keys()]);
  return names.map((name) => ({ name, tally: found.get(name) }));
}

/** Numbers by value, everything else by its characters. */
export function sortedNames(names: readonly string[]): string[] {
  const numeric = names.every((name) => /^(0|-?[1-9]\d{0,14})$/.test(name));
  return numeric ? [...names].sort((a, b) => Number(a) - Number(b)) : [...names].sort();
}

function unknownLabel(
  { label, count, word }: MetLabel,
  list: ClassList | undefined,
  firstLabel: number,
  unit: string,
): Observation {
  const range = list && typeof label === "string" ? t`not in ${list.file}` : outside(list, firstLabel);
  const lines = count === 1 ? `1 ${unit}` : `${formatCount(count)} ${unit}s`;
  const what = t`Label ${shortName(String(label))} is ${range}. ${lines}`;
  return {
    code: "class/unknown",
    severity: "error",
    message: word ? ({ line }) => t`${what}; first line ${fixed(line, 0)}.` : `${what}.`,
    ...(word ? { span: word } : {}),
    classes: [String(label)],
  };
}

function outside(list: ClassList | undefined, first: number): string {
  return list ? t`outside ${first} to ${list.names.length - 1 + first}` : t`below 0`;
}
