import type { Alternative } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { papers } from "#protocol/parameters.ts";
import { betaAdvice } from "../chooseBeta.ts";
import { type Facts, imbalanceSentence, scarcitySentences } from "../facts.ts";
import type { Rule } from "../rule.ts";

/** Instances of many classes in an image: the losses that were made for detectors on LVIS. */
export const detection: Rule = {
  id: "detection",
  recommends(facts) {
    if (facts.view.task !== "detection") return undefined;
    return {
      loss: "equalization-v2",
      parameters: { gamma: 12, mu: 0.8, alpha: 4 },
      why: t`${imbalanceSentence(facts)} In a detector rare classes drown in the negatives of all other objects; this loss follows the gradient ratio of each class and weighs negatives down where they drown it. It needs no counts, and its settings held for LVIS and Open Images alike: mask AP 16.1 to 23.7 on LVIS, rare classes 0.0 to 14.9.`,
      limits: [
        t`Measured for detectors; in short training of classifiers softmax losses were ahead (measured by Equipoise). It does not mend missed or inexact boxes.`,
        ...(facts.occurring < 20
          ? [t`Its settings come from sets of 500 and more classes; for ${facts.occurring} they are a guess.`]
          : []),
        ...scarcitySentences(facts),
      ].join(" "),
      source: papers.equalizationV2,
      alternatives: alternatives(facts),
    };
  },
};

function alternatives(facts: Facts): Alternative[] {
  const beta = betaAdvice(facts);
  const weighted: Alternative[] = beta
    ? [
        {
          loss: "class-balanced-focal",
          parameters: { beta: beta.beta, gamma: 1 },
          why: t`${beta.why} Its authors measured classification.`,
          source: papers.classBalanced,
        },
      ]
    : [];
  return [
    {
      loss: "seesaw",
      parameters: { p: 0.8, q: 2 },
      why: t`For softmax heads of two-stage detectors: counts while it trains and weighs negatives down by the ratio of counts.`,
      source: papers.seesaw,
    },
    {
      loss: "equalized-focal",
      parameters: { gammaBase: 2, scale: 8, alpha: 0.25 },
      why: t`For one-stage detectors, which train with focal loss: focuses more where a class's gradient ratio is low.`,
      source: papers.equalizedFocal,
    },
    ...weighted,
  ];
}
