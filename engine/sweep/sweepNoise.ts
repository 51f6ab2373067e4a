/**
 * How far two configurations of a sweep may be apart by luck: by their predictions as in a comparison, or by their results
 * alone where these came without runs.
 */
import { countLabels } from "#engine/data/dataset.ts";
import { maskPixels } from "#engine/data/masks.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { readDescription } from "#engine/runs/runDescription.ts";
import { readPredictions } from "#engine/runs/runFolder.ts";
import { studentQuantile } from "#engine/statistics/studentT.ts";
import { metricWeights } from "#engine/training/metric.ts";
import { type Figure, figuresOf, noiseBetween, type PooledSeeds } from "#engine/training/noise.ts";
import type { SweepFile, SweepGroups, TrialResult } from "#protocol/sweep.ts";
import type { RunId } from "#protocol/training.ts";
import { groupsOf } from "./metrics.ts";

export type Finished = TrialResult & { readonly state: "finished" };
export type GroupName = keyof SweepGroups;
export const groupNames = ["head", "middle", "tail", "many", "medium", "few"] as const;

/** What is compared: what decides, or the recall of a group. */
export type Figured = "score" | GroupName;

export function valueIn({ metrics }: Finished, of: Figured): number | null {
  return of === "score" ? metrics.score : metrics.groups[of];
}

export function errorIn({ metrics }: Finished, of: Figured): number | null {
  return of === "score" ? metrics.error : metrics.groupErrors[of];
}

/** Test samples and what runs took them for. */
export interface Tested {
  readonly truth: Int32Array;
  /** One a trial. */
  readonly predicted: readonly Int32Array[];
}

/** Where predictions come from; weights `[classes]` are those of the recalls in a figure. */
export interface Evidence {
  /** Undefined where a run is not there, or was tested on other samples than the one before. */
  tested(trials: readonly Finished[]): Promise<Tested | undefined>;
  weights(of: Figured, truth: Int32Array, trial: Finished): Promise<Float64Array | undefined>;
  /** Test samples that are one image. */
  readonly pixels?: number;
}

/** Bytes of predictions that are kept while one ranking is made. */
const mostKept = 64e6;

/** Returns the evidence in the run folders below `root`. */
export function evidenceIn(root: string, { plan }: SweepFile): Evidence {
  const known = new Map<readonly Finished[], Tested | undefined>();
  const weighed = new Map<string, Float64Array | undefined>();
  let kept = 0;
  return {
    async tested(trials) {
      if (known.has(trials)) return known.get(trials);
      const tested = await readTested(root, trials);
      const bytes = tested ? tested.truth.byteLength * tested.predicted.length : 0;
      if (kept + bytes <= mostKept) {
        known.set(trials, tested);
        kept += bytes;
      }
      return tested;
    },
    async weights(of, truth, { run }) {
      const key = `${of} ${run}`;
      if (!weighed.has(key)) weighed.set(key, await readWeights(root, plan, of, truth, run));
      return weighed.get(key);
    },
    ...(plan.inputs === "masks" ? { pixels: maskPixels } : {}),
  };
}

async function readWeights(
  root: string,
  { objective }: SweepFile["plan"],
  of: Figured,
  truth: Int32Array,
  run: RunId,
): Promise<Float64Array | undefined> {
  const description = await readDescription(runFolderOf(root, run));
  if (!description) return undefined;
  const rows = countLabels(truth, description.classes.length);
  if (of === "score") return metricWeights(objective, description.classes, rows);
  const tested = new Set(groupsOf(description.counts)[of].filter((k) => (rows[k] ?? 0) > 0));
  return Float64Array.from(rows, (_, k) => (tested.has(k) ? 1 / tested.size : 0));
}

async function readTested(root: string, trials: readonly Finished[]): Promise<Tested | undefined> {
  const read = await Promise.all(trials.map(({ run }) => readPredictions(runFolderOf(root, run))));
  const whole = read.filter((each) => each !== undefined);
  const [first] = whole;
  const isOne =
    first && whole.length === read.length && whole.every((one) => areSame(one.truth, first.truth));
  return isOne ? { truth: first.truth, predicted: whole.map(({ predicted }) => predicted) } : undefined;
}

/**
 * Returns what the seeds add to one configuration beyond what they add to all: the residual of configuration and seed.
 * Undefined where fewer than two of either are there.
 */
export function pooledSeeds(
  configurations: readonly (readonly Finished[])[],
  of: Figured,
): PooledSeeds | undefined {
  const rows = configurations.map((trials) => trials.map((trial) => valueIn(trial, of) ?? Number.NaN));
  const seeds = rows[0]?.length ?? 0;
  const freedom = (rows.length - 1) * (seeds - 1);
  if (freedom < 1) return undefined;
  const bySeed = Array.from({ length: seeds }, (_, s) => mean(rows.map((row) => row[s] as number)));
  const all = mean(bySeed);
  let squares = 0;
  for (const row of rows) {
    const own = mean(row);
    for (const [s, value] of row.entries()) squares += (value - own - (bySeed[s] as number) + all) ** 2;
  }
  return { variance: squares / freedom, freedom };
}

/** Half the widths of intervals for the difference of two configurations with the same seeds, in the same order. */
export interface SweepNoise {
  /** By their predictions where these are there; `pooled` as in `Noise`. */
  halfWidth(
    level: number,
    a: readonly Finished[],
    b: readonly Finished[],
    pooled?: PooledSeeds,
  ): Promise<number>;
  /**
   * By their results alone: the two count as independent, which overstates the noise. Infinite where these tell nothing of
   * their test samples, as of masks.
   */
  roughHalfWidth(level: number, a: readonly Finished[], b: readonly Finished[]): number;
}

/** `every`: what all configurations tell of the seeds. */
export function sweepNoise(of: Figured, evidence: Evidence, every: PooledSeeds | undefined): SweepNoise {
  const roughHalfWidth: SweepNoise["roughHalfWidth"] = (level, a, b) => {
    const errors = [a, b].map((trials) => trials.flatMap((trial) => errorIn(trial, of) ?? []));
    if (!every || errors.some(({ length }) => length === 0)) return Number.POSITIVE_INFINITY;
    const samples = errors.reduce((sum, each) => sum + mean(each) ** 2, 0);
    const seeds = (2 * every.variance) / a.length;
    return Math.sqrt(samples * quantile(level, many) ** 2 + seeds * quantile(level, every.freedom) ** 2);
  };
  const figureOf = ({ truth, predicted }: Tested, weights: Float64Array): Figure => {
    const outcomes = {
      losses: 1,
      seeds: predicted.length,
      truth,
      classes: weights.length,
      predicted,
      weights,
    };
    return figuresOf(outcomes, evidence.pixels)[0] as Figure;
  };
  /** One configuration is compared with many. */
  let last: { readonly trials: readonly Finished[]; readonly figure: Figure } | undefined;
  return {
    roughHalfWidth,
    async halfWidth(level, a, b, pooled) {
      const [ours, theirs] = [await evidence.tested(a), await evidence.tested(b)];
      const isPaired = ours && theirs && areSame(ours.truth, theirs.truth);
      const weights = isPaired && (await evidence.weights(of, ours.truth, a[0] as Finished));
      if (!weights || a.length < 2) return roughHalfWidth(level, a, b);
      if (last?.trials !== a) last = { trials: a, figure: figureOf(ours, weights) };
      return noiseBetween([last.figure, figureOf(theirs, weights)]).halfWidth(level, 0, 1, pooled);
    },
  };
}

/** Degrees of freedom of what is known as well as the normal distribution is. */
export const many = 1e6;
const quantiles = new Map<string, number>();

/** Returns Student's quantile, kept: thousands of configurations ask for the same one. */
export function quantile(level: number, freedom: number): number {
  const key = `${level} ${freedom}`;
  const known = quantiles.get(key) ?? studentQuantile(level, freedom);
  if (quantiles.size < 1000) quantiles.set(key, known);
  return known;
}

function areSame(a: Int32Array, b: Int32Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
