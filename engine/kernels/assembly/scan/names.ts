// Names in the objects of one array, and the table of the fields that are wanted.
import { behindText, blanks } from "./bytes";

const quote: u8 = 0x22;
const backslash: u8 = 0x5c;
const closeObject: u8 = 0x7d;
const comma: u8 = 0x2c;
const colon: u8 = 0x3a;

// A field of the table: its kind, the length of its name, and 32 bytes with the name, which has at most 31.
const fieldBytes: usize = 48;
const mostFields: usize = 16;

// Behind the table, gaps: what stood in front of each value of the last object, and behind its last one. 32 bytes, a bit for
// each of them that counts, how many do, and the field. Objects of an array mostly have the same names in the same order,
// with the same blanks, so that a gap is expected where it was.
const gapsAt: usize = fieldBytes * mostFields;
const gapBytes: usize = 48;
const maskAt: usize = 32;
const lengthAt: usize = 36;
const fieldAt: usize = 40;
const longestGap: u32 = 32;
/** Names from this one on share one gap. */
const lastGapAt: usize = gapsAt + gapBytes * 31;

/** Instead of a field, that the object ended. */
export const noField: u32 = 0xffffffff;
/** The field of the name that was passed last, how many fields there are where it is not wanted, or `noField`. */
export let named: u32 = 0;

/** What kind of value is wanted of a field. */
// @ts-ignore: decorator
@inline
export function kindOf(field: u32, table: usize): u32 {
  return load<u32>(table + fieldBytes * field);
}

/** The gap in front of the first value of an object. */
// @ts-ignore: decorator
@inline
export function firstGap(table: usize): usize {
  return table + gapsAt;
}

// @ts-ignore: decorator
@inline
export function nextGap(gap: usize, table: usize): usize {
  return gap < table + lastGapAt ? gap + gapBytes : gap;
}

/** Place of the value behind the next name of an object, or behind its end; `from` is at its start or behind a value. Else 0. */
// @ts-ignore: decorator
@inline
export function toValue(from: usize, to: usize, isStart: bool, gap: usize, table: usize, fields: u32): usize {
  const expected: u32 = load<u32>(gap, maskAt);
  if (expected != 0 && (sameBytes(from, gap) & expected) == expected) {
    named = load<u32>(gap, fieldAt);
    return from + load<u32>(gap, lengthAt);
  }
  const p = behindName(from, to, isStart, table, fields);
  if (p != 0) noteGap(gap, from, p);
  return p;
}

/** A bit for each of 32 bytes that is the same as in the gap. */
// @ts-ignore: decorator
@inline
function sameBytes(at: usize, gap: usize): u32 {
  const near: u32 = i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(gap)));
  const far: u32 = i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(gap, 16)));
  return near | (far << 16);
}

/** Remembers what stood in front of the name that was passed, with it, where that is short. */
function noteGap(gap: usize, from: usize, to: usize): void {
  const length = <u32>(to - from);
  if (length > longestGap) return;
  v128.store(gap, v128.load(from));
  v128.store(gap, v128.load(from, 16), 16);
  store<u32>(gap, length == 32 ? 0xffffffff : (1 << length) - 1, maskAt);
  store<u32>(gap, length, lengthAt);
  store<u32>(gap, named, fieldAt);
}

/** The same where something else stands in between than in the object before. */
function behindName(from: usize, to: usize, isStart: bool, table: usize, fields: u32): usize {
  let p = isStart ? blanks(from + 1, to) : blanks(from, to);
  if (p < to && load<u8>(p) == closeObject) {
    named = noField;
    return p + 1;
  }
  if (!isStart) {
    if (p >= to || load<u8>(p) != comma) return 0;
    p = blanks(p + 1, to);
  }
  if (p >= to || load<u8>(p) != quote) return 0;
  const text = v128.load(p + 1);
  const quotes = i8x16.bitmask(i8x16.eq(text, i8x16.splat(quote)));
  const escapes = i8x16.bitmask(i8x16.eq(text, i8x16.splat(backslash)));
  named = fields;
  if (quotes != 0) {
    const length = ctz(quotes);
    if (escapes & ((1 << length) - 1)) return 0;
    named = fieldOf(text, length, table, fields);
    p += 2 + length;
  } else {
    if (escapes) return 0;
    const more = v128.load(p + 17);
    const moreQuotes = i8x16.bitmask(i8x16.eq(more, i8x16.splat(quote)));
    const moreEscapes = i8x16.bitmask(i8x16.eq(more, i8x16.splat(backslash)));
    if (moreQuotes != 0) {
      const length = ctz(moreQuotes);
      if (moreEscapes & ((1 << length) - 1)) return 0;
      named = longFieldOf(text, more, 16 + length, table, fields);
      p += 18 + length;
    } else {
      if (moreEscapes) return 0;
      p = behindText(p + 17, to);
    }
  }
  p = blanks(p, to);
  if (p >= to || load<u8>(p) != colon) return 0;
  p = blanks(p + 1, to);
  return p < to ? p : 0;
}

/** Position in the table of the name in front of the quote at `length`, or `fields`. */
// @ts-ignore: decorator
@inline
function fieldOf(text: v128, length: u32, table: usize, fields: u32): u32 {
  let at = table;
  for (let field: u32 = 0; field < fields; field++) {
    if (load<u32>(at, 4) == length) {
      const same = i8x16.bitmask(i8x16.eq(text, v128.load(at, 16)));
      const needed = (1 << length) - 1;
      if ((same & needed) == needed) return field;
    }
    at += fieldBytes;
  }
  return fields;
}

/** The same for a name of 16 to 31 bytes, whose rest stands in `more`. */
// @ts-ignore: decorator
@inline
function longFieldOf(text: v128, more: v128, length: u32, table: usize, fields: u32): u32 {
  let at = table;
  for (let field: u32 = 0; field < fields; field++) {
    if (load<u32>(at, 4) == length && i8x16.all_true(i8x16.eq(text, v128.load(at, 16)))) {
      const same = i8x16.bitmask(i8x16.eq(more, v128.load(at, 32)));
      const needed = (1 << (length - 16)) - 1;
      if ((same & needed) == needed) return field;
    }
    at += fieldBytes;
  }
  return fields;
}
