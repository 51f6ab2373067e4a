import { formatClass, formatCount, formatPercent } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { papers } from "#protocol/parameters.ts";
import { imbalanceSentence, scarcitySentences } from "../facts.ts";
import type { Rule } from "../rule.ts";

/** Several labels a sample: softmax losses do not apply, and nearly all of a rare class's rows are negatives. */
export const multiLabel: Rule = {
  id: "multi-label",
  recommends(facts) {
    const { view, smallest } = facts;
    if (view.task !== "multi-label") return undefined;
    const negatives = formatPercent(1 - smallest.count / Math.max(view.samples, smallest.count));
    return {
      loss: "equalization-v2",
      parameters: { gamma: 12, mu: 0.8, alpha: 4 },
      why: t`${imbalanceSentence(facts)} A sample can have several labels, so each class is its own yes or no, and ${negatives} of the ${formatCount(view.samples)} samples are a no for ${formatClass(smallest.name)}. This loss weighs negatives down and positives up where a class's gradient ratio is low; it takes several labels unchanged.`,
      limits: [
        t`Its authors measured detection. Scores are no probabilities afterwards: set a threshold for each class on held-out data.`,
        ...scarcitySentences(facts),
      ].join(" "),
      source: papers.equalizationV2,
      alternatives: [
        {
          loss: "sigmoid-focal",
          parameters: { gamma: 2, alpha: 0.25 },
          why: t`Fades out negatives that are already right; balances easy against hard, not head against tail.`,
          source: papers.focal,
        },
        {
          loss: "binary-cross-entropy",
          parameters: {},
          why: t`The baseline. With thresholds chosen for each class it is often close.`,
          source: "baseline",
        },
      ],
    };
  },
};
