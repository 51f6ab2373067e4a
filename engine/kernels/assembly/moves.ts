// What losses do to the logits [rows, stride] before the softmax, in place and less a constant for each row, which a softmax
// does not feel. All take the same arguments: `labels` are 32-bit integers, `firstRow` is the place of the first row in
// the batch. The filling up to the stride is far below every logit; rows to be left out are not written.
import { exp4, ignored, largestOf, log, sum4 } from "./lanes";

/**
 * Seesaw loss: x + min(0, a_k - a_l) + max(0, q (x - x_l)) for all columns but the label's, with
 * x = logits - log sum e^logits, x_l of the label but at least `floor`, and a in `powers` [stride].
 */
export function seesawRows(
  logits: usize,
  powers: usize,
  labels: usize,
  rows: u32,
  stride: u32,
  _firstRow: u32,
  q: f64,
  floor: f64,
): void {
  const bytes: usize = (<usize>stride) << 2;
  const zero = f32x4.splat(0);
  const steepness = f32x4.splat(<f32>q);
  for (let row: u32 = 0; row < rows; row++, logits += bytes) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    if (label == ignored) continue;
    const largest = largestOf(logits, bytes);
    const base = f32x4.splat(largest);
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(logits + k), base)));
    }
    // Shifted by the largest first: near it the logits keep their digits.
    const rest = <f32>log(sum4(sum));
    const logSum = f32x4.splat(rest);
    const own: usize = (<usize>label) << 2;
    const x: f32 = load<f32>(logits + own) - largest - rest;
    const ofLabel = f32x4.splat(max<f32>(x, <f32>floor));
    const power = f32x4.splat(load<f32>(powers + own));
    for (let k: usize = 0; k < bytes; k += 16) {
      const z = f32x4.sub(f32x4.sub(v128.load(logits + k), base), logSum);
      const mitigation = f32x4.pmin(f32x4.sub(v128.load(powers + k), power), zero);
      const compensation = f32x4.pmax(f32x4.mul(steepness, f32x4.sub(z, ofLabel)), zero);
      v128.store(logits + k, f32x4.add(f32x4.add(z, mitigation), compensation));
    }
    store<f32>(logits + own, x);
  }
}

/** LDAM: s (z - m y), with one margin m a class in `margins` [stride]. */
export function marginRows(
  logits: usize,
  margins: usize,
  labels: usize,
  rows: u32,
  stride: u32,
  _firstRow: u32,
  scale: f64,
  _: f64,
): void {
  const bytes: usize = (<usize>stride) << 2;
  const factor = f32x4.splat(<f32>scale);
  for (let row: u32 = 0; row < rows; row++, logits += bytes) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    if (label == ignored) continue;
    const own: usize = (<usize>label) << 2;
    const largest = largestOf(logits, bytes);
    // Near the largest the logits keep their digits, which the scale would take.
    const ofLabel: f32 = <f32>scale * (load<f32>(logits + own) - largest - load<f32>(margins + own));
    const base = f32x4.splat(largest);
    for (let k: usize = 0; k < bytes; k += 16) {
      v128.store(logits + k, f32x4.mul(factor, f32x4.sub(v128.load(logits + k), base)));
    }
    store<f32>(logits + own, ofLabel);
  }
}

/**
 * Softmax-EQL of 2020: -Infinity where `rare` [stride] is 1, the column is not the label's, and the mixed bits of step,
 * row and column, taken as a number below 2^32, lie below `limit`. `key` holds the bits of the step.
 */
export function thinnedRows(
  logits: usize,
  rare: usize,
  labels: usize,
  rows: u32,
  stride: u32,
  firstRow: u32,
  key: f64,
  limit: f64,
): void {
  const bytes: usize = (<usize>stride) << 2;
  const all = limit >= 4294967296;
  const bound = i32x4.splat(all ? -1 : <i32>(<u32>ceil(limit)));
  const ofStep = <i32>key;
  const zero = f32x4.splat(0);
  const gone = f32x4.splat(-Infinity);
  for (let row: u32 = 0; row < rows; row++, logits += bytes) {
    const label = load<i32>(labels + ((<usize>row) << 2));
    if (label == ignored) continue;
    const own: usize = (<usize>label) << 2;
    const ofLabel = load<f32>(logits + own);
    const ofRow = i32x4.splat(mix(ofStep ^ <i32>(firstRow + row)));
    let columns = i32x4(0, 1, 2, 3);
    for (let k: usize = 0; k < bytes; k += 16) {
      const isRare = f32x4.ne(v128.load(rare + k), zero);
      if (v128.any_true(isRare)) {
        const below = all ? isRare : v128.and(isRare, i32x4.lt_u(mix4(v128.xor(ofRow, columns)), bound));
        v128.store(logits + k, v128.bitselect(gone, v128.load(logits + k), below));
      }
      columns = i32x4.add(columns, i32x4.splat(4));
    }
    store<f32>(logits + own, ofLabel);
  }
}

/** Mixes 32 bits so that neighbours share nothing: the finaliser of splitmix32, after an odd increment. */
function mix(x: i32): i32 {
  let word = x + 0x9e3779b9;
  word = (word ^ (word >>> 16)) * 0x21f0aaad;
  word = (word ^ (word >>> 15)) * 0x735a2d97;
  return word ^ (word >>> 15);
}

// @ts-ignore: decorator
@inline
function mix4(x: v128): v128 {
  let word = i32x4.add(x, i32x4.splat(0x9e3779b9));
  word = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 16)), i32x4.splat(0x21f0aaad));
  word = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 15)), i32x4.splat(0x735a2d97));
  return v128.xor(word, i32x4.shr_u(word, 15));
}
