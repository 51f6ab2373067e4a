// Objects of one array, such as the annotations of a COCO file: the fields that are wanted go into rows of a fixed form,
// everything else is passed over. Only what is ordinary is taken. Before an object that is cut off, broken or has another
// kind of value in a wanted field the kernel stops: the first is taken with the next chunk, and of the others the scanner in
// TypeScript says what they are.
import { behindText, blanks, nextLook, nextTextMark } from "./bytes";
import { firstGap, kindOf, named, nextGap, noField, toValue } from "./names";
import { exact, isAtom, number, plainLength, value } from "./numbers";

const quote: u8 = 0x22;
const openArray: u8 = 0x5b;
const closeArray: u8 = 0x5d;
const openObject: u8 = 0x7b;
const closeObject: u8 = 0x7d;
const comma: u8 = 0x2c;

/** The kind of a field whose value is a list of numbers. */
const numbersKind: u32 = 1;
/** Brackets deeper than this are left to the scanner in TypeScript. */
const deepest: i32 = 60;

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
  let p = from;
  for (let gap = firstGap(table); ; gap = nextGap(gap, table)) {
    p = toValue(p, to, p == from, gap, table, fields);
    if (p == 0) return 0;
    const field = named;
    if (field == noField) break;
    if (p >= to) return 0;
    if (field < fields) {
      p = take(p, to, origin, kindOf(field, table), row + rowHead + rowField * field);
      seen |= 1 << field;
    } else p = skipped(p, to);
    if (p == 0) return 0;
    if (seen == wanted) {
      p = closing(p, to, 0, 1);
      break;
    }
  }
  store<u32>(row, <u32>(from - origin));
  store<u32>(row, <u32>(p - origin), 4);
  store<u32>(row, seen, 8);
  return p;
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
