// Lines of a path and a label that is a number, counted where the bytes lie. Only what is ordinary is taken: before a line
// that is not, or whose label is not bound yet, the kernel stops, and the reader in TypeScript says what it is. Loads may
// reach up to 64 bytes beyond what is looked at, where memory is always there.
import { takeBytes } from "./arena";
import { addTo, mixed, newSet, sizeOf, touched } from "./numberSet";

const lineFeed: u8 = 0x0a;
const carriageReturn: u8 = 0x0d;
const blank: u8 = 0x20;
const tab: u8 = 0x09;
const slash: u8 = 0x2f;
const backslash: u8 = 0x5c;
const sign: u8 = 0x23;

/** Labels and slots from here on are left to others. */
const directLabels: u32 = 1 << 16;
const longestNumber: usize = 7;
/** Folders longer than this are compared by others. */
const longestFolder: usize = 240;

// Doubles that tell what was found: how many samples came again, the span of the first that did, and whether there were
// more samples than are compared.
const facts: usize = 1024;
const beyondAt: usize = 24;
/** What was loaded ahead, so that it is not left out as of no use. */
const touchedAt: usize = 32;

// Samples wait in groups, by the first bits of their hash, until there are so many of a group that what is remembered of it
// is worth being brought near: hash, and place with length.
const groupBits: u64 = 8;
const groups: usize = 1 << 8;
const mostWaiting: u32 = 1024;
const waitingBytes: usize = 16;
const together: u32 = 32;
const lengthBits: u64 = 20;

/** Of a slot: how many lines, whether a folder differs, length and bytes of the folder. */
const slotBytes: usize = 256;
const differsAt: usize = 4;
const lengthAt: usize = 8;
const folderAt: usize = 12;

let seen: usize = 0;
let mostSeen: u32 = 0;
let labels: usize = 0;
let slots: usize = 0;
/** Samples that wait, group by group, and how many of each. */
let waiting: usize = 0;
let waits: usize = 0;
let near: u64 = 0;

/** Begins a list; repeated samples are looked for among the first `most`. Returns the address of the facts. */
export function openLines(most: u32): usize {
  mostSeen = most;
  seen = newSet();
  waits = takeBytes(groups << 2);
  waiting = most == 0 ? 0 : takeBytes(groups * <usize>mostWaiting * waitingBytes);
  labels = takeBytes((<usize>directLabels) << 2);
  slots = takeBytes((<usize>directLabels) << 2);
  return facts;
}

/** From now on lines with this label are counted at this slot, whose first folder has so many bytes at `folder`. */
export function bindLabel(label: u32, slot: u32, folder: usize, length: usize): void {
  if (label >= directLabels || slot >= directLabels || length > longestFolder) return;
  const at = takeBytes(slotBytes);
  store<u32>(at, <u32>length, lengthAt);
  memory.copy(at + folderAt, folder, length);
  store<u32>(slots + ((<usize>slot) << 2), <u32>at);
  store<u32>(labels + ((<usize>label) << 2), slot + 1);
}

/** How many lines were counted at a slot. */
export function linesAt(slot: u32): u32 {
  const at: usize = slot < directLabels ? load<u32>(slots + ((<usize>slot) << 2)) : 0;
  return at == 0 ? 0 : load<u32>(at);
}

/** Whether lines counted at a slot have another folder than the first. */
export function foldersDiffer(slot: u32): bool {
  const at: usize = slot < directLabels ? load<u32>(slots + ((<usize>slot) << 2)) : 0;
  return at != 0 && load<u32>(at, differsAt) != 0;
}

/** A hash of bytes and a slot. */
function hashOf(from: usize, to: usize, slot: u32): u64 {
  let bits: u64 = (<u64>slot + 1) * 0x9e3779b97f4a7c15 ^ <u64>(to - from);
  let p = from;
  for (; p + 8 <= to; p += 8) bits = step(bits, load<u64>(p));
  const rest = to - p;
  if (rest > 0) bits = step(bits, load<u64>(p) & (((<u64>1) << (<u64>rest << 3)) - 1));
  return mixed(bits) >> 1;
}

// @ts-ignore: decorator
@inline
function step(bits: u64, word: u64): u64 {
  return rotl((bits ^ (rotl(word * 0x87c37b91114253d5, 31) * 0x4cf5ad432745937f)), 27) * 5 + 0x52dce729;
}

/** Takes the sample named by the bytes, which stands at the place. */
export function addSample(from: usize, to: usize, slot: u32, start: f64, end: f64): void {
  if (mostSeen != 0) wait(hashOf(from, to, slot), <u64>start, <u64>(end - start));
}

// @ts-ignore: decorator
@inline
function wait(hash: u64, start: u64, length: u64): void {
  const bits = mixed(hash);
  const group = <usize>(bits >> (64 - groupBits));
  const count = load<u32>(waits + (group << 2));
  const at = waiting + (group * <usize>mostWaiting + <usize>count) * waitingBytes;
  store<u64>(at, hash);
  store<u64>(at, (start << lengthBits) | (length & ((1 << lengthBits) - 1)), 8);
  store<u32>(waits + (group << 2), count + 1);
  if (count + 1 == mostWaiting) takeGroup(group);
}

/** Takes the samples of a group that wait. */
function takeGroup(group: usize): void {
  const count = load<u32>(waits + (group << 2));
  const first = waiting + group * <usize>mostWaiting * waitingBytes;
  for (let from: u32 = 0; from < count; from += together) {
    const to = min(count, from + together);
    // Loads that do not wait for each other.
    for (let i = from; i < to; i++) near ^= touched(seen, mixed(load<u64>(first + <usize>i * waitingBytes)));
    for (let i = from; i < to; i++) {
      const at = first + <usize>i * waitingBytes;
      remember(load<u64>(at), load<u64>(at, 8));
    }
  }
  store<u32>(waits + (group << 2), 0);
  store<u64>(facts, near, touchedAt);
}

/** Takes all samples that wait still, so that the facts are complete. */
export function finishLines(): void {
  for (let group: usize = 0; group < groups; group++) if (mostSeen != 0) takeGroup(group);
}

function remember(hash: u64, place: u64): void {
  if (sizeOf(seen) >= mostSeen) {
    store<f64>(facts, 1, beyondAt);
    return;
  }
  if (addTo(seen, hash, mixed(hash))) return;
  const times = load<f64>(facts);
  store<f64>(facts, times + 1);
  const start = <f64>(place >> lengthBits);
  if (times != 0 && load<f64>(facts, 8) <= start) return;
  store<f64>(facts, start, 8);
  store<f64>(facts, start + <f64>(place & ((1 << lengthBits) - 1)), 16);
}

/** Counts lines from `from` on, where one begins; returns the place of the first that is not ordinary or not complete. */
export function countLines(from: usize, to: usize, origin: usize, base: f64): usize {
  let p = from;
  while (p < to) {
    const next = line(p, to, <u64>base - origin);
    if (next == 0) break;
    p = next;
  }
  return p;
}

/** Counts the line at `from`, which stands at `from + base` of the content; the place behind it, or 0. */
function line(from: usize, to: usize, base: u64): usize {
  let lastTab: usize = 0;
  let lastBlank: usize = 0;
  let lastSlash: usize = 0;
  let end: usize = 0;
  for (let p = from; p < to; p += 16) {
    const bytes = v128.load(p);
    const feeds = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(lineFeed)));
    // What stands behind the end of the line does not count.
    const within = feeds == 0 ? 0xffff : (feeds & -feeds) - 1;
    const tabs = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(tab))) & within;
    const blanks = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(blank))) & within;
    const slashes =
      i8x16.bitmask(
        v128.or(i8x16.eq(bytes, i8x16.splat(slash)), i8x16.eq(bytes, i8x16.splat(backslash))),
      ) & within;
    if (tabs != 0) lastTab = p + 31 - clz(tabs);
    if (blanks != 0) lastBlank = p + 31 - clz(blanks);
    if (slashes != 0) lastSlash = p + 31 - clz(slashes);
    if (feeds != 0) {
      end = p + ctz(feeds);
      break;
    }
  }
  if (end == 0 || end >= to) return 0;
  const behind = end + 1;
  if (end > from && load<u8>(end - 1) == carriageReturn) end--;
  const first = load<u8>(from);
  if (end == from || first == sign) return behind;
  const separator = lastTab != 0 ? lastTab : lastBlank;
  if (separator <= from || first == blank || first == tab) return 0;
  const before = load<u8>(separator - 1);
  if (before == blank || before == tab) return 0;
  const digits = end - separator - 1;
  if (digits == 0 || digits > longestNumber) return 0;
  let label: u32 = 0;
  for (let p = separator + 1; p < end; p++) {
    const digit = <u32>load<u8>(p) - 0x30;
    if (digit > 9) return 0;
    label = label * 10 + digit;
  }
  if (label >= directLabels) return 0;
  const bound = load<u32>(labels + ((<usize>label) << 2));
  if (bound == 0) return 0;
  const slot = bound - 1;
  const at: usize = load<u32>(slots + ((<usize>slot) << 2));
  store<u32>(at, load<u32>(at) + 1);
  if (load<u32>(at, differsAt) == 0) compareFolder(at, from, lastSlash == 0 ? from : lastSlash);
  if (mostSeen != 0) wait(hashOf(from, separator, slot), base + <u64>from, <u64>(end - from));
  return behind;
}

/** Notes where the folder in `[from, to)` is another one than the first of the slot. */
// @ts-ignore: decorator
@inline
function compareFolder(at: usize, from: usize, to: usize): void {
  const length = to - from;
  let same = length == load<u32>(at, lengthAt);
  for (let i: usize = 0; same && i < length; i += 8) {
    const left = length - i;
    const mask: u64 = left >= 8 ? u64.MAX_VALUE : ((<u64>1) << (<u64>left << 3)) - 1;
    same = ((load<u64>(at + folderAt + i) ^ load<u64>(from + i)) & mask) == 0;
  }
  if (!same) store<u32>(at, 1, differsAt);
}
