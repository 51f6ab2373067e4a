import { fixed, formatAmount, formatClass, formatRatio } from "#engine/statistics/format.ts";
import type { Alternative } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { papers } from "#protocol/parameters.ts";
import { betaAdvice } from "../chooseBeta.ts";
import { type Facts, imbalanceSentence, scarcitySentences } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { measured } from "../sources.ts";

/** One label a sample (or pixel) and a long tail: balanced softmax, with what came close to it. */
export const longTail: Rule = {
  id: "long-tail",
  recommends(facts) {
    const { largest, smallest, factor } = facts;
    const shift = fixed(Math.log(factor), 1);
    return {
      loss: "balanced-softmax",
      parameters: { tau: 1 },
      why: t`${imbalanceSentence(facts)} Balanced softmax adds log counts to the logits in training, ${shift} more for ${formatClass(largest.name)} than for ${formatClass(smallest.name)}, and leaves them out in prediction; there is nothing to tune. On 32 public tasks it was 1.9 points of balanced accuracy below the best of 42 settings, cross-entropy 8.9.`,
      limits: [
        t`The tail gains what the head gives up: on test data as imbalanced as these, accuracy falls (7.8 points on average).`,
        ...(facts.view.task === "segmentation"
          ? [t`The measurements are of classification, not of pixels.`]
          : []),
        ...noiseSentence(facts),
        ...scarcitySentences(facts),
      ].join(" "),
      source: `${papers.balancedSoftmax}; ${measured}`,
      alternatives: alternatives(facts),
    };
  },
};

/** On the measured sets whose rarest class left at most 6 test rows, 20 % of it, results hung on the split. */
function noiseSentence({ smallest, view }: Facts): string[] {
  if (smallest.count > 30) return [];
  const amount = formatAmount(smallest.count, view.basis);
  return [
    t`With ${amount} of ${formatClass(smallest.name)}, results moved by 3 to 8 points from one test split to another: compare over several seeds.`,
  ];
}

/** Mean gain on cross-entropy in points of balanced accuracy, over the measured tasks with a factor of at least 3. */
const gains: Readonly<Record<string, number>> = { "0.9": 0.9, "0.99": 3.4, "0.999": 6.8, "0.9999": 7.4 };

function measuredGain(beta: number): string {
  const gain = gains[String(beta)];
  return gain === undefined
    ? ""
    : t` On the public tasks it gained ${gain} points on cross-entropy, balanced softmax 7.0.`;
}

function alternatives(facts: Facts): Alternative[] {
  const { largest, smallest, factor } = facts;
  const beta = betaAdvice(facts);
  const weighted: Alternative[] = beta
    ? [
        {
          loss: "class-balanced-softmax",
          parameters: { beta: beta.beta },
          why: `${beta.why}${measuredGain(beta.beta)}`,
          source: `${papers.classBalanced}; ${measured}`,
        },
        {
          loss: "class-balanced-focal",
          parameters: { beta: beta.beta, gamma: 1 },
          why: t`${beta.why} The focal part fades out easy samples; of use where classes overlap.`,
          source: papers.classBalanced,
        },
      ]
    : [];
  return [
    ...weighted,
    {
      loss: "cross-entropy",
      parameters: {},
      sampler: "class-balanced",
      why: t`Draws every class equally often, so one sample of ${formatClass(smallest.name)} is seen ${formatRatio(factor)} times as often as one of ${formatClass(largest.name)}. Best on narrow tables with a linear head; no weights beside it.`,
      source: `${papers.decoupling}; ${measured}`,
    },
  ];
}
