/** What decides between losses, as the plan's objective asks for it. */
import { metricOf } from "#engine/statistics/metric.ts";
import { classFigureTitles, type MetricTitles, metricTitles } from "#protocol/titles.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";

/** How the metric of an experiment is called. */
export function metricWords({ comparison, plan }: ExperimentSnapshot): MetricTitles {
  return metricTitles[comparison?.metric ?? metricOf(plan)];
}

/** How that is called by which a class is found. */
export function classFigure(
  experiment: Pick<ExperimentSnapshot, "plan"> | undefined,
): ReturnType<typeof classFigureTitles> {
  return classFigureTitles(experiment?.plan ?? {});
}

interface Measured {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly recall: Float32Array;
}

/** Value of the metric, 0 to 1. A prior weighs the recall of the classes that it names and that are tested. */
export function metricValue({ plan, classes }: ExperimentSnapshot, measured: Measured): number {
  const { objective } = plan;
  if (objective === "balanced") return measured.balancedAccuracy;
  if (objective === "natural") return measured.accuracy;
  let total = 0;
  let weights = 0;
  classes.forEach((name, index) => {
    const weight = Object.hasOwn(objective.prior, name) ? (objective.prior[name] ?? 0) : 0;
    const recall = measured.recall[index] ?? Number.NaN;
    if (weight <= 0 || Number.isNaN(recall)) return;
    total += weight * recall;
    weights += weight;
  });
  return weights > 0 ? total / weights : Number.NaN;
}
