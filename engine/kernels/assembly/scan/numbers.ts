// Numbers of JSON that are plain, eight digits at a time.

/** What `number` read: the value, and whether it is the nearest double. */
export let value: f64 = 0;
export let exact: bool = true;

/** Reads the number at `from`; the place behind it, or 0 where it is no plain number of digits and a point. */
export function number(from: usize): usize {
  let p = from;
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  const whole = digitsOf(load<u64>(p));
  const length = lengthOf(whole);
  if (length == 8) return longNumber(p, negative);
  if (length == 0 || (length > 1 && load<u8>(p) == 0x30)) return 0;
  let size = <f64>valueOf(whole, length);
  p += length;
  if (load<u8>(p) == 0x2e) {
    const part = digitsOf(load<u64>(p, 1));
    const places = lengthOf(part);
    if (places == 8) return longNumber(p - length, negative);
    if (places == 0) return 0;
    p += 1 + places;
    // Both are exact below 2^53 and 10^22, so their quotient is the nearest double.
    const scale = power(places);
    size = (size * scale + <f64>valueOf(part, places)) / scale;
  }
  if (isAtom(load<u8>(p))) return 0;
  exact = true;
  value = negative ? -size : size;
  return p;
}

/** Eight bytes, digits among them as the numbers that they are, the first lowest. */
// @ts-ignore: decorator
@inline
function digitsOf(bytes: u64): u64 {
  return bytes ^ 0x3030303030303030;
}

/** How many of eight bytes are digits, from the lowest on. */
// @ts-ignore: decorator
@inline
function lengthOf(digits: u64): u32 {
  // Sets the highest bit of what is above nine; what that carries to others comes behind the first of them.
  const others = (digits | (digits + 0x7676767676767676)) & 0x8080808080808080;
  return others == 0 ? 8 : <u32>(ctz(others) >> 3);
}

/** The number that the first digits are, 1 to 8 of them: pairs, then fours, then all at once. */
// @ts-ignore: decorator
@inline
function valueOf(digits: u64, length: u32): u64 {
  const ones = digits << (64 - (<u64>length << 3));
  const pairs = (ones * 2561) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((fours & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/** What `number` reads, from behind its sign and digit by digit: numbers with eight digits or more on a side of the point. */
function longNumber(from: usize, negative: bool): usize {
  let p = from;
  let digits: u64 = 0;
  let digit: u32 = <u32>load<u8>(p) - 0x30;
  if (digit == 0) {
    p++;
    digit = <u32>load<u8>(p) - 0x30;
    if (digit <= 9) return 0;
  } else {
    while (digit <= 9) {
      digits = digits * 10 + digit;
      p++;
      digit = <u32>load<u8>(p) - 0x30;
    }
  }
  let length = p - from;
  let places: usize = 0;
  if (load<u8>(p) == 0x2e) {
    p++;
    const point = p;
    digit = <u32>load<u8>(p) - 0x30;
    while (digit <= 9) {
      digits = digits * 10 + digit;
      p++;
      digit = <u32>load<u8>(p) - 0x30;
    }
    places = p - point;
    if (places == 0) return 0;
    length += places;
  }
  if (isAtom(load<u8>(p))) return 0;
  exact = length <= 15;
  const size = exact ? <f64>digits / power(<u32>places) : 0;
  value = negative ? -size : size;
  return p;
}

/** Ten to the power of 0 to 15, which is exact, and without a branch that lengths of numbers would mislead. */
// @ts-ignore: decorator
@inline
function power(places: u32): f64 {
  const few = (places & 1 ? 10.0 : 1.0) * (places & 2 ? 100.0 : 1.0);
  return few * (places & 4 ? 1e4 : 1.0) * (places & 8 ? 1e8 : 1.0);
}

/** How many of the next 16 bytes are digits, points and signs, as plain numbers have them, from the first on. */
// @ts-ignore: decorator
@inline
export function plainLength(from: usize): usize {
  const bytes = v128.load(from);
  const near = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x2d)), i8x16.splat(12));
  const others = i8x16.bitmask(v128.or(v128.not(near), i8x16.eq(bytes, i8x16.splat(0x2f))));
  return <usize>ctz(others | 0x10000);
}

/** Whether numbers and words consist of such bytes. */
// @ts-ignore: decorator
@inline
export function isAtom(byte: u8): bool {
  const letter: u8 = (byte | 0x20) - 0x61;
  return letter < 26 || <u8>(byte - 0x30) < 10 || byte == 0x2b || byte == 0x2d || byte == 0x2e;
}
