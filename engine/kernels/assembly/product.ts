// Matrix products without packing or transposing a side first, for sides that are used only once.

/**
 * Adds the products of 4 rows of `a` with 8 columns of `b` to 4 by 8 sums, which begin at the numbers at `start`, or at 0
 * where that is no address, and stay in registers; writes them to `c`.
 */
// @ts-ignore: decorator
@inline
function tile8(a: usize, b: usize, c: usize, start: usize, startStep: usize, inner: u32, bStep: usize, aRow: usize, aStep: usize, relu: bool): void {
  let s0 = f32x4.splat(0), s1 = s0, t0 = s0, t1 = s0, u0 = s0, u1 = s0, w0 = s0, w1 = s0;
  if (start) {
    s0 = v128.load(start); s1 = v128.load(start, 16);
    start += startStep;
    t0 = v128.load(start); t1 = v128.load(start, 16);
    start += startStep;
    u0 = v128.load(start); u1 = v128.load(start, 16);
    start += startStep;
    w0 = v128.load(start); w1 = v128.load(start, 16);
  }
  const a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  let at: usize = 0;
  for (let k: u32 = 0; k < inner; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a + at);
    s0 = f32x4.add(s0, f32x4.mul(x, b0));
    s1 = f32x4.add(s1, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a1 + at);
    t0 = f32x4.add(t0, f32x4.mul(x, b0));
    t1 = f32x4.add(t1, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a2 + at);
    u0 = f32x4.add(u0, f32x4.mul(x, b0));
    u1 = f32x4.add(u1, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(a3 + at);
    w0 = f32x4.add(w0, f32x4.mul(x, b0));
    w1 = f32x4.add(w1, f32x4.mul(x, b1));
    b += bStep;
    at += aStep;
  }
  if (relu) {
    const zero = f32x4.splat(0);
    s0 = f32x4.max(s0, zero); s1 = f32x4.max(s1, zero);
    t0 = f32x4.max(t0, zero); t1 = f32x4.max(t1, zero);
    u0 = f32x4.max(u0, zero); u1 = f32x4.max(u1, zero);
    w0 = f32x4.max(w0, zero); w1 = f32x4.max(w1, zero);
  }
  v128.store(c, s0); v128.store(c, s1, 16);
  c += bStep;
  v128.store(c, t0); v128.store(c, t1, 16);
  c += bStep;
  v128.store(c, u0); v128.store(c, u1, 16);
  c += bStep;
  v128.store(c, w0); v128.store(c, w1, 16);
}

/** The same for one row and up to 4 columns; `b` and `start` are read to a full 4. */
// @ts-ignore: decorator
@inline
function tile4(a: usize, b: usize, c: usize, start: usize, inner: u32, bStep: usize, aStep: usize, relu: bool, columns: u32): void {
  let s = start ? v128.load(start) : f32x4.splat(0);
  for (let k: u32 = 0; k < inner; k++) {
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(a), v128.load(b)));
    b += bStep;
    a += aStep;
  }
  put(c, relu ? f32x4.max(s, f32x4.splat(0)) : s, columns);
}

/** Four rows and up to 4 columns. */
// @ts-ignore: decorator
@inline
function tile44(a: usize, b: usize, c: usize, start: usize, startStep: usize, inner: u32, bStep: usize, aRow: usize, aStep: usize, relu: bool, columns: u32): void {
  let s = f32x4.splat(0), t = s, u = s, w = s;
  if (start) {
    s = v128.load(start);
    t = v128.load(start + startStep);
    u = v128.load(start + 2 * startStep);
    w = v128.load(start + 3 * startStep);
  }
  const a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  let at: usize = 0;
  for (let k: u32 = 0; k < inner; k++) {
    const b0 = v128.load(b);
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(a + at), b0));
    t = f32x4.add(t, f32x4.mul(v128.load_splat<f32>(a1 + at), b0));
    u = f32x4.add(u, f32x4.mul(v128.load_splat<f32>(a2 + at), b0));
    w = f32x4.add(w, f32x4.mul(v128.load_splat<f32>(a3 + at), b0));
    b += bStep;
    at += aStep;
  }
  if (relu) {
    const zero = f32x4.splat(0);
    s = f32x4.max(s, zero);
    t = f32x4.max(t, zero);
    u = f32x4.max(u, zero);
    w = f32x4.max(w, zero);
  }
  put(c, s, columns);
  put(c + bStep, t, columns);
  put(c + 2 * bStep, u, columns);
  put(c + 3 * bStep, w, columns);
}

/** Stores the first `columns` numbers, 1 to 4. */
// @ts-ignore: decorator
@inline
function put(to: usize, x: v128, columns: u32): void {
  if (columns == 4) {
    v128.store(to, x);
    return;
  }
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (columns > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (columns > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/** Numbers along the inner side that are taken at once, so that 8 columns of `b` stay in the nearest cache. */
const block: u32 = 256;

/**
 * Fewer where numbers of a column of `a` lie a multiple of a large power of two apart: a nearest cache with 64 sets of at
 * least 8 lines has one set for all of them then, and would lose each line before its neighbours were read.
 */
function blockFor(aStep: usize): u32 {
  const apart = min<usize>(aStep & (~aStep + 1), 4096);
  return min(block, <u32>(32768 / apart));
}

/**
 * Writes a * b + bias, with ReLU where asked, into `to` [rows, columns]. `b` is [inner, columns]; `bias` [columns] or
 * address 0. Number (i, k) of `a` lies `aRow` * i + `aStep` * k bytes from its start, so that `a` may be stored
 * transposed. Up to 12 bytes beyond `b`, `bias` and `to` are read, and not used.
 */
export function product(
  a: usize,
  b: usize,
  bias: usize,
  to: usize,
  rows: u32,
  inner: u32,
  columns: u32,
  aRow: usize,
  aStep: usize,
  relu: bool,
): void {
  const step: usize = (<usize>columns) << 2;
  const most = blockFor(aStep);
  for (let k: u32 = 0; k < inner; k += most) {
    const some: u32 = min(inner - k, most);
    // Later blocks go on from the sums of those before.
    const start = k == 0 ? bias : to;
    const startStep: usize = k == 0 ? 0 : step;
    productOfBlock(a + k * aStep, b + k * step, start, startStep, to, rows, some, columns, aRow, aStep, relu && k + some == inner);
  }
}

function productOfBlock(
  a: usize,
  b: usize,
  start: usize,
  startStep: usize,
  to: usize,
  rows: u32,
  inner: u32,
  columns: u32,
  aRow: usize,
  aStep: usize,
  relu: bool,
): void {
  const rows4: u32 = rows & ~3;
  const columns8: u32 = columns & ~7;
  const step: usize = (<usize>columns) << 2;
  for (let j: u32 = 0; j < columns8; j += 8) {
    const at: usize = (<usize>j) << 2;
    for (let i: u32 = 0; i < rows4; i += 4) {
      const from = start ? start + i * startStep + at : 0;
      tile8(a + i * aRow, b + at, to + i * step + at, from, startStep, inner, step, aRow, aStep, relu);
    }
  }
  for (let j: u32 = columns8; j < columns; j += 4) {
    const at: usize = (<usize>j) << 2;
    const some: u32 = min(columns - j, 4);
    for (let i: u32 = 0; i < rows4; i += 4) {
      const from = start ? start + i * startStep + at : 0;
      tile44(a + i * aRow, b + at, to + i * step + at, from, startStep, inner, step, aRow, aStep, relu, some);
    }
  }
  for (let i: u32 = rows4; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j += 4) {
      const at: usize = (<usize>j) << 2;
      const from = start ? start + i * startStep + at : 0;
      tile4(a + i * aRow, b + at, to + i * step + at, from, inner, step, aStep, relu, min(columns - j, 4));
    }
  }
}
