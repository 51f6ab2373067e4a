/** What decides between losses: recall weighted by the test distribution that training is for. */

import type { Objective } from "#protocol/analysis.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";

/**
 * Returns the weight of each class's recall, sum 1: equal over the classes that are tested (`balanced`, balanced
 * accuracy), by their test samples (`natural`, accuracy), or by the shares given (`prior`). Classes without test
 * samples weigh 0. Throws `settings/invalid` where a prior leaves nothing to measure.
 */
export function metricWeights(
  objective: Objective,
  classes: readonly string[],
  testCounts: readonly number[],
): Float64Array {
  const raw = Float64Array.from(testCounts, (count, k) =>
    count > 0 ? weightOf(objective, classes[k], count) : 0,
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) {
    throw new EquipoiseError(
      "settings/invalid",
      t`objective: the prior gives every tested class a share of 0. Name classes of this dataset with shares above 0.`,
    );
  }
  return raw.map((weight) => weight / sum);
}

/** Returns the weighted recall; classes without rows weigh nothing. */
export function weightedRecall(recall: ArrayLike<number>, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k] as number;
    if (weight > 0) sum += weight * (recall[k] as number);
  }
  return sum;
}

function weightOf(objective: Objective, name: string | undefined, count: number): number {
  if (objective === "balanced") return 1;
  if (objective === "natural") return count;
  const { prior } = objective;
  return name !== undefined && Object.hasOwn(prior, name) ? (prior[name] ?? 0) : 0;
}
