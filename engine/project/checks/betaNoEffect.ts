import { betaRange, weightRatio } from "#engine/statistics/classWeights.ts";
import { formatBeta, formatPercent } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { betaInForce, ends, type ProjectCheck, placeOfSetting } from "../check.ts";
import { finding } from "../finding.ts";

/** Weights that differ by less than this do nothing that could be measured. */
const noEffect = 1.05;

/** A beta that leaves all weights equal although the classes are not. */
export const betaNoEffect: ProjectCheck = {
  code: "config/beta-no-effect",
  run(input) {
    const beta = betaInForce(input.project);
    const extremes = ends(input.classes);
    if (beta === undefined || !extremes) return [];
    const { largest, smallest } = extremes;
    const counts = [largest.count, smallest.count];
    const ratio = weightRatio(counts, beta);
    // Where the classes are nearly equal no beta can do anything, and none needs to.
    if (ratio >= noEffect || largest.count / smallest.count < 1.5) return [];
    const { low, high } = betaRange(counts);
    const message = t`Beta ${beta} changes nothing here: weights differ by ${formatPercent(ratio - 1)}. Beta acts between ${formatBeta(low)} and ${formatBeta(high)}.`;
    return [
      finding("config/beta-no-effect", "warning", placeOfSetting(input, "loss.beta", "loss.id"), message),
    ];
  },
};
