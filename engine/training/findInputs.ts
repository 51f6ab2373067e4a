/** Inputs that belong to a manifest: which files beside it hold them. */

import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { describeEmbeddings, isTable, readEmbeddings } from "#engine/data/embeddings.ts";
import { openImageStore } from "#engine/data/imageStore.ts";
import { ownFeatures } from "#engine/data/inputs.ts";
import type { Labelled } from "#engine/data/labels.ts";
import { readNpyHeader } from "#engine/data/npy.ts";
import { rowOrder } from "#engine/data/rowOrder.ts";
import { isTextFile, readTexts, textColumns } from "#engine/data/texts.ts";
import { textFiles } from "#engine/manifest/parallelText.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentPlan } from "#protocol/training.ts";

export interface FoundInputs {
  readonly inputs: string;
  readonly kind: ExperimentPlan["inputs"];
  /** Of embeddings. */
  readonly columns?: number;
  /** Such as "HOG embeddings, 324 columns". */
  readonly description: string;
  /** The list that gives the order of the rows, where it is not the manifest. */
  readonly list?: string;
}

/**
 * Returns the inputs of a manifest's samples: its own number columns, else embeddings beside it with a row for each
 * sample, else a folder or `.zip` that holds the images at its paths; undefined where there are none.
 */
export async function findInputs(
  manifest: string,
  samples: Labelled,
  folders: readonly string[],
): Promise<FoundInputs | undefined> {
  const own = ownFeatures({ inputs: manifest, labels: manifest }, samples);
  if (own) {
    const description = t`Number columns of ${basename(manifest)}, ${own.columns.toLocaleString("en")} of them`;
    return { inputs: manifest, kind: "embeddings", columns: own.columns, description };
  }
  return (
    (await findEmbeddings(manifest, samples)) ??
    (await findImages(samples, folders)) ??
    (await findTexts(manifest, samples))
  );
}

/** The text column of the manifest itself, or a file beside it with a line for each sample. */
async function findTexts(manifest: string, samples: Labelled): Promise<FoundInputs | undefined> {
  const beside = textFiles.map((name) => join(dirname(manifest), name));
  for (const inputs of [...(isTable(manifest) ? [manifest] : []), ...beside]) {
    const texts =
      inputs === manifest || isTextFile(inputs) ? await readTexts(inputs).catch(() => undefined) : [];
    if (texts?.length !== samples.labels.length) continue;
    const columns = textColumns;
    const description = t`Texts of ${basename(inputs)} as hashed n-grams, ${columns.toLocaleString("en")} columns`;
    return { inputs, kind: "embeddings", columns, description };
  }
  return undefined;
}

/** Returns what these inputs are to a manifest; undefined where they do not hold its samples. */
export async function recogniseInputs(inputs: string, samples: Labelled): Promise<FoundInputs | undefined> {
  if (/\.npy$/i.test(inputs)) return recogniseArray(inputs, samples);
  if (isTable(inputs) || isTextFile(inputs)) return recogniseTable(inputs, samples);
  return (await holdsImages(inputs, samples)) ? images(inputs) : undefined;
}

async function findEmbeddings(manifest: string, samples: Labelled): Promise<FoundInputs | undefined> {
  const folder = dirname(manifest);
  const names = await readdir(folder).catch(() => []);
  const candidates = names
    .filter((name) => name !== basename(manifest) && mayBeEmbeddings(name))
    .filter((name) => isTestName(name) === isTestName(basename(manifest)))
    .sort((a, b) => affinity(b, manifest) - affinity(a, manifest) || (a < b ? -1 : 1));
  for (const name of candidates) {
    const found = await recogniseInputs(join(folder, name), samples);
    if (found) return found;
  }
  return undefined;
}

function mayBeEmbeddings(name: string): boolean {
  if (/\.npy$/i.test(name)) return !/(^|[_.-])(labels?|targets?|y)\.npy$/i.test(name);
  return isTable(name) && /(embedding|feature|hog)s?[^a-z]/i.test(name);
}

/** Whether a file's name says that it is not for training. */
export function isTestName(name: string): boolean {
  return /(^|[^a-z])(test|val|valid|validation|dev|eval)([^a-z]|$)/i.test(name);
}

/** Letters that two names share from the start: the closer the names, the likelier they belong together. */
function affinity(name: string, manifest: string): number {
  const other = basename(manifest, extname(manifest));
  let shared = 0;
  while (shared < other.length && name[shared] === other[shared]) shared++;
  return shared;
}

async function recogniseArray(inputs: string, samples: Labelled): Promise<FoundInputs | undefined> {
  const header = await readNpyHeader(inputs).catch(() => undefined);
  const [rows, ...rest] = header?.shape ?? [];
  if (rows === undefined || rest.length === 0) return undefined;
  const order = await rowOrder(inputs, rows, samples);
  const columns = rest.reduce((product, length) => product * length, 1);
  return order && embeddings(inputs, columns, order.list);
}

async function recogniseTable(inputs: string, samples: Labelled): Promise<FoundInputs | undefined> {
  const table = await readEmbeddings(inputs).catch(() => undefined);
  const order = table && (await rowOrder(inputs, table.rows, samples));
  return order && embeddings(inputs, table.columns, order.list);
}

function embeddings(inputs: string, columns: number, list: string | undefined): FoundInputs {
  const description = describeEmbeddings(inputs, columns);
  return { inputs, kind: "embeddings", columns, description, ...(list === undefined ? {} : { list }) };
}

/** Returns the first of some folders, or of the archives in them, that holds the images of a list. */
export async function findImages(
  samples: Labelled,
  folders: readonly string[],
): Promise<FoundInputs | undefined> {
  if (!samples.paths) return undefined;
  for (const folder of folders) {
    if (await holdsImages(folder, samples)) return images(folder);
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => /\.zip$/i.test(each)).sort()) {
      const zip = join(folder, name);
      if (await holdsImages(zip, samples)) return images(zip);
    }
  }
  return undefined;
}

function images(inputs: string): FoundInputs {
  return { inputs, kind: "images", description: t`Images of ${basename(inputs)}, resized to 32 × 32` };
}

/** Looks for a few images from all over the list: single missing ones do not matter. */
async function holdsImages(location: string, { paths }: Labelled): Promise<boolean> {
  if (!paths || paths.length === 0) return false;
  const store = await openImageStore(location).catch(() => undefined);
  if (!store) return false;
  try {
    const looked = Math.min(8, paths.length);
    let found = 0;
    for (let i = 0; i < looked; i++) {
      const path = paths[Math.floor((i * paths.length) / looked)] ?? "";
      if (isImage(path) && (await store.has(path))) found++;
    }
    return 2 * found > looked;
  } finally {
    store.close();
  }
}

/** Whether a listed path names a picture that can be decoded. */
export function isImage(path: string): boolean {
  return /\.(jpe?g|png|webp|gif|tiff?)$/i.test(path);
}
