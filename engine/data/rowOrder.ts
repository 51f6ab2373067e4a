/** Which row of an array belongs to which sample of a list. */

import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import { type Labelled, readLabels } from "./labels.ts";

/** The row of each sample, and the list that tells it where it is not the samples' own order. */
export interface RowOrder {
  readonly places: Int32Array;
  /** Absolute path of that list. */
  readonly list?: string;
}

/**
 * Returns the array row of each sample: the same order where the numbers agree, else by path through a list beside
 * the array whose name begins the array's name and whose length is the array's (`train_if10.txt` for
 * `train_if10_hog.npy`). Undefined where there is no such list.
 */
export async function rowOrder(
  inputs: string,
  rows: number,
  samples: Labelled,
): Promise<RowOrder | undefined> {
  if (samples.labels.length === rows) return { places: Int32Array.from({ length: rows }, (_, i) => i) };
  if (!samples.paths || samples.labels.length > rows) return undefined;
  for (const list of await listsFor(inputs)) {
    const places = await placesIn(list, rows, samples.paths);
    if (places) return { places, list };
  }
  return undefined;
}

/** As `rowOrder`, but throws `data/mismatch` naming both files and the ways to mend it. */
export async function requireRowOrder(
  inputs: string,
  rows: number,
  labels: string,
  samples: Labelled,
): Promise<RowOrder> {
  const order = await rowOrder(inputs, rows, samples);
  if (order) return order;
  throw new EquipoiseError(
    "data/mismatch",
    t`${basename(inputs)} has ${rows.toLocaleString("en")} rows, ${basename(labels)} has ${samples.labels.length.toLocaleString("en")} samples. Name inputs with one row a sample, or put the list that gives their order beside them as ${basename(inputs, extname(inputs))}.txt.`,
  );
}

/** Lists beside an array whose name begins its name, longest first. */
async function listsFor(inputs: string): Promise<string[]> {
  const stem = stemOf(inputs);
  const names = await readdir(dirname(inputs)).catch(() => []);
  return names
    .filter((name) => /\.(txt|csv|tsv|lst)$/i.test(name) && belongs(stem, stemOf(name)))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map((name) => join(dirname(inputs), name));
}

function belongs(stem: string, list: string): boolean {
  return stem === list || (stem.startsWith(list) && /[^A-Za-z0-9]/.test(stem.charAt(list.length)));
}

function stemOf(path: string): string {
  const name = basename(path);
  return name.slice(0, name.length - extname(name).length);
}

async function placesIn(
  list: string,
  rows: number,
  paths: readonly string[],
): Promise<Int32Array | undefined> {
  const ordered = await readLabels(list).catch(() => undefined);
  if (ordered?.paths?.length !== rows) return undefined;
  const rowOf = new Map(ordered.paths.map((path, row) => [path, row]));
  const places = new Int32Array(paths.length);
  for (let i = 0; i < paths.length; i++) {
    const row = rowOf.get(paths[i] ?? "");
    if (row === undefined) return undefined;
    places[i] = row;
  }
  return places;
}
