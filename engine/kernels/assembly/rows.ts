// Losses over blocks of rows [rows, stride], stride a multiple of 4: value, gradient and per-class sums of its size in
// one pass. Four columns at a time in 32 bits; NaN goes through to the result, as it must where training diverges.
import { exp, exp4, ignored, largestOf, log, log1p, log1p4, max4, sum4 } from "./lanes";

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

/** Below every logit that counts, and finite: taken from minus infinity it leaves that, not NaN. */
const farBelow: f32 = -3e38;

/**
 * Binary cross-entropy of p = softmax(logits) with logs clamped at -100: `softmaxBinaryLoss` of many rows, which says how
 * the gradient comes about. The logits of the label and of the largest are overwritten. Otherwise as `softmaxRows`.
 */
export function softmaxBinaryRows(
  logits: usize,
  labels: usize,
  weights: usize,
  gradient: usize,
  positive: usize,
  negative: usize,
  rows: u32,
  stride: u32,
  scale: f64,
): f64 {
  const bytes: usize = (<usize>stride) << 2;
  const one = f32x4.splat(1);
  let loss: f64 = 0;
  for (let row: u32 = 0; row < rows; row++, logits += bytes, gradient += bytes) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    if (label == ignored) {
      memory.fill(gradient, 0, bytes);
      continue;
    }
    const own: usize = (<usize>label) << 2;
    const largest = largestOf(logits, bytes);
    const top = placeOf(largest, logits, bytes, own);
    const isTop = top == own;
    const ofLabel: f64 = <f64>load<f32>(logits + own) - <f64>largest;
    // Both are left out of the sums, so that the others keep their digits where one of them holds nearly all. These
    // are e^(x - second) times `unit`, second the largest of them: so they keep theirs where all are far below.
    store<f32>(logits + own, -Infinity);
    store<f32>(logits + top, -Infinity);
    const second = max<f32>(largestOf(logits, bytes), farBelow);
    const base = f32x4.splat(second);
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const e = exp4(f32x4.sub(v128.load(logits + k), base));
      v128.store(gradient + k, e);
      sum = f32x4.add(sum, e);
    }
    const unit = exp(<f64>second - <f64>largest);
    const atLabel: f64 = isTop ? 0 : exp(ofLabel);
    const rest = sum4(sum) * unit + atLabel;
    const share: f64 = 1 / (1 + rest);
    const ofUnit = f32x4.splat(<f32>(unit * share));
    let odds = f32x4.splat(0);
    let missing = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const p = f32x4.mul(v128.load(gradient + k), ofUnit);
      odds = f32x4.add(odds, f32x4.div(p, f32x4.sub(one, p)));
      missing = f32x4.add(missing, f32x4.mul(p, f32x4.sub(one, missing)));
    }
    const others = sum4(odds);
    const weight: f64 = load<f32>(weights + ((<usize>row) << 2));
    let logs = log1p(-missing4(missing)) + max<f64>(-100, ofLabel - log1p(rest));
    if (!isTop) logs += max<f64>(-100, log(rest * share));
    loss -= weight * logs;

    const below = isTop ? others : others - 1;
    const slope: f64 = isTop ? -1 : rest > 0 ? 1 / rest : 0;
    const rowWeight = f32x4.splat(<f32>weight);
    const left = f32x4.splat(<f32>((1 - below - slope) * unit * share));
    const factor = f32x4.splat(<f32>scale);
    for (let k: usize = 0; k < bytes; k += 16) {
      const e = v128.load(gradient + k);
      const p = f32x4.mul(e, ofUnit);
      const curve = f32x4.mul(ofUnit, f32x4.div(p, f32x4.sub(one, p)));
      const slopes = f32x4.mul(rowWeight, f32x4.mul(e, f32x4.add(left, curve)));
      v128.store(negative + k, f32x4.add(v128.load(negative + k), f32x4.abs(slopes)));
      v128.store(gradient + k, f32x4.mul(slopes, factor));
    }
    const ofTop = weight * share * (rest * slope - below);
    addEntry(gradient + top, isTop ? positive + top : negative + top, ofTop, scale);
    if (!isTop) {
      const p = atLabel * share;
      addEntry(gradient + own, positive + own, weight * (p - 1 - p * (others + slope)), scale);
    }
  }
  return loss;
}

/** The offset of the first entry of a row that equals `value`; `otherwise` where none does, as where all are NaN. */
function placeOf(value: f32, row: usize, bytes: usize, otherwise: usize): usize {
  const wanted = f32x4.splat(value);
  for (let k: usize = 0; k < bytes; k += 16) {
    const equal = i32x4.bitmask(f32x4.eq(v128.load(row + k), wanted));
    if (equal != 0) return k + (<usize>ctz(equal) << 2);
  }
  return otherwise;
}

/** One minus the product of 1 - x over four columns. */
// @ts-ignore: decorator
@inline
function missing4(x: v128): f64 {
  let missing: f64 = f32x4.extract_lane(x, 0);
  missing += (1 - missing) * <f64>f32x4.extract_lane(x, 1);
  missing += (1 - missing) * <f64>f32x4.extract_lane(x, 2);
  return missing + (1 - missing) * <f64>f32x4.extract_lane(x, 3);
}

/** Writes a gradient's entry and adds its size to a sum. */
// @ts-ignore: decorator
@inline
function addEntry(entry: usize, sum: usize, value: f64, scale: f64): void {
  store<f32>(sum, <f32>(<f64>load<f32>(sum) + abs<f64>(value)));
  store<f32>(entry, <f32>(value * scale));
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
