/** Rows as one loss takes them: crops of background have no class, and losses differ in what they make of that. */
import type { PreparedLoss } from "#engine/losses/loss.ts";
import { background } from "#engine/losses/targets.ts";
import { type LossId, losses } from "#protocol/losses.ts";

/** Labels and counts that a loss is trained with. */
export interface LossRows {
  readonly labels: Int32Array;
  /** One more than the classes where background is a class of its own. */
  readonly counts: readonly number[];
}

/**
 * Returns labels and counts for a loss. A sigmoid loss takes background as it is: a row whose targets are all 0. A
 * softmax needs a class for every row, so background becomes one more, counted like the others: the head of Faster
 * R-CNN and its heirs.
 */
export function lossRows(loss: LossId, labels: Int32Array, counts: readonly number[]): LossRows {
  return losses[loss].family === "softmax" ? withBackgroundClass(labels, counts) : { labels, counts };
}

/** Returns labels in which background is the class after the last, where there is any; samplers draw from these. */
export function withBackgroundClass(labels: Int32Array, counts: readonly number[]): LossRows {
  const rows = labels.reduce((sum, label) => sum + Number(label === background), 0);
  if (rows === 0) return { labels, counts };
  return {
    labels: labels.map((label) => (label === background ? counts.length : label)),
    counts: [...counts, rows],
  };
}

/** Returns the class that the logits of a row speak for: the row begins at `from`. */
export type Decide = (logits: Float32Array, from: number) => number;

/** The class with the largest logit, the first one on a tie; columns beyond the classes are no classes. */
export function largestOf(classes: number): Decide {
  return (logits, from) => {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if ((logits[from + k] as number) > (logits[from + best] as number)) best = k;
    }
    return best;
  };
}

/**
 * Returns how classes are predicted from the logits of a loss where rows may be background. Softmax: the largest column,
 * background among them. Sigmoid: the class with the largest probability where that is above a half; with an
 * objectness column where sigmoid(z) (1 - sigmoid(z_background)) is above sigmoid(z_background), the scores of EQL v2.
 */
export function decisionOf({ id, columns }: PreparedLoss, classes: number, hasBackground: boolean): Decide {
  const among = largestOf(classes);
  if (!hasBackground) return among;
  const softmax = losses[id].family === "softmax";
  return (logits, from) => {
    const best = among(logits, from);
    const z = logits[from + best] as number;
    if (columns === classes) return z > 0 ? best : background;
    const other = logits[from + classes] as number;
    if (softmax) return z >= other ? best : background;
    // sigmoid(z) (1 - sigmoid(o)) > sigmoid(o) divided by both sigmoid(z) and sigmoid(o): e^-o > 1 + e^-z.
    return Math.exp(-other) > 1 + Math.exp(-z) ? best : background;
  };
}

/** What makes probabilities of logits: over all columns of a row together, or each column alone. */
export type Link = "softmax" | "sigmoid";

/** How the logits of a loss are read. */
export interface Reading {
  readonly decide: Decide;
  readonly link: Link;
  /** What logits are multiplied with before they become probabilities: LDAM's cosines are between -1 and 1. */
  readonly scale: number;
}

/** Returns how logits of a loss are read; `hasBackground`: rows may be background. */
export function readingOf(loss: PreparedLoss, classes: number, hasBackground: boolean): Reading {
  const { scale } = loss.state;
  return {
    decide: decisionOf(loss, classes, hasBackground),
    link: losses[loss.id].family === "softmax" ? "softmax" : "sigmoid",
    scale: loss.id === "ldam" && typeof scale === "number" ? scale : 1,
  };
}

/** Logits of a softmax with one column a class. */
export function plainReading(classes: number): Reading {
  return { decide: largestOf(classes), link: "softmax", scale: 1 };
}
