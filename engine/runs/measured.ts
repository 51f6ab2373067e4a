/**
 * What the newest finished comparison on a manifest measured, class by class. Reads the few numbers that it needs from
 * the run folders and loads neither TensorFlow.js nor whole series, as the language server asks for it on hover.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ExperimentId, LossChoice } from "#protocol/training.ts";
import { type ExperimentFile, readExperiments, runFolderOf } from "./experimentFile.ts";
import { readLines, seriesFile } from "./reports.ts";
import { readDescription } from "./runDescription.ts";
import { readRow } from "./seriesLayout.ts";

/** One loss, over its finished seeds. */
export interface MeasuredLoss {
  readonly choice: LossChoice;
  readonly seeds: number;
  /** Mean over the seeds, 0 to 1. */
  readonly balancedAccuracy: number;
  /** Mean recall by class, `[classes]`; NaN for a class without test samples. */
  readonly recall: Float64Array;
  /** Accumulated positive over negative gradient by class at `ratioStep`; NaN where there were no negatives. */
  readonly gradientRatio: Float64Array;
}

export interface Measured {
  readonly experiment: ExperimentId;
  readonly classes: readonly string[];
  /** As in the plan: the figures are then those of average precision. */
  readonly isMultiLabel?: boolean;
  /** The baseline first, in the order of the comparison; only those with a finished run. */
  readonly losses: readonly MeasuredLoss[];
  /** The step at which the gradient ratio was taken: the end of the first epoch, where losses differ most. */
  readonly ratioStep: number;
}

/** The newest experiment with a finished run; undefined where there is none. `folder` holds `.equipoise`. */
export async function measuredOn(manifest: string, folder: string): Promise<Measured | undefined> {
  for (const experiment of await readExperiments(folder, manifest)) {
    const measured = await measuredIn(experiment);
    if (measured) return measured;
  }
  return undefined;
}

async function measuredIn(experiment: ExperimentFile): Promise<Measured | undefined> {
  const { id, plan, classes, runs } = experiment;
  const read = await Promise.all(
    runs.map((run) => readRunEnd(runFolderOf(plan.folder, run), classes.length).catch(() => undefined)),
  );
  const losses = plan.losses.flatMap((choice, index): MeasuredLoss[] => {
    const seeds = read.filter((end, run) => end && run % plan.losses.length === index) as RunEnd[];
    return seeds.length > 0 ? [meanOf(choice, seeds)] : [];
  });
  const ratioStep = read.find((end) => end)?.ratioStep;
  return ratioStep === undefined
    ? undefined
    : {
        experiment: id,
        classes,
        losses,
        ratioStep,
        ...(plan.isMultiLabel ? { isMultiLabel: true } : {}),
      };
}

function meanOf(choice: LossChoice, seeds: readonly RunEnd[]): MeasuredLoss {
  const total = (values: (end: RunEnd) => Float64Array): Float64Array =>
    (seeds[0]?.recall ?? new Float64Array()).map((_, k) =>
      seeds.reduce((sum, end) => sum + (values(end)[k] ?? 0), 0),
    );
  const negative = total((end) => end.negative);
  return {
    choice,
    seeds: seeds.length,
    balancedAccuracy: seeds.reduce((sum, end) => sum + end.balancedAccuracy, 0) / seeds.length,
    recall: total((end) => end.recall).map((sum) => sum / seeds.length),
    gradientRatio: total((end) => end.positive).map((sum, k) => sum / (negative[k] || Number.NaN)),
  };
}

interface RunEnd {
  readonly balancedAccuracy: number;
  readonly recall: Float64Array;
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  readonly ratioStep: number;
}

/** The last recall and the first epoch's gradients of a finished run; undefined where it is not finished. */
async function readRunEnd(folder: string, classes: number): Promise<RunEnd | undefined> {
  const state = (await readDescription(folder))?.state;
  if (state?.kind !== "finished") return undefined;
  const epochs = (await readLines(folder)).lines.filter(({ loss }) => loss !== undefined);
  const first = epochs[0];
  const last = epochs.at(-1);
  if (!first || !last) return undefined;
  const file = await open(join(folder, seriesFile));
  try {
    const [start, end] = [await readRow(file, first.row, classes), await readRow(file, last.row, classes)];
    if (!start || !end) return undefined;
    return {
      balancedAccuracy: state.balancedAccuracy ?? Number.NaN,
      recall: end("recall"),
      positive: start("accumulatedPositive"),
      negative: start("accumulatedNegative"),
      ratioStep: first.step,
    };
  } finally {
    await file.close();
  }
}
