/** The folder of one run, as docs/run-format.md describes it. */

import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { npyHeader, readNpy } from "#engine/data/npy.ts";
import type { TestLogits } from "#engine/training/testLogits.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { EpochReport, GradientReport } from "#protocol/training.ts";
import { readCheckpoint, type StoredCheckpoint, writeCheckpoint } from "./checkpointFile.ts";
import { ClassSeries } from "./classSeries.ts";
import { replaceFile, writing } from "./files.ts";
import { type Reports, readLines, readReports, type ScalarLine, scalarsFile, seriesFile } from "./reports.ts";
import {
  type AnyDescription,
  descriptionFile,
  type RunDescription,
  readDescription,
  type StoredState,
} from "./runDescription.ts";

/** True and predicted class of each test sample. */
export interface Predictions {
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Which sample of the training labels it is, where every seed holds out others. */
  readonly tested?: Int32Array;
}

/** What a run on samples with several labels came to. */
export interface RankedOutcome {
  /** `[classes]` each: average precision, and precision and F1 of probabilities above a half. */
  readonly averagePrecision: Float32Array;
  readonly precision: Float32Array;
  readonly f1: Float32Array;
  /** `[classes]`: test samples. */
  readonly counts: readonly number[];
  /** `[samples]`: what each moves the metric by. */
  readonly influence: Float64Array;
  /** As in `Predictions`. */
  readonly tested?: Int32Array;
}

/** One report: the gradient, and at the end of an epoch the figures of it. */
export interface Report {
  readonly gradient: GradientReport;
  readonly epoch?: EpochReport;
  readonly learningRate?: number;
}

const names = {
  description: descriptionFile,
  scalars: scalarsFile,
  series: seriesFile,
  checkpoint: "checkpoint.safetensors",
  predictions: "predictions.npy",
  logits: "logits.npy",
  ranking: "ranking.npy",
  influence: "influence.npy",
  truth: "truth.npy",
} as const;

/** What tells of a run once it is over; its checkpoint would let it go on. */
export const runFiles: readonly string[] = Object.values(names).filter((name) => name !== names.checkpoint);

/** Writes one run. Every method throws `disk/full` where the disk does not take it. */
export class RunFolder {
  private readonly folder: string;
  private description: RunDescription;
  private readonly scalars: FileHandle;
  private readonly series: ClassSeries;
  private reports: number;

  private constructor(
    folder: string,
    description: RunDescription,
    scalars: FileHandle,
    series: ClassSeries,
    reports: number,
  ) {
    this.folder = folder;
    this.description = description;
    this.scalars = scalars;
    this.series = series;
    this.reports = reports;
  }

  /** Makes the folder, or opens it again cut back to its first `reports` reports, those of its checkpoint. */
  static async open(folder: string, description: RunDescription, reports = 0): Promise<RunFolder> {
    await replaceFile(join(folder, names.description), json(description));
    const path = join(folder, names.scalars);
    const former = reports > 0 ? (await readScalarText(path)).slice(0, reports) : [];
    await replaceFile(path, former.map((line) => `${line}\n`).join(""));
    const series = await ClassSeries.open(join(folder, names.series), description.classes.length, reports);
    try {
      const scalars = await writing(path, () => open(path, "a"));
      return new RunFolder(folder, description, scalars, series, reports);
    } catch (problem) {
      await series.close();
      throw problem;
    }
  }

  async report({ gradient, epoch, learningRate }: Report): Promise<void> {
    const row = await this.series.append({
      windowPositive: gradient.window.positive,
      windowNegative: gradient.window.negative,
      accumulatedPositive: gradient.accumulated.positive,
      accumulatedNegative: gradient.accumulated.negative,
      ...(epoch ? { recall: epoch.recall } : {}),
    });
    const line: ScalarLine = {
      row,
      step: gradient.step,
      epoch: gradient.epoch,
      ...(epoch
        ? { loss: epoch.loss, accuracy: epoch.accuracy, balancedAccuracy: epoch.balancedAccuracy }
        : {}),
      ...(learningRate === undefined ? {} : { learningRate }),
    };
    const path = join(this.folder, names.scalars);
    await writing(path, () => this.scalars.appendFile(`${JSON.stringify(line)}\n`));
    this.reports = row + 1;
  }

  async checkpoint(checkpoint: StoredCheckpoint["checkpoint"]): Promise<void> {
    const path = join(this.folder, names.checkpoint);
    await writeCheckpoint(path, { checkpoint, reports: this.reports });
  }

  /** Nothing goes on from here. */
  dropCheckpoint(): Promise<void> {
    return rm(join(this.folder, names.checkpoint), { force: true });
  }

  predictions({ truth, predicted, tested }: Predictions): Promise<void> {
    const rows = [truth, predicted, ...(tested ? [tested] : [])];
    const all = new Int32Array(rows.length * truth.length);
    for (const [at, row] of rows.entries()) all.set(row, at * truth.length);
    return this.array(names.predictions, "<i4", [rows.length, truth.length], all);
  }

  logits({ values, columns }: TestLogits): Promise<void> {
    return this.array(names.logits, "<f4", [values.length / columns, columns], values);
  }

  async ranking({
    averagePrecision,
    precision,
    f1,
    counts,
    influence,
    tested,
  }: RankedOutcome): Promise<void> {
    const figures = Float32Array.from([...averagePrecision, ...precision, ...f1, ...counts]);
    await this.array(names.ranking, "<f4", [4, counts.length], figures);
    const rows = Float64Array.from([...influence, ...(tested ?? [])]);
    await this.array(names.influence, "<f8", [tested ? 2 : 1, influence.length], rows);
  }

  /** @param multiHot `[samples, classes]` */
  truth(multiHot: Uint8Array, classes: number): Promise<void> {
    return this.array(names.truth, "|u1", [multiHot.length / classes, classes], multiHot);
  }

  private async array(
    name: string,
    type: string,
    shape: readonly number[],
    { buffer, byteOffset, byteLength }: Int32Array | Float32Array | Float64Array | Uint8Array,
  ): Promise<void> {
    const header = npyHeader(type, shape);
    const bytes = new Uint8Array(header.length + byteLength);
    bytes.set(header);
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), header.length);
    await replaceFile(join(this.folder, name), bytes);
  }

  async setState(state: StoredState): Promise<void> {
    this.description = { ...this.description, state };
    await replaceFile(join(this.folder, names.description), json(this.description));
  }

  async close(): Promise<void> {
    await this.scalars.close();
    await this.series.close();
  }
}

/** A run as it lies on disk. */
export interface StoredRun extends Reports {
  readonly description: AnyDescription;
  readonly predictions?: Predictions;
  readonly ranked?: RankedOutcome;
}

/** Returns a run; undefined where the folder holds none of this version. A report cut short by a crash is left out. */
export async function readRun(folder: string): Promise<StoredRun | undefined> {
  const description = await readDescription(folder);
  if (!description) return undefined;
  const { lines } = await readLines(folder);
  const { epochs, gradients } = await readReports(folder, description, lines);
  const predictions = await readPredictions(folder);
  const ranked = predictions ? undefined : await readRanking(folder, description.classes.length);
  return {
    description,
    epochs,
    gradients,
    ...(predictions ? { predictions } : {}),
    ...(ranked ? { ranked } : {}),
  };
}

async function readRanking(folder: string, classes: number): Promise<RankedOutcome | undefined> {
  const [figures, influence] = await Promise.all(
    [names.ranking, names.influence].map((name) => readNpy(join(folder, name)).catch(() => undefined)),
  );
  const { values, shape } = figures ?? {};
  const moves = influence?.values;
  if (!(values instanceof Float32Array && moves instanceof Float64Array) || shape?.[1] !== classes)
    return undefined;
  const [rows = 0, samples = 0] = influence?.shape ?? [];
  const row = (at: number): Float32Array => values.slice(at * classes, (at + 1) * classes);
  return {
    averagePrecision: row(0),
    precision: row(1),
    f1: row(2),
    counts: [...row(3)],
    influence: moves.slice(0, samples),
    ...(rows > 1 ? { tested: Int32Array.from(moves.subarray(samples)) } : {}),
  };
}

/** Returns the checkpoint of a run; undefined where there is none. */
export function readRunCheckpoint(folder: string): Promise<StoredCheckpoint | undefined> {
  return readCheckpoint(join(folder, names.checkpoint));
}

/**
 * Returns the test logits of a finished run and the true classes; undefined where they were not kept. Throws
 * `data/unreadable` where the file is damaged.
 */
export async function readLogits(
  folder: string,
  { state, classes }: Pick<AnyDescription, "state" | "classes">,
): Promise<(TestLogits & { readonly truth: Int32Array }) | undefined> {
  if (state.kind !== "finished" || !state.link) return undefined;
  const path = join(folder, names.logits);
  const { values, shape } = await readNpy(path);
  const predictions = await readPredictions(folder);
  const [rows, columns = 0] = shape;
  const fits = values instanceof Float32Array && columns >= classes.length;
  if (!fits || !predictions || rows !== predictions.truth.length) {
    throw new EquipoiseError(
      "data/unreadable",
      t`${path} does not fit the predictions and the ${classes.length} classes of the run. Train it again.`,
    );
  }
  return { values, columns, link: state.link, truth: predictions.truth };
}

/** Returns the predictions of a finished run; undefined where there are none. */
export async function readPredictions(folder: string): Promise<Predictions | undefined> {
  const array = await readNpy(join(folder, names.predictions)).catch(() => undefined);
  const [rows = 0, samples = 0] = array?.shape ?? [];
  if (!(array?.values instanceof Int32Array) || rows < 2 || rows > 3) return undefined;
  const row = (at: number): Int32Array =>
    (array.values as Int32Array).slice(at * samples, (at + 1) * samples);
  return { truth: row(0), predicted: row(1), ...(rows > 2 ? { tested: row(2) } : {}) };
}

/** Lines that were written in full. */
async function readScalarText(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "");
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
