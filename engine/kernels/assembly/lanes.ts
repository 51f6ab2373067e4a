// Arithmetic on four columns at a time in 32 bits, and what the language's own would bring tables for.

// One call a row; the language's own would bring tables, which have no place on a borrowed heap.
// @ts-ignore: decorator
@external("env", "exp")
export declare function exp(x: f64): f64;
// @ts-ignore: decorator
@external("env", "log")
export declare function log(x: f64): f64;
// @ts-ignore: decorator
@external("env", "log1p")
export declare function log1p(x: f64): f64;

/** The label of a row that is left out. */
export const ignored: i32 = -100;
const least: f32 = -87.3;

/** e^x; 0 below -87.3. At most 2 units in the last place off. */
// @ts-ignore: decorator
@inline
export function exp4(from: v128): v128 {
  // pmin and pmax are one instruction each and give their first operand back where it is NaN.
  const x = f32x4.pmin(f32x4.pmax(from, f32x4.splat(least)), f32x4.splat(88.3));
  // Added to 1.5 * 2^23 a number is rounded, and its last bits are the integer: cheaper than to round and convert it.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693145752)));
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(1.42860677e-6)));
  let p = f32x4.splat(1.987569150e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(from, f32x4.splat(least)));
}

/** log(1 + e) for e in [0, 1], exact also where e is tiny: 2 artanh(e / (2 + e)). */
// @ts-ignore: decorator
@inline
export function log1p4(e: v128): v128 {
  const s = f32x4.div(e, f32x4.add(e, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(1.0 / 15);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 13));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 11));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 9));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 7));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 5));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.0 / 3));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1));
  return f32x4.mul(f32x4.add(s, s), p);
}

// @ts-ignore: decorator
@inline
export function sum4(x: v128): f64 {
  const first = <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1);
  return first + (<f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3));
}

// @ts-ignore: decorator
@inline
export function max4(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** The largest of a row; NaN is passed over. */
// @ts-ignore: decorator
@inline
export function largestOf(row: usize, bytes: usize): f32 {
  let top = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < bytes; k += 16) top = f32x4.pmax(top, v128.load(row + k));
  return max4(top);
}
