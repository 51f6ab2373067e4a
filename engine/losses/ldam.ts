/** Label-distribution-aware margin loss: Cao et al. 2019, arXiv 1906.07413, equations 11 to 13. */
import { defineLoss } from "./defineLoss.ts";
import type { Loss } from "./loss.ts";
import { softmaxLoss } from "./rows.ts";
import { effectiveWeights } from "./weights.ts";

/** Returns margins proportional to n^(-1/4), the largest of them `maxMargin`; absent classes count as one sample. */
export function margins(counts: ArrayLike<number>, maxMargin: number): Float64Array {
  const raw = Float64Array.from(counts, (n) => Math.max(1, n) ** -0.25);
  const largest = raw.reduce((a, b) => Math.max(a, b), 0);
  return raw.map((m) => (maxMargin * m) / largest);
}

interface State {
  readonly margins: Float64Array;
  readonly weights: Float64Array;
  readonly scale: number;
  readonly perRow: boolean;
  readonly scaled: Float64Array;
  readonly shift: Float64Array;
}

/**
 * Cross-entropy on s (z - m y). Logits are meant to be cosines, between -1 and 1, of a head without bias; the scale
 * is applied here, after the margin. Divided by the sum of the sample weights, as in the authors' code.
 */
export const ldam: Loss = defineLoss<State>({
  id: "ldam",
  initial: (setup) => ({
    margins: margins(setup.counts, setup.number("maxMargin")),
    weights: effectiveWeights(setup),
    scale: setup.number("scale"),
    perRow: setup.choice("reduction") === "mean",
    scaled: new Float64Array(setup.classes),
    shift: new Float64Array(setup.classes),
  }),
  row({ label }, logits, { scale, margins: all, scaled, shift }, gradient) {
    for (let k = 0; k < scaled.length; k++) scaled[k] = scale * logits[k];
    scaled[label] = scale * (logits[label] - all[label]);
    const loss = softmaxLoss(label, scaled, shift, gradient);
    for (let k = 0; k < gradient.length; k++) gradient[k] *= scale;
    return loss;
  },
  block: (state) => ({
    kind: "softmax",
    shift: state.shift,
    gamma: 0,
    move: { kernel: "marginRows", perColumn: state.margins, numbers: [state.scale, 0] },
    slope: state.scale,
  }),
  weight: ({ label }, { weights }) => weights[label],
  weighsNothing: ({ weights }, label) => weights[label] === 0,
  normaliser: ({ perRow }) => (perRow ? "rows" : "weights"),
});
