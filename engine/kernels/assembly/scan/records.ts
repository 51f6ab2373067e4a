// Objects of one array, such as the annotations of a COCO file: the fields that are wanted go into rows of a fixed form,
// everything else is passed over. Only what is ordinary is taken. Before an object that is cut off, broken or has another
// kind of value in a wanted field the kernel stops: the first is taken with the next chunk, and of the others the scanner in
// TypeScript says what they are.
import { behindText, nextLook, nextTextMark } from "./bytes";
import { exact, isAtom, number, plainLength, value } from "./numbers";

const quote: u8 = 0x22;
const backslash: u8 = 0x5c;
const openArray: u8 = 0x5b;
const closeArray: u8 = 0x5d;
const openObject: u8 = 0x7b;
const closeObject: u8 = 0x7d;
const comma: u8 = 0x2c;
const colon: u8 = 0x3a;

/** Brackets deeper than this are left to the scanner in TypeScript. */
const deepest: i32 = 60;

// A field of the table: its kind, the length of its name, and 32 bytes with the name, which has at most 31.
const fieldBytes: usize = 48;
const numbersKind: u32 = 1;
const mostFields: usize = 16;
/** Instead of a field, that the object ended. */
const noField: u32 = 0xffffffff;

// Behind the table, gaps: what stood in front of each value of the last object, and behind its last one. 32 bytes, a bit for
// each of them that counts, how many do, and the field.
const gapsAt: usize = fieldBytes * mostFields;
const gapMaskAt: usize = 32;
const gapLengthAt: usize = 36;
const gapFieldAt: usize = 40;
const gapBytes: usize = 48;
const longestGap: u32 = 32;
/** Names from this one on share one gap. */
const lastGapAt: usize = gapsAt + gapBytes * 31;

// A row: place of the object and of its end, a bit for each field that it has; then for each field its place and end, how
// many numbers it has, whether they are exact, and the first four. A text is one number that is none.
const rowHead: usize = 16;
const rowField: usize = 48;
const exactly: u32 = 1;
const asText: u32 = 2;
const asTextWithEscapes: u32 = 3;

/** Where the kernel stopped: behind the last object taken. */
export let stopped: usize = 0;

/**
 * Takes objects from `from` on, which is behind an object of the array, until one is not ordinary, `to` is reached or
 * there are `limit` rows at `rows`. Returns how many it took. Places in rows count from `origin`.
 */
export function records(
  from: usize,
  to: usize,
  origin: usize,
  table: usize,
  fields: u32,
  rows: usize,
  limit: u32,
): u32 {
  const size = rowHead + rowField * fields;
  let count: u32 = 0;
  let p = from;
  while (count < limit) {
    let at = blanks(p, to);
    if (load<u8>(at) != comma) break;
    at = blanks(at + 1, to);
    if (at >= to || load<u8>(at) != openObject) break;
    const end = record(at, to, origin, table, fields, rows + size * count);
    if (end == 0 || end > to) break;
    p = end;
    count++;
  }
  stopped = p;
  return count;
}

/** Takes the object at `from` into the row; the place behind it, or 0. */
function record(from: usize, to: usize, origin: usize, table: usize, fields: u32, row: usize): usize {
  const wanted: u32 = (1 << fields) - 1;
  let seen: u32 = 0;
  let gap = table + gapsAt;
  let p = from;
  for (;;) {
    // Objects of an array mostly have the same names in the same order, with the same blanks: what was between the values
    // of the last one is expected here, too.
    const expected: u32 = load<u32>(gap, gapMaskAt);
    let field: u32;
    if (expected != 0 && (sameBytes(p, gap) & expected) == expected) {
      p += load<u32>(gap, gapLengthAt);
      field = load<u32>(gap, gapFieldAt);
    } else {
      const at = p;
      p = behindName(at, to, at == from, table, fields);
      if (p == 0) return 0;
      field = named;
      noteGap(gap, at, p, field);
    }
    if (field == noField) break;
    if (p >= to) return 0;
    if (field < fields) {
      p = take(p, to, origin, load<u32>(table + fieldBytes * field), row + rowHead + rowField * field);
      seen |= 1 << field;
    } else p = skipped(p, to);
    if (p == 0) return 0;
    if (seen == wanted) {
      p = closing(p, to, 0, 1);
      break;
    }
    if (gap < table + lastGapAt) gap += gapBytes;
  }
  store<u32>(row, <u32>(from - origin));
  store<u32>(row, <u32>(p - origin), 4);
  store<u32>(row, seen, 8);
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

/** Remembers what stood between two values, where it is short. */
function noteGap(gap: usize, from: usize, to: usize, field: u32): void {
  const length = <u32>(to - from);
  if (length > longestGap) return;
  v128.store(gap, v128.load(from));
  v128.store(gap, v128.load(from, 16), 16);
  store<u32>(gap, length == 32 ? 0xffffffff : (1 << length) - 1, gapMaskAt);
  store<u32>(gap, length, gapLengthAt);
  store<u32>(gap, field, gapFieldAt);
}

/** The field of the name that `behindName` passed, `fields` where none is wanted, or `noField` where the object ended. */
let named: u32 = 0;

/** Place of the value behind the next name of an object, or behind its end; `from` is at its start or behind a value. Else 0. */
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

/** Takes the value at `from` of a wanted field; the place behind it, or 0. */
function take(from: usize, to: usize, origin: usize, kind: u32, cell: usize): usize {
  let p = from;
  let count: u32 = 0;
  let how = exactly;
  if (kind == numbersKind) {
    if (load<u8>(p) != openArray) return 0;
    p = blanks(p + 1, to);
    if (load<u8>(p) == closeArray) p++;
    else {
      for (;;) {
        p = number(p);
        if (p == 0 || p >= to) return 0;
        if (count < 4) store<f64>(cell + 16 + 8 * count, value);
        if (!exact) how = 0;
        count++;
        p = blanks(p, to);
        const byte = load<u8>(p);
        p++;
        if (byte == closeArray) break;
        if (byte != comma) return 0;
        p = blanks(p, to);
      }
    }
  } else if (load<u8>(p) == quote) {
    const end = behindText(p + 1, to);
    if (end > to) return 0;
    how = hasEscape(p + 1, end) ? asTextWithEscapes : asText;
    p = end;
    store<f64>(cell, NaN, 16);
    count = 1;
  } else {
    p = number(p);
    if (p == 0 || p >= to || !exact) return 0;
    store<f64>(cell, value, 16);
    count = 1;
  }
  store<u32>(cell, <u32>(from - origin));
  store<u32>(cell, <u32>(p - origin), 4);
  store<u32>(cell, count, 8);
  store<u32>(cell, how, 12);
  return p;
}

function hasEscape(from: usize, to: usize): bool {
  return nextTextMark(from, to) < to - 1;
}

/** Passes over the value at `from`; the place behind it, or 0. */
function skipped(from: usize, to: usize): usize {
  const byte = load<u8>(from);
  if (byte == quote) return behindText(from + 1, to);
  if (byte == openArray) return closing(from + 1, to, 1, 1);
  if (byte == openObject) return closing(from + 1, to, 0, 1);
  let p = from + plainLength(from);
  while (p < to && isAtom(load<u8>(p))) p++;
  const start: u32 = byte == 0x2d ? load<u8>(from + 1) : byte;
  if (start - 0x30 <= 9) return p;
  const length = p - from;
  if (length == 4) {
    const word = load<u32>(from);
    return word == 0x65757274 || word == 0x6c6c756e ? p : 0;
  }
  return length == 5 && load<u32>(from) == 0x736c6166 && load<u8>(from, 4) == 0x65 ? p : 0;
}

/**
 * The place behind the bracket that closes what is open, 0 where something is wrong, or a place beyond `to`. `arrays` has
 * a bit for each of the `open` brackets, the innermost lowest, set for arrays.
 */
function closing(from: usize, to: usize, arrays: u64, open: i32): usize {
  let p = from;
  let kinds = arrays;
  let depth = open;
  while (p < to) {
    let byte = load<u8>(p);
    // Brackets often stand side by side; what else has the bits that they share is left to TypeScript below.
    if ((byte & 0xd9) != 0x59) {
      p = nextLook(p, to);
      if (p >= to) return to + 1;
      byte = load<u8>(p);
    }
    p++;
    if (byte == quote) p = behindText(p, to);
    else if (byte == openArray || byte == openObject) {
      if (depth == deepest) return 0;
      depth++;
      kinds = (kinds << 1) | (byte == openArray ? 1 : 0);
    } else if (byte == closeArray || byte == closeObject) {
      if ((kinds & 1) != (byte == closeArray ? 1 : 0)) return 0;
      kinds >>= 1;
      depth--;
      if (depth == 0) return p;
    } else return 0;
  }
  return to + 1;
}

/** Place of the next byte that is no white space, at most `to`: here or behind one blank, as nearly always, or farther. */
// @ts-ignore: decorator
@inline
function blanks(from: usize, to: usize): usize {
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
