// Losses over blocks of rows [rows, stride], stride a multiple of 4: value, gradient and per-class sums of its size in
// one pass. Four columns at a time in 32 bits; NaN goes through to the result, as it must where training diverges.
import { exp, exp4, ignored, log, log1p, log1p4, max4, sum4 } from "./lanes";

/**
 * Softmax cross-entropy of logits + shift, times (1 - p)^gamma with p the probability of the label. `shift` [stride] is -Infinity on columns that take no part, the filling up
 * to the stride among them; `labels` are 32-bit integers. Writes `scale` times weight times (softmax - one-hot) into
 * `gradient`, adds weight times its size to `positive` and `negative` [stride]; returns the weighted sum over rows.
 */
export function softmaxRows(
  logits: usize,
  shift: usize,
  labels: usize,
  weights: usize,
  gradient: usize,
  positive: usize,
  negative: usize,
  rows: u32,
  stride: u32,
  scale: f64,
  gamma: f64,
): f64 {
  const bytes: usize = (<usize>stride) << 2;
  let loss: f64 = 0;
  for (let row: u32 = 0; row < rows; row++, logits += bytes, gradient += bytes) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    if (label == ignored) {
      memory.fill(gradient, 0, bytes);
      continue;
    }
    let top = f32x4.splat(-Infinity);
    for (let k: usize = 0; k < bytes; k += 16) {
      const x = f32x4.add(v128.load(logits + k), v128.load(shift + k));
      v128.store(gradient + k, x);
      top = f32x4.pmax(top, x);
    }
    const largest = max4(top);
    const own: usize = (<usize>label) << 2;
    const ofLabel: f64 = <f64>load<f32>(gradient + own) - <f64>largest;
    // The label is left out of the sum, so that the others keep their digits where it holds nearly all.
    store<f32>(gradient + own, -Infinity);
    const base = f32x4.splat(largest);
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const e = exp4(f32x4.sub(v128.load(gradient + k), base));
      v128.store(gradient + k, e);
      sum = f32x4.add(sum, e);
    }
    const others = sum4(sum);
    const all = exp(ofLabel) + others;
    const weight: f64 = load<f32>(weights + ((<usize>row) << 2));
    const surprise = ofLabel == 0 ? log1p(others) : log(all) - ofLabel;
    const left = others / all;
    // Focusing multiplies the loss by left^gamma and the gradient by its slope; 1 where gamma is 0.
    const focus = gamma == 0 ? 1 : exp(gamma * log(left));
    const steeper = gamma == 0 || left == 0 ? 0 : (gamma * (exp(ofLabel) / all) * focus * surprise) / left;
    loss += weight * focus * surprise;
    const unit = f32x4.splat(<f32>((weight * (focus + steeper)) / all));
    const factor = f32x4.splat(<f32>scale);
    for (let k: usize = 0; k < bytes; k += 16) {
      const size = f32x4.mul(v128.load(gradient + k), unit);
      v128.store(negative + k, f32x4.add(v128.load(negative + k), size));
      v128.store(gradient + k, f32x4.mul(size, factor));
    }
    const size: f64 = weight * (focus + steeper) * left;
    store<f32>(positive + own, <f32>(<f64>load<f32>(positive + own) + size));
    store<f32>(gradient + own, <f32>(-size * scale));
  }
  return loss;
}

/**
 * Focal loss of each column on its own, with its focusing in `gammas` [stride]; binary cross-entropy, and `gammas`
 * not read, where `focal` is 0. A column counts with `onPositives` or
 * `onNegatives` [stride], both 0 on the filling up to the stride; a label below 0 is background. Otherwise as
 * `softmaxRows`.
 */
export function binaryRows(
  logits: usize,
  onPositives: usize,
  onNegatives: usize,
  labels: usize,
  weights: usize,
  gradient: usize,
  positive: usize,
  negative: usize,
  rows: u32,
  stride: u32,
  scale: f64,
  gammas: usize,
  focal: u32,
): f64 {
  const bytes: usize = (<usize>stride) << 2;
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  let loss: f64 = 0;
  for (let row: u32 = 0; row < rows; row++, logits += bytes, gradient += bytes) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    if (label == ignored) {
      memory.fill(gradient, 0, bytes);
      continue;
    }
    const weight: f64 = load<f32>(weights + ((<usize>row) << 2));
    const rowWeight = f32x4.splat(<f32>weight);
    const factor = f32x4.splat(<f32>scale);
    const own: usize = (<usize>label) << 2;
    const before: f32 = label >= 0 ? load<f32>(negative + own) : 0;
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const z = v128.load(logits + k);
      const e = exp4(f32x4.neg(f32x4.abs(z)));
      const far = f32x4.div(one, f32x4.add(one, e));
      const near = f32x4.mul(e, far);
      const above = f32x4.ge(z, zero);
      const small = log1p4(e);
      const surprise = f32x4.add(f32x4.pmax(z, zero), small);
      let slope = v128.bitselect(far, near, above);
      let value = surprise;
      if (focal != 0) {
        const power = v128.load(gammas + k);
        const q = exp4(f32x4.neg(f32x4.mul(power, f32x4.add(f32x4.pmax(f32x4.neg(z), zero), small))));
        const p = v128.bitselect(near, far, above);
        slope = f32x4.mul(q, f32x4.add(slope, f32x4.mul(f32x4.mul(power, p), surprise)));
        value = f32x4.mul(q, surprise);
      }
      const a = f32x4.mul(rowWeight, v128.load(onNegatives + k));
      const size = f32x4.mul(slope, a);
      sum = f32x4.add(sum, f32x4.mul(value, a));
      v128.store(negative + k, f32x4.add(v128.load(negative + k), size));
      v128.store(gradient + k, f32x4.mul(size, factor));
    }
    loss += sum4(sum);
    if (label >= 0) {
      // The column of the label was taken for a negative: undo that, and count it as what it is.
      const z: f64 = load<f32>(logits + own);
      const gamma: f64 = focal != 0 ? <f64>load<f32>(gammas + own) : 0;
      store<f32>(negative + own, before);
      loss -= weight * <f64>load<f32>(onNegatives + own) * focalValue(-z, gamma);
      const a: f64 = weight * <f64>load<f32>(onPositives + own);
      loss += a * focalValue(z, gamma);
      const size: f64 = a * focalSlope(z, gamma);
      store<f32>(positive + own, <f32>(<f64>load<f32>(positive + own) + size));
      store<f32>(gradient + own, <f32>(-size * scale));
    }
  }
  return loss;
}

/** (1 - p)^gamma * -log p with p = sigmoid(x). */
function focalValue(x: f64, gamma: f64): f64 {
  const small = log1p(exp(-abs<f64>(x)));
  return exp(-gamma * (max<f64>(x, 0) + small)) * (max<f64>(-x, 0) + small);
}

/** Minus the derivative of `focalValue`. */
function focalSlope(x: f64, gamma: f64): f64 {
  const e = exp(-abs<f64>(x));
  const small = log1p(e);
  const far: f64 = 1 / (1 + e);
  const p = x < 0 ? e * far : far;
  const q = x < 0 ? far : e * far;
  return exp(-gamma * (max<f64>(x, 0) + small)) * (q + gamma * p * (max<f64>(-x, 0) + small));
}
