/** Equalization losses of 2020: Tan et al., arXiv 2003.05176; sigmoid form (EQL) and softmax form (SEQL). */
import { binaryBlock, softmaxBlock } from "./blockForms.ts";
import { defineLoss } from "./defineLoss.ts";
import type { Loss, RowTarget, Setup } from "./loss.ts";
import { softmaxLoss, weightedBinaryLoss } from "./rows.ts";
import { background } from "./targets.ts";

/** Returns which classes are rare: a frequency, or a count, below lambda. Classes without a sample count as one. */
export function rareClasses({ counts, number, choice, flag }: Setup): Uint8Array {
  const clamped = counts.map((n) => Math.max(1, n));
  const total = choice("threshold") === "count" ? 1 : clamped.reduce((sum, n) => sum + n, 0);
  const lambda = number("lambda");
  const inclusive = flag("inclusive");
  return Uint8Array.from(clamped, (n) => Number(n / total < lambda || (inclusive && n / total === lambda)));
}

/**
 * Binary cross-entropy without the negative gradient that rows of other classes give to rare classes (equation 6).
 * Background rows keep all of theirs.
 */
export const equalization: Loss = defineLoss({
  id: "equalization",
  initial: (setup) => {
    const rare = rareClasses(setup);
    return { full: new Float64Array(setup.classes).fill(1), kept: Float64Array.from(rare, (r) => 1 - r) };
  },
  row({ label, truth }, logits, { full, kept }, gradient) {
    const foreground = label >= 0 || truth.includes(1);
    return weightedBinaryLoss(truth, logits, full, foreground ? kept : full, gradient);
  },
  block: ({ full, kept }, { labels }) => (labels.includes(background) ? undefined : binaryBlock(full, kept)),
});

interface SoftmaxState {
  /** `[classes]`: 1 where rare. */
  readonly rare: Uint8Array;
  readonly gamma: number;
  readonly seed: number;
  /** One number: training steps so far. */
  readonly steps: Float64Array;
  readonly kept: Float64Array;
  readonly shift: Float64Array;
}

/**
 * Softmax cross-entropy from which rare classes are left out at random where they are not the label (equation 8).
 *
 * The mask is a function of seed, step, row and class, so that a run repeats and resumes; `targets.mask` replaces it.
 * Left-out entries are removed from the sum: multiplying e^z by 0 would overflow first.
 */
export const softmaxEqualization2020: Loss = defineLoss<SoftmaxState>({
  id: "softmax-equalization-2020",
  initial: (setup) => ({
    rare: rareClasses(setup),
    gamma: setup.number("gamma"),
    seed: setup.number("seed"),
    steps: new Float64Array(1),
    kept: new Float64Array(setup.classes),
    shift: new Float64Array(setup.classes),
  }),
  row(target, logits, state, gradient) {
    leaveOut(target, logits, state);
    return softmaxLoss(target.label, state.kept, state.shift, gradient);
  },
  block(state, { mask }) {
    if (mask) return undefined;
    const move = {
      kernel: "thinnedRows",
      perColumn: state.rare,
      numbers: [stepKey(state), limitOf(state)],
    } as const;
    return { ...softmaxBlock(state.shift), move };
  },
  memory: ["steps"],
  next({ steps }) {
    steps[0]++;
  },
});

function leaveOut({ label, row, targets }: RowTarget, logits: Float64Array, state: SoftmaxState): void {
  const { rare, kept } = state;
  const { mask } = targets;
  const at = row * kept.length;
  const key = mix(stepKey(state) ^ row);
  const limit = limitOf(state);
  kept.set(logits);
  for (let k = 0; k < rare.length; k++) {
    if (rare[k] === 1 && (mask ? mask[at + k] === 1 : mix(key ^ k) >>> 0 < limit)) kept[k] = -Infinity;
  }
  kept[label] = logits[label];
}

const stepKey = ({ seed, steps }: SoftmaxState): number => mix(mix(seed) ^ steps[0]);

/** What a column's bits lie below where it is left out. */
const limitOf = ({ gamma }: SoftmaxState): number => gamma * 4_294_967_296;

/** Mixes 32 bits so that neighbours share nothing: the finaliser of splitmix32, after an odd increment. */
function mix(x: number): number {
  let word = (x + 0x9e3779b9) | 0;
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return word ^ (word >>> 15);
}
