import { formatAmount, formatCount, formatFactor } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { baseline } from "../facts.ts";
import type { Rule } from "../rule.ts";
import { measured } from "../sources.ts";

/** Below this factor nothing beat plain cross-entropy by more than the noise on public sets. */
const balancedBelow = 3;

/** Balanced data need no remedy, whatever the objective. */
export const balancedData: Rule = {
  id: "balanced-data",
  recommends(facts) {
    if (facts.factor >= balancedBelow) return undefined;
    const { occurring, factor, smallest, largest, view } = facts;
    const each =
      largest.count === smallest.count
        ? formatAmount(largest.count, view.basis)
        : t`${formatCount(smallest.count)} to ${formatAmount(largest.count, view.basis)}`;
    const counts =
      occurring === 1
        ? t`Only one class occurs.`
        : t`Imbalance factor ${formatFactor(factor)}: every class has ${each}.`;
    return {
      loss: baseline(facts),
      parameters: {},
      why: t`${counts} Re-weighting these would change next to nothing.`,
      limits: t`Classes that are hard for other reasons stay hard.`,
      source: `${measured}: below factor ${balancedBelow} no loss gained 0.5 points on cross-entropy`,
      alternatives: [],
    };
  },
};
