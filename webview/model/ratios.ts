/** Gradient ratios of losses from the reports of their seeds: losses.md section 1; Tan et al. 2021, equation 3. */
import type { ExperimentSnapshot, GradientReport, GradientSums } from "#protocol/training.ts";
import type { RatioSums } from "../choices.ts";

export interface StepInfo {
  /** Steps at which some run has reported, ascending. */
  readonly steps: readonly number[];
  /** Steps of one epoch; undefined before the first epoch has ended. */
  readonly perEpoch: number | undefined;
  /** Steps of a whole run, as far as is known. */
  readonly perRun: number;
}

/** Where the reports of an experiment stand. */
export function stepInfo(experiment: ExperimentSnapshot): StepInfo {
  const steps = new Set<number>();
  let perEpoch: number | undefined;
  for (const run of experiment.runs) {
    for (const report of run.gradients) steps.add(report.step);
    const first = run.epochs[0];
    if (first) perEpoch = first.step / first.epoch;
  }
  const ascending = [...steps].sort((a, b) => a - b);
  const { state, plan } = experiment;
  const planned = state.kind === "running" ? state.stepsTotal / (plan.losses.length * plan.seeds) : 0;
  const perRun = perEpoch ? perEpoch * plan.epochs : Math.max(Math.round(planned), ascending.at(-1) ?? 1);
  return { steps: ascending, perEpoch, perRun };
}

/** The step that the ladder shows: the chosen one, else the end of epoch 1, else the newest. */
export function shownStep(info: StepInfo, chosen: number | undefined): number | undefined {
  if (chosen !== undefined) return atOrBefore(info.steps, chosen) ?? info.steps[0];
  return (
    (info.perEpoch === undefined ? undefined : atOrBefore(info.steps, info.perEpoch)) ?? info.steps.at(-1)
  );
}

function atOrBefore(steps: readonly number[], step: number): number | undefined {
  return steps.findLast((reported) => reported <= step);
}

/**
 * Gradient ratio of each class `[C]` under one loss at a step: sums over its seeds of the positive over the negative
 * gradient. Infinity where a class had no negatives, NaN where it had no gradient at all. Undefined before any
 * seed has reported; a seed counts with its last report at or before the step.
 */
export function ratiosAt(
  experiment: ExperimentSnapshot,
  choice: number,
  step: number,
  sums: RatioSums,
): Float64Array | undefined {
  const classes = experiment.classes.length;
  const positive = new Float64Array(classes);
  const negative = new Float64Array(classes);
  let seeds = 0;
  for (const run of experiment.runs) {
    if (run.choice !== choice) continue;
    const report = run.gradients.findLast((candidate) => candidate.step <= step);
    if (!report) continue;
    add(report[sums], positive, negative);
    seeds++;
  }
  return seeds === 0 ? undefined : positive.map((value, index) => ratio(value, negative[index] ?? 0));
}

/** The same for one class; NaN before any seed has reported. */
export function ratioOfClass(
  experiment: ExperimentSnapshot,
  choice: number,
  index: number,
  step: number,
  sums: RatioSums,
): number {
  let positive = 0;
  let negative = 0;
  for (const run of experiment.runs) {
    if (run.choice !== choice) continue;
    const report = run.gradients.findLast((candidate) => candidate.step <= step);
    positive += report?.[sums].positive[index] ?? 0;
    negative += report?.[sums].negative[index] ?? 0;
  }
  return ratio(positive, negative);
}

function add(sums: GradientSums, positive: Float64Array, negative: Float64Array): void {
  for (let i = 0; i < positive.length; i++) {
    positive[i] = (positive[i] ?? 0) + (sums.positive[i] ?? 0);
    negative[i] = (negative[i] ?? 0) + (sums.negative[i] ?? 0);
  }
}

function ratio(positive: number, negative: number): number {
  if (negative > 0) return positive / negative;
  return positive > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
}

export interface CoursePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * Mean gradient ratio of some classes over the steps, per loss. Classes without negatives are left out; steps at
 * which no class is left have no point. Seeds are added up where they have reported the same step.
 */
export function ratioCourse(
  experiment: ExperimentSnapshot,
  choice: number,
  classes: readonly number[],
  sums: RatioSums,
): readonly CoursePoint[] {
  const bySteps = new Map<number, GradientReport[]>();
  for (const run of experiment.runs) {
    if (run.choice !== choice) continue;
    for (const report of run.gradients) {
      const known = bySteps.get(report.step);
      if (known) known.push(report);
      else bySteps.set(report.step, [report]);
    }
  }
  const points: CoursePoint[] = [];
  for (const [step, reports] of [...bySteps].sort(([a], [b]) => a - b)) {
    const mean = knownMean(reports, classes, sums);
    if (mean !== undefined) points.push({ x: step, y: mean });
  }
  return points;
}

interface Mean {
  readonly reports: readonly GradientReport[];
  readonly classes: readonly number[];
  readonly sums: RatioSums;
  readonly value: number | undefined;
}
const means = new WeakMap<GradientReport, Mean>();

/** A report never changes, so that of a running course only the newest point is computed. */
function knownMean(
  reports: readonly GradientReport[],
  classes: readonly number[],
  sums: RatioSums,
): number | undefined {
  const [key] = reports;
  const known = key && means.get(key);
  const isKnown =
    known?.sums === sums &&
    known.classes === classes &&
    known.reports.length === reports.length &&
    known.reports.every((report, index) => report === reports[index]);
  if (isKnown) return known.value;
  const value = meanRatio(
    reports.map((report) => report[sums]),
    classes,
  );
  if (key) means.set(key, { reports, classes, sums, value });
  return value;
}

function meanRatio(seeds: readonly GradientSums[], classes: readonly number[]): number | undefined {
  let total = 0;
  let counted = 0;
  for (const index of classes) {
    let positive = 0;
    let negative = 0;
    for (const seed of seeds) {
      positive += seed.positive[index] ?? 0;
      negative += seed.negative[index] ?? 0;
    }
    if (negative <= 0) continue;
    total += positive / negative;
    counted++;
  }
  return counted === 0 ? undefined : total / counted;
}
