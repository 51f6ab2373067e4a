/** Inputs of an experiment, loaded once and shared by all of its runs. */

import { basename, join } from "node:path";
import { pickSets } from "#engine/manifest/labelSets.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { DataSource, ExperimentPlan } from "#protocol/training.ts";
import { countClasses, type Dataset, datasetOf, type Matrix } from "./dataset.ts";
import { readEmbeddings } from "./embeddings.ts";
import type { FileReading, LoadProgress } from "./fileChunks.ts";
import { type BrokenImage, imageShape } from "./imageCache.ts";
import { decodeImages } from "./images.ts";
import type { Labelled } from "./labels.ts";
import { requireRowOrder } from "./rowOrder.ts";
import type { Part, Split } from "./split.ts";
import { standardisation } from "./standardisation.ts";

export interface TrainingData {
  readonly classes: readonly string[];
  /** Training samples per class. */
  readonly counts: readonly number[];
  readonly train: Dataset;
  /** Scaled by the mean and deviation of the training part. */
  readonly test: Dataset;
  /** Place of each test row among the samples of its source; absent: not known. */
  readonly tested?: Int32Array;
  readonly notes: readonly string[];
}

/** Inputs of every sample of a source. */
interface Inputs {
  readonly matrix: Matrix;
  /** Matrix row of each sample of the source; -1 where its image is broken. */
  readonly places: Int32Array;
  readonly broken: readonly BrokenImage[];
}

/** With this mean squared length a linear head learns fast and steadily at the learning rate 0.3. */
const linearLength = 16;

/**
 * Returns the data of both parts of a split. Throws `data/unreadable` or `data/mismatch` naming file and next step.
 * Broken images are left out and named in `notes`, unless a class loses all of its training images.
 */
export async function loadInputs(
  plan: Pick<ExperimentPlan, "inputs" | "model" | "folder">,
  split: Split,
  progress: LoadProgress = () => {},
  signal?: AbortSignal,
): Promise<TrainingData> {
  const cache = join(plan.folder, ".equipoise", "cache");
  const load = (source: DataSource, samples: Labelled): Promise<Inputs> =>
    plan.inputs === "embeddings"
      ? loadEmbeddings(source, samples, { progress, signal })
      : loadImages(source, samples, cache, progress, signal);
  const trained = await load(split.train.source, split.train.samples);
  const shared = split.test.samples === split.train.samples;
  const tested = shared ? trained : await load(split.test.source, split.test.samples);
  if (trained.matrix.columns !== tested.matrix.columns) {
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename(split.train.source.inputs)} has ${trained.matrix.columns} columns, ${basename(split.test.source.inputs)} has ${tested.matrix.columns}. Both must come from the same features.`,
    );
  }
  return assemble(plan, split, trained, tested);
}

function assemble(
  plan: Pick<ExperimentPlan, "inputs" | "model" | "folder">,
  split: Split,
  trained: Inputs,
  tested: Inputs,
): TrainingData {
  const train = readable(split.train, trained);
  const test = readable(split.test, tested);
  const counts = countClasses({ labels: train.labels, ...train.more }, split.classes.length);
  requireClasses(split, counts, trained.broken);
  const images = plan.inputs !== "embeddings";
  const scale = standardisation(trained.matrix, train.places, {
    ...(images ? { channels: 3 } : {}),
    ...(plan.model === "linear" ? { length: linearLength } : {}),
  });
  const shape = images ? imageShape : [trained.matrix.columns];
  const broken = trained === tested ? trained.broken : [...trained.broken, ...tested.broken];
  return {
    classes: split.classes,
    counts,
    train: datasetOf(trained.matrix, train.places, train.labels, scale, shape, train.more),
    test: datasetOf(tested.matrix, test.places, test.labels, scale, shape, test.more),
    tested: test.positions,
    notes: [...split.notes, ...brokenNote(broken)],
  };
}

interface Readable {
  /** Among the samples of the source. */
  readonly positions: Int32Array;
  readonly places: Int32Array;
  readonly labels: Int32Array;
  readonly more: Pick<Dataset, "pixels" | "quality" | "sets">;
}

/** Rows and labels of a part, without broken images. */
function readable({ positions, labels, sets, samples }: Part, inputs: Inputs): Readable {
  const { pixels = 1, quality } = samples;
  const rows = positions
    .map((_, i) => i)
    .filter((i) => (inputs.places[positions[i] as number] as number) >= 0);
  const left = new Int32Array(rows.length * pixels);
  for (const [i, row] of rows.entries()) {
    left.set(labels.subarray(row * pixels, (row + 1) * pixels), i * pixels);
  }
  return {
    positions: rows.map((i) => positions[i] as number),
    places: rows.map((i) => inputs.places[positions[i] as number] as number),
    labels: left,
    more: {
      ...(samples.pixels === undefined ? {} : { pixels }),
      ...(sets ? { sets: pickSets(sets, rows) } : {}),
      ...(quality ? { quality: Float32Array.from(rows, (i) => quality[positions[i] as number] ?? 1) } : {}),
    },
  };
}

/** A class must not vanish because its files are broken: its recall would silently be 0. */
function requireClasses(split: Split, counts: readonly number[], broken: readonly BrokenImage[]): void {
  const before = countClasses(split.train, split.classes.length);
  const lost = counts.findIndex((count, k) => count === 0 && (before[k] ?? 0) > 0);
  if (lost < 0) return;
  const example = broken.find(({ position }) => split.train.samples.labels[position] === lost) ?? broken[0];
  throw new EquipoiseError(
    "data/mismatch",
    t`Class ${split.classes[lost]} has no readable image in ${basename(split.train.source.inputs)}: none of ${before[lost]}. First: ${example?.path} (${example?.reason}). Mend the files or leave the class out.`,
  );
}

function brokenNote(broken: readonly BrokenImage[]): string[] {
  const [first] = broken;
  if (!first) return [];
  const images = broken.length === 1 ? t`1 image` : t`${broken.length.toLocaleString("en")} images`;
  return [
    t`${images} left out, not readable: ${broken.length === 1 ? "" : t`first `}${first.path} (${first.reason}).`,
  ];
}

async function loadEmbeddings(source: DataSource, samples: Labelled, reading: FileReading): Promise<Inputs> {
  const own = ownFeatures(source, samples);
  const matrix = own ?? (await readEmbeddings(source.inputs, reading));
  const { places } = await requireRowOrder(source.inputs, matrix.rows, source.labels, samples);
  return { matrix, places, broken: [] };
}

/** The number columns of the manifest itself. */
export function ownFeatures(source: DataSource, samples: Labelled): Matrix | undefined {
  if (source.inputs !== source.labels || !samples.features || !samples.columns) return undefined;
  return { values: samples.features, rows: samples.labels.length, columns: samples.columns };
}

async function loadImages(
  source: DataSource,
  samples: Labelled,
  cache: string,
  progress: LoadProgress,
  signal: AbortSignal | undefined,
): Promise<Inputs> {
  const { paths } = samples;
  if (!paths) {
    throw new EquipoiseError(
      "data/mismatch",
      t`${basename(source.labels)} names no image files. Training on images needs a list with paths.`,
    );
  }
  const total = paths.length.toLocaleString("en");
  const report = (done: number): void => {
    if (done % 100 === 0) progress(t`Reading images: ${done.toLocaleString("en")} of ${total}`);
  };
  const { matrix, broken } = await decodeImages(source.inputs, paths, {
    cache,
    progress: report,
    ...(samples.boxes ? { boxes: samples.boxes } : {}),
    ...(signal ? { signal } : {}),
  });
  const places = Int32Array.from(paths, (_, i) => i);
  for (const { position } of broken) places[position] = -1;
  return { matrix, places, broken };
}
