import { formatAmount, formatCount, formatRatio, unitName } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { papers } from "#protocol/parameters.ts";
import { baseline, imbalanceSentence } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { measured } from "../sources.ts";

/** Below this mean count a re-weighted class would hang on single samples; no public set that was measured has so few. */
const fewestPerClass = 10;

/** So few samples a class that no difference between losses could be told from chance. */
export const tooFewSamples: Rule = {
  id: "too-few-samples",
  recommends(facts) {
    const { total, occurring, view } = facts;
    const mean = total / occurring;
    if (mean >= fewestPerClass) return undefined;
    const amount = t`${formatAmount(total, view.basis)} of ${formatCount(occurring)} classes are ${formatRatio(mean)} a class`;
    return {
      loss: baseline(facts),
      parameters: {},
      why: t`${imbalanceSentence(facts)} ${amount}: stronger weights on the rare ones would magnify single ${unitName(view.basis)}.`,
      limits: t`More data, fewer classes or a pretrained model help here; a loss does not.`,
      source: `a judgement: no set ${measured} has fewer than ${fewestPerClass} samples a class on average`,
      alternatives:
        view.task === "single-label"
          ? [
              {
                loss: "balanced-softmax",
                parameters: { tau: 1 },
                why: t`The loss for long tails with least to tune. Compare it over several seeds before you trust it.`,
                source: papers.balancedSoftmax,
              },
            ]
          : [],
    };
  },
};
