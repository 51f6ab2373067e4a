/** Class-balanced losses: Cui et al. 2019, arXiv 1901.05555, equations 5 to 8. */

import { binaryBlock, softmaxBlock } from "./blockForms.ts";
import { defineLoss } from "./defineLoss.ts";
import { focalLoss } from "./focalRows.ts";
import type { Loss } from "./loss.ts";
import { binaryLoss, softmaxLoss } from "./rows.ts";
import { softmaxBinaryLoss } from "./softmaxBinaryRow.ts";
import { effectiveWeights, rowWeight } from "./weights.ts";

/** Cross-entropy, each row weighted by the inverse effective number of its class; mean over rows, as in their code. */
export const classBalancedSoftmax: Loss = defineLoss({
  id: "class-balanced-softmax",
  initial: (setup) => ({ weights: effectiveWeights(setup), shift: new Float64Array(setup.classes) }),
  row: ({ label }, logits, { shift }, gradient) => softmaxLoss(label, logits, shift, gradient),
  block: ({ shift }) => softmaxBlock(shift),
  weight: ({ label }, { weights }) => weights[label],
  weighsNothing: ({ weights }, label) => weights[label] === 0,
});

/** Binary cross-entropy; the weight of the row's class multiplies all its columns, negatives included. */
export const classBalancedSigmoid: Loss = defineLoss({
  id: "class-balanced-sigmoid",
  initial: (setup) => ({
    weights: effectiveWeights(setup),
    ones: new Float64Array(setup.classes).fill(1),
  }),
  row: ({ truth }, logits, _, gradient) => binaryLoss(truth, logits, gradient),
  block: ({ ones }) => binaryBlock(ones, ones),
  weight: (target, { weights }) => rowWeight(target, weights),
  weighsNothing: ({ weights }, label) => weights[label] === 0,
  normaliser: () => "positives",
});

/** Sigmoid focal loss; the class weight takes the place of alpha (section 4.3). */
export const classBalancedFocal: Loss = defineLoss({
  id: "class-balanced-focal",
  initial: (setup) => ({
    weights: effectiveWeights(setup),
    gamma: setup.number("gamma"),
    ones: new Float64Array(setup.classes).fill(1),
  }),
  row: ({ truth }, logits, { gamma }, gradient) => focalLoss(truth, logits, gamma, 1, 1, gradient),
  block: ({ ones, gamma }) => binaryBlock(ones, ones, gamma),
  weight: (target, { weights }) => rowWeight(target, weights),
  weighsNothing: ({ weights }, label) => weights[label] === 0,
  normaliser: () => "positives",
});

/**
 * The port of vandit15/Class-balanced-loss-pytorch: binary cross-entropy on softmax probabilities, logs clamped at
 * -100, mean over all elements. A different loss from `class-balanced-softmax`, which is the paper's.
 */
export const classBalancedSoftmaxBce: Loss = defineLoss({
  id: "class-balanced-softmax-bce",
  initial: (setup) => ({ weights: effectiveWeights(setup) }),
  row: ({ label }, logits, _, gradient) => softmaxBinaryLoss(label, logits, gradient),
  block: () => ({ kind: "softmax-binary" }),
  weight: ({ label }, { weights }) => weights[label],
  weighsNothing: ({ weights }, label) => weights[label] === 0,
  normaliser: () => "elements",
});
