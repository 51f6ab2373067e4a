import { formatClass, formatPercent } from "#engine/statistics/format.ts";
import type { Alternative } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { papers } from "#protocol/parameters.ts";
import { betaAdvice } from "../chooseBeta.ts";
import { baseline, type Facts, imbalanceSentence } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { measured } from "../sources.ts";

/** Where test data are as imbalanced as training data, plain cross-entropy has the best accuracy. */
export const naturalTest: Rule = {
  id: "natural-test",
  recommends(facts) {
    if (facts.objective !== "natural") return undefined;
    const { smallest, total } = facts;
    const share = formatPercent(smallest.count / total, 2);
    return {
      loss: baseline(facts),
      parameters: {},
      why: t`${imbalanceSentence(facts)} The objective is natural: the test data are as imbalanced, and there losses that favour rare classes cost accuracy (balanced softmax 7.8 points on average, for 7.0 of balanced accuracy).`,
      limits: t`Rare classes stay poorly recognised: ${formatClass(smallest.name)} is ${share} of the labels, and accuracy hardly notices it.`,
      source: measured,
      alternatives: facts.view.task === "single-label" ? compromises(facts) : [],
    };
  },
};

function compromises(facts: Facts): Alternative[] {
  const advice = betaAdvice(facts);
  const half: Alternative = {
    loss: "balanced-softmax",
    parameters: { tau: 0.5 },
    why: t`For macro F1: half the shift gained 2.2 points of macro F1 and 6.0 of balanced accuracy for 0.6 of accuracy, on average.`,
    source: `${papers.balancedSoftmax}; ${measured}`,
  };
  if (!advice) return [half];
  return [
    half,
    {
      loss: "class-balanced-softmax",
      parameters: { beta: advice.beta },
      why: advice.why,
      source: papers.classBalanced,
    },
  ];
}
