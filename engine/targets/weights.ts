/** The class weights that a choice of loss means, for frameworks that take them as a list. */

import { classWeights, type WeightScheme } from "#engine/statistics/classWeights.ts";
import { formatAmount, formatClass, formatCount, formatList } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { withDefaults } from "#protocol/losses.ts";
import type { TargetChange } from "./target.ts";

export interface ClassWeights {
  /** In training order. */
  readonly weights: readonly number[];
  /** For the comment: where the weights come from and how they are scaled. */
  readonly remark: string;
  readonly notes: readonly string[];
}

export interface Reason {
  readonly reason: string;
}

/** What a framework divides the weighted sum of a batch by. */
export type Divisor = "rows" | "weights";

/**
 * The weights of a loss that is weighted cross-entropy; undefined for another loss. `framework` is named where its
 * divisor is not the one of the loss.
 */
export function weightsFor(
  { choice, provenance }: TargetChange,
  framework: { readonly title: string; readonly divisor: Divisor },
): ClassWeights | Reason | undefined {
  const { loss } = choice;
  const parameters = withDefaults(loss, choice.parameters);
  if (loss !== "class-balanced-softmax" && loss !== "weighted-cross-entropy") return undefined;
  const own: Divisor =
    loss === "weighted-cross-entropy" && parameters["reduction"] !== "mean" ? "weights" : "rows";
  if (own !== framework.divisor && loss === "weighted-cross-entropy") return { reason: mismatch(framework) };
  const balanced = loss === "class-balanced-softmax";
  const scheme = balanced ? "effective" : (parameters["scheme"] as WeightScheme);
  const counts = provenance.classes.map(({ count }) => count);
  const zero = parameters["absent"] === "clamp1" ? "clamp1" : "exclude";
  const empty = provenance.classes.filter(({ count }) => count <= 0).map(({ name }) => name);
  if (empty.length > 0 && zero === "exclude") return { reason: emptyReason(empty) };
  const beta = Number(parameters["beta"]);
  return {
    weights: [...classWeights(counts, { scheme, beta, zero })],
    remark: `${balanced || scheme === "effective" ? `beta ${beta}` : scheme}, weights scaled to mean 1`,
    notes: [
      ...(empty.length > 0
        ? [
            t`${formatAmount(empty.length, "classes")} without a sample ${empty.length === 1 ? "is" : "are"} counted as one sample.`,
          ]
        : []),
      ...(own === framework.divisor
        ? []
        : [
            t`${framework.title} divides by the sum of the weights in the batch, the paper by the number of rows: the loss is larger here by the same factor for all classes.`,
          ]),
    ],
  };
}

function mismatch({ title, divisor }: { readonly title: string; readonly divisor: Divisor }): string {
  return divisor === "rows"
    ? t`${title} divides by the batch size, not by the sum of the weights. Set reduction to "mean", or copy the loss as PyTorch.`
    : t`${title} divides by the sum of the weights, not by the batch size. Set reduction to "weightedMean", or copy the loss as PyTorch.`;
}

/** Why there are no weights where classes have no sample; `clampable` where counting them as one would help. */
export function emptyReason(empty: readonly string[], clampable = true): string {
  const shown = formatList(empty.slice(0, 3).map(formatClass));
  const more = empty.length > 3 ? ` and ${formatCount(empty.length - 3)} more` : "";
  return t`${formatAmount(empty.length, "classes")} without a sample (${empty.length > 3 ? shown.replace(" and ", ", ") : shown}${more}) would divide by 0. ${clampable ? "Set absent to clamp1 to count them as one sample, or take" : "Take"} them out of the class list; nothing was changed.`;
}
