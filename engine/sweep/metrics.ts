/** What is kept of a finished trial: few numbers, with the noise that its test samples bring. */
import { createHash } from "node:crypto";
import { countLabels } from "#engine/data/dataset.ts";
import type { TrainingData } from "#engine/data/inputs.ts";
import type { Predictions, RankedOutcome } from "#engine/runs/runFolder.ts";
import { sum } from "#engine/statistics/classStatistics.ts";
import { groupRecall, shotGroup, thirds } from "#engine/statistics/shotGroups.ts";
import { score } from "#engine/training/evaluation.ts";
import { metricWeights, weightedRecall } from "#engine/training/metric.ts";
import type { ShotGroup } from "#protocol/analysis.ts";
import type { SweepGroups, TrialMetrics } from "#protocol/sweep.ts";
import type { ExperimentPlan, RunResult } from "#protocol/training.ts";

/** Returns the figures of predictions; `counts` are training samples per class. */
export function trialMetrics(
  { truth, predicted }: Predictions,
  classes: readonly string[],
  counts: readonly number[],
  plan: Pick<ExperimentPlan, "objective" | "inputs">,
  loss: number,
): TrialMetrics {
  const result = score(predicted, truth, classes.length);
  const { recall } = result;
  const rows = countLabels(truth, classes.length);
  const weights = metricWeights(plan.objective, classes, rows);
  // Pixels of one image are no samples of their own: how far they vary together is not known here.
  const variances = recall.map((share, k) =>
    plan.inputs === "masks" ? Number.NaN : varianceOf(share, rows[k] as number),
  );
  const noise = (of: readonly number[]): number | null => {
    const known = of.flatMap((k) => (Number.isNaN(variances[k]) ? [] : [variances[k] as number]));
    return known.length > 0 ? Math.sqrt(sum(known)) / known.length : null;
  };
  const groups = groupsOf(counts);
  const tested = recall.filter((share) => !Number.isNaN(share));
  return {
    score: weightedRecall(recall, weights),
    error:
      plan.inputs === "masks"
        ? null
        : Math.sqrt(
            sum(
              Array.from(weights, (weight, k) => (weight > 0 ? weight ** 2 * (variances[k] as number) : 0)),
            ),
          ),
    accuracy: result.accuracy,
    balancedAccuracy: result.balancedAccuracy,
    macroF1: result.macroF1 ?? Number.NaN,
    worstRecall: tested.reduce((least, share) => Math.min(least, share), 1),
    groups: mapGroups(groups, (of) => groupRecall(recall, of)),
    groupErrors: mapGroups(groups, noise),
    loss,
    testSamples: sum(rows),
    predictions: createHash("sha256").update(bytesOf(predicted)).digest("hex"),
  };
}

/** As `trialMetrics` of samples with several labels: average precision in place of recall. */
export function rankedMetrics(
  { averagePrecision, counts: rows, influence }: RankedOutcome,
  result: RunResult,
  { classes, counts, test }: Pick<TrainingData, "classes" | "counts" | "test">,
  { objective }: Pick<ExperimentPlan, "objective">,
  loss: number,
): TrialMetrics {
  const groups = groupsOf(counts);
  const tested = averagePrecision.filter((share) => !Number.isNaN(share));
  return {
    score: weightedRecall(averagePrecision, metricWeights(objective, classes, rows)),
    error: Math.sqrt(influence.reduce((total, move) => total + move ** 2, 0)),
    accuracy: result.accuracy,
    balancedAccuracy: result.balancedAccuracy,
    macroF1: result.macroF1 ?? Number.NaN,
    worstRecall: tested.reduce((least, share) => Math.min(least, share), 1),
    groups: mapGroups(groups, (of) => groupRecall(averagePrecision, of)),
    groupErrors: mapGroups(groups, () => null),
    loss,
    testSamples: test.rows,
    predictions: createHash("sha256").update(bytesOf(influence)).digest("hex"),
  };
}

/** Of a share of samples; half a sample more of each kind keeps a class that is all wrong from being a certainty. */
function varianceOf(share: number, rows: number): number {
  const smoothed = (share * rows + 0.5) / (rows + 1);
  return (smoothed * (1 - smoothed)) / rows;
}

export type Groups = Readonly<Record<keyof SweepGroups, readonly number[]>>;

/** Returns the classes of each group that have training samples; `counts` are those per class. */
export function groupsOf(counts: readonly number[]): Groups {
  const ofShot = (group: ShotGroup): number[] =>
    counts.flatMap((count, k) => (count > 0 && shotGroup(count) === group ? [k] : []));
  return { ...thirds(counts), many: ofShot("many"), medium: ofShot("medium"), few: ofShot("few") };
}

function mapGroups(groups: Groups, value: (classes: readonly number[]) => number | null): SweepGroups {
  const { head, middle, tail, many, medium, few } = groups;
  return {
    head: value(head),
    middle: value(middle),
    tail: value(tail),
    many: value(many),
    medium: value(medium),
    few: value(few),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
