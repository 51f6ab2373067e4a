/** The losses that the advice on a manifest names. */

import type { Analysis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { losses, samplers, withDefaults } from "#protocol/losses.ts";
import { inSentence } from "#protocol/titles.ts";
import type { LossChoice } from "#protocol/training.ts";

/** The recommended loss and its alternatives with all their parameters, best first; none without advice. */
export function choicesFor(analysis: Analysis | undefined): LossChoice[] {
  const advice = analysis?.recommendation;
  if (!advice) return [];
  return [advice, ...advice.alternatives].map(({ loss, parameters, sampler = "instance-balanced" }) => ({
    loss,
    parameters: withDefaults(loss, parameters),
    sampler,
  }));
}

/** A choice in a sentence: `class-balanced softmax, beta 0.9999`, `cross-entropy with class-balanced sampling`. */
export function choiceText({ loss, parameters, sampler }: LossChoice): string {
  const beta = parameters["beta"];
  const title = inSentence(losses[loss].title);
  const weighted = beta === undefined ? title : t`${title}, beta ${beta},`;
  if (sampler === "instance-balanced") return weighted;
  return t`${weighted} with ${inSentence(samplers[sampler].title)} sampling`;
}
