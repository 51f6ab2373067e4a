// Bytes by sixteens. All functions get the place to start from and the end of what may be looked at; loads may reach
// up to 64 bytes beyond it, where memory is always there, and what they find there is never used.

const quote: u8 = 0x22;
const backslash: u8 = 0x5c;
const lineFeed: u8 = 0x0a;

// Bytes that need no look while a JSON value is passed over, "0123456789+-.eE \t\r\n,:truefalsnity", by the two halves of
// a byte: those whose upper half stands in the same group differ in the lower one.
const lower: v128 = i8x16(6, 20, 36, 36, 36, 60, 20, 4, 4, 53, 5, 2, 18, 3, 18, 0);
const upper: v128 = i8x16(1, 0, 2, 4, 8, 0, 16, 32, 0, 0, 0, 0, 0, 0, 0, 0);

/** 0xff for each byte that needs a look. */
// @ts-ignore: decorator
@inline
function look(bytes: v128): v128 {
  const low = i8x16.swizzle(lower, v128.and(bytes, i8x16.splat(0x0f)));
  const high = i8x16.swizzle(upper, i8x16.shr_u(bytes, 4));
  return i8x16.eq(v128.and(low, high), i8x16.splat(0));
}

/** Place of the next byte that needs a look, or a place from `to` on. */
// @ts-ignore: decorator
@inline
export function nextLook(from: usize, to: usize): usize {
  let p = from;
  while (p < to) {
    const found = i8x16.bitmask(look(v128.load(p)));
    if (found) return p + ctz(found);
    p += 16;
    while (p < to) {
      const a = look(v128.load(p));
      const b = look(v128.load(p, 16));
      const c = look(v128.load(p, 32));
      const d = look(v128.load(p, 48));
      if (v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) {
        const near = <u64>i8x16.bitmask(a) | (<u64>i8x16.bitmask(b) << 16);
        const far = <u64>i8x16.bitmask(c) | (<u64>i8x16.bitmask(d) << 16);
        return p + <usize>ctz(near | (far << 32));
      }
      p += 64;
    }
  }
  return p;
}

// @ts-ignore: decorator
@inline
function textMarks(bytes: v128): v128 {
  return v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash)));
}

/** Place of the next quote or backslash, or a place from `to` on. */
// @ts-ignore: decorator
@inline
export function nextTextMark(from: usize, to: usize): usize {
  let p = from;
  while (p < to) {
    const found = i8x16.bitmask(textMarks(v128.load(p)));
    if (found) return p + ctz(found);
    p += 16;
  }
  return p;
}

/** Place behind the quote that ends the text which is open at `from`, or a place beyond `to`. */
export function behindText(from: usize, to: usize): usize {
  let p = from;
  while (p < to) {
    p = nextTextMark(p, to);
    if (load<u8>(p) == quote) return p + 1;
    p += 2;
  }
  return to + 1;
}

/** Place of the next byte that is no white space, at most `to`: here or behind one blank, as nearly always, or farther. */
// @ts-ignore: decorator
@inline
export function blanks(from: usize, to: usize): usize {
  if (load<u8>(from) > 0x20) return min(from, to);
  return load<u8>(from + 1) > 0x20 && load<u8>(from) == 0x20 ? min(from + 1, to) : manyBlanks(from, to);
}

function manyBlanks(from: usize, to: usize): usize {
  let p = from;
  while (p < to) {
    const byte = load<u8>(p);
    if (byte > 0x20 || !(byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09)) break;
    p++;
  }
  return p;
}

/** Whether there is a line feed or a byte above 0x7f. */
export function hasLineOrWide(from: usize, to: usize): bool {
  const feed = i8x16.splat(lineFeed);
  let p = from;
  for (; p + 64 <= to; p += 64) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    const feeds = v128.or(
      v128.or(i8x16.eq(a, feed), i8x16.eq(b, feed)),
      v128.or(i8x16.eq(c, feed), i8x16.eq(d, feed)),
    );
    const wide = v128.or(v128.or(a, b), v128.or(c, d));
    if (i8x16.bitmask(v128.or(feeds, wide))) return true;
  }
  for (; p < to; p++) {
    const byte = load<u8>(p);
    if (byte == lineFeed || byte > 0x7f) return true;
  }
  return false;
}

/** How many line feeds there are. */
export function lineFeeds(from: usize, to: usize): u32 {
  const feed = i8x16.splat(lineFeed);
  let count: u32 = 0;
  let p = from;
  for (; p + 16 <= to; p += 16) count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(p), feed)));
  for (; p < to; p++) count += load<u8>(p) == lineFeed ? 1 : 0;
  return count;
}

/** UTF-16 units of UTF-8 bytes: one a character, two where it takes four bytes. */
export function utf16Units(from: usize, to: usize): u32 {
  let units: u32 = 0;
  let p = from;
  for (; p + 16 <= to; p += 16) {
    const bytes = v128.load(p);
    // Continuation bytes are the least when taken as signed numbers.
    const starts = i8x16.bitmask(i8x16.ge_s(bytes, i8x16.splat(-64)));
    units += popcnt(starts) + popcnt(i8x16.bitmask(i8x16.ge_u(bytes, i8x16.splat(<i8>0xf0))));
  }
  for (; p < to; p++) {
    const byte = load<u8>(p);
    if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
