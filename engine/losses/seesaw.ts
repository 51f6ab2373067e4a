/** Seesaw loss, classification form: Wang et al. 2021, arXiv 2008.10032, equations 4 to 7. */
import { defineLoss } from "./defineLoss.ts";
import type { Loss, RowTarget } from "./loss.ts";
import { logSumExp, softmaxLoss } from "./rows.ts";

interface State {
  readonly p: number;
  readonly q: number;
  readonly logFloor: number;
  /** `[classes]`, rows met in training. */
  readonly counts: Float64Array;
  /** `[classes]`: p times their log. */
  readonly powers: Float64Array;
  readonly none: Float64Array;
  readonly moved: Float64Array;
}

/**
 * Softmax cross-entropy with log(M C) added to the logits of the other classes.
 *
 * M is mitigation, min(1, (n_k / n_l)^p), from counts met so far in training, the present step included; C is
 * compensation, max(1, (sigma_k / max(sigma_l, floor))^q), from the probabilities, which count as constants.
 */
export const seesaw: Loss = defineLoss<State>({
  id: "seesaw",
  initial: ({ classes, number }) => ({
    p: number("p"),
    q: number("q"),
    logFloor: Math.log(number("floor")),
    counts: new Float64Array(classes),
    powers: new Float64Array(classes),
    none: new Float64Array(classes),
    moved: new Float64Array(classes),
  }),
  row(target, logits, state, gradient) {
    weigh(target, logits, state);
    return softmaxLoss(target.label, state.moved, state.none, gradient);
  },
  block: (state) => ({
    kind: "softmax",
    shift: state.none,
    gamma: 0,
    move: { kernel: "seesawRows", perColumn: state.powers, numbers: [state.q, state.logFloor] },
    slope: 1,
  }),
  memory: ["counts"],
  before(state, { labels }) {
    for (const label of labels) if (label >= 0) state.counts[label]++;
    takeLogs(state);
  },
  derive: takeLogs,
});

/** Adds log(M C) to the logits of the other classes. */
function weigh({ label }: RowTarget, logits: Float64Array, { q, logFloor, powers, moved }: State): void {
  // The log of C is q (z_k - z_l), where sigma_l is above its floor: the sum over the row drops out.
  const ofLabel = Math.max(logits[label], logFloor + logSumExp(logits));
  const power = powers[label];
  for (let k = 0; k < moved.length; k++) {
    const z = logits[k];
    const compensation = z > ofLabel ? q * (z - ofLabel) : 0;
    const mitigation = powers[k] < power ? powers[k] - power : 0;
    moved[k] = z + compensation + mitigation;
  }
  moved[label] = logits[label];
}

/** Log counts times p; classes not met yet count as one. */
function takeLogs({ counts, powers, p }: State): void {
  for (let k = 0; k < counts.length; k++) powers[k] = p * Math.log(Math.max(1, counts[k]));
}
