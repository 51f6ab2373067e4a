/** Row primitive: binary cross-entropy on softmax probabilities. */
import { argMax } from "./rows.ts";

/** Below this the logs are clamped, as PyTorch's binary cross-entropy does. */
const smallestLog = -100;

/**
 * Returns -sum of y log p + (1 - y) log(1 - p) over a row, p = softmax(logits), and writes its gradient.
 *
 * With a_j = p_j dL/dp_j the gradient is (1 - p_k) a_k - p_k times the sum of the other a_j; a is -1 on the label
 * and p/(1-p) elsewhere. Only the largest p can be near 1, so only for it 1 - p is summed from the others. The logs of
 * the rest are one log of their product, which is at least a quarter; one minus it is kept, for its digits near 0.
 */
export function softmaxBinaryLoss(label: number, logits: Float64Array, gradient: Float64Array): number {
  const top = argMax(logits);
  const largest = logits[top];
  let rest = 0;
  for (let k = 0; k < logits.length; k++) rest += gradient[k] = Math.exp(logits[k] - largest);
  // Not rest - 1: where the others are tiny, that would lose them.
  if (rest < 1.5) rest = restWithout(top, gradient);
  else rest -= 1;
  const share = 1 / (1 + rest);
  const topLeft = rest * share;
  let missing = 0;
  let others = 0;
  for (let k = 0; k < logits.length; k++) {
    const p = gradient[k] * share;
    gradient[k] = p;
    if (k === top || k === label) continue;
    missing += p * (1 - missing);
    others += p / (1 - p);
  }
  let logs = Math.log1p(-missing) + Math.max(smallestLog, logits[label] - largest - Math.log1p(rest));
  if (top !== label) logs += Math.max(smallestLog, Math.log(topLeft));
  writeGradient(label, top, topLeft, others, gradient);
  return -logs;
}

function restWithout(top: number, exponentials: Float64Array): number {
  let rest = 0;
  for (let k = 0; k < top; k++) rest += exponentials[k];
  for (let k = top + 1; k < exponentials.length; k++) rest += exponentials[k];
  return rest;
}

/** Turns probabilities into the gradient; `others` is the sum of a without the label and the largest. */
function writeGradient(
  label: number,
  top: number,
  topLeft: number,
  others: number,
  gradient: Float64Array,
): void {
  const ofLabel = gradient[label];
  const ofTop = gradient[top];
  let slope = -1;
  if (top !== label) slope = topLeft > 0 ? ofTop / topLeft : 0;
  const below = others + (top === label ? 0 : -1);
  const left = 1 - (below + slope);
  for (let k = 0; k < gradient.length; k++) {
    const p = gradient[k];
    // (1 - p) a is p itself here.
    gradient[k] = p * (left + p / (1 - p));
  }
  if (top !== label) gradient[label] = ofLabel - 1 - ofLabel * (others + slope);
  gradient[top] = topLeft * slope - ofTop * below;
}
