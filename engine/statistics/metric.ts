/** What decides between losses, as the objective asks for it. */
import type { ExperimentPlan, Metric } from "#protocol/training.ts";

/** Returns the name of what the objective of a plan asks for. */
export function metricOf({
  objective,
  isMultiLabel = false,
}: Pick<ExperimentPlan, "objective" | "isMultiLabel">): Metric {
  if (objective === "balanced") return isMultiLabel ? "mean-average-precision" : "balanced-accuracy";
  if (objective === "natural") return isMultiLabel ? "label-average-precision" : "accuracy";
  return isMultiLabel ? "prior-average-precision" : "prior-recall";
}
