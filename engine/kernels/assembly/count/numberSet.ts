// Sets of 64-bit numbers that grow page by page (extendible hashing, Fagin et al. 1979): a directory leads by the first
// bits of a number's hash to a page of slots, and a page that is full is split in two. So growing needs no second copy,
// and a number is found with one look into the directory and one place of memory.
import { takeBytes } from "./arena";

// A set: depth and address of the directory, how many numbers it has.
const directoryAt: usize = 4;
const sizeAt: usize = 8;
const setBytes: usize = 16;

// A page: its depth, how many slots are taken, the page that goes on where no more splitting helps; then slots with each
// number plus one, or 0.
const takenAt: usize = 4;
const furtherAt: usize = 8;
const slotsAt: usize = 16;
const pageBytes: usize = 65536;
const slots: u64 = 8190;
const slotsBytes: usize = 65520;
/** With more slots taken, four fifths, the search for a free one takes long. */
const most: u32 = 6552;
/** Only numbers that were made to collide reach this. */
const deepest: u32 = 18;

/** An empty set. */
export function newSet(): usize {
  const set = takeBytes(setBytes);
  const directory = takeBytes(4);
  store<u32>(directory, <u32>takeBytes(pageBytes));
  store<u32>(set, <u32>directory, directoryAt);
  return set;
}

/** How many numbers a set has. */
export function sizeOf(set: usize): u32 {
  return load<u32>(set, sizeAt);
}

/** 64 well mixed bits, different for different numbers: the finaliser of MurmurHash3. */
// @ts-ignore: decorator
@inline
export function mixed(number: u64): u64 {
  let bits = number ^ (number >> 33);
  bits *= 0xff51afd7ed558ccd;
  bits ^= bits >> 33;
  bits *= 0xc4ceb9fe1a85ec53;
  return bits ^ (bits >> 33);
}

// @ts-ignore: decorator
@inline
function pageOf(set: usize, hash: u64): usize {
  const depth = load<u32>(set);
  const index = depth == 0 ? 0 : <usize>(hash >> (64 - depth));
  return load<u32>(<usize>load<u32>(set, directoryAt) + (index << 2));
}

/** The slot of a page at which the search for a number begins. */
// @ts-ignore: decorator
@inline
function firstSlot(page: usize, hash: u64): usize {
  return page + slotsAt + ((<usize>(((hash & 0xffffffff) * slots) >> 32)) << 3);
}

/** Where the number stands in a page, or the free slot where it belongs. */
// @ts-ignore: decorator
@inline
function slotIn(page: usize, kept: u64, hash: u64): usize {
  const end = page + slotsAt + slotsBytes;
  let slot = firstSlot(page, hash);
  let there = load<u64>(slot);
  while (there != kept && there != 0) {
    slot += 8;
    if (slot == end) slot = page + slotsAt;
    there = load<u64>(slot);
  }
  return slot;
}

/** Loads the memory where a number with this hash belongs, so that it is near when the number is added. */
// @ts-ignore: decorator
@inline
export function touched(set: usize, hash: u64): u64 {
  return load<u64>(firstSlot(pageOf(set, hash), hash));
}

/** Adds a number whose hash is known; false where it was there before. */
export function addTo(set: usize, number: u64, hash: u64): bool {
  const kept = number + 1;
  let page = pageOf(set, hash);
  let slot = slotIn(page, kept, hash);
  while (load<u64>(slot) != kept) {
    const further = load<u32>(page, furtherAt);
    if (further != 0) page = further;
    else if (load<u32>(page, takenAt) < most) {
      store<u64>(slot, kept);
      store<u32>(page, load<u32>(page, takenAt) + 1, takenAt);
      store<u32>(set, load<u32>(set, sizeAt) + 1, sizeAt);
      return true;
    } else if (load<u32>(page) < deepest) {
      split(set, page, hash);
      page = pageOf(set, hash);
    } else store<u32>(page, <u32>takeBytes(pageBytes), furtherAt);
    slot = slotIn(page, kept, hash);
  }
  return false;
}

/** Makes two pages of the full one to which the hash leads. */
function split(set: usize, page: usize, hash: u64): void {
  const depth = load<u32>(page);
  if (depth == load<u32>(set)) deepen(set);
  const other = takeBytes(pageBytes);
  store<u32>(page, depth + 1);
  store<u32>(other, depth + 1);
  // Entries that lead to the page lie side by side; the second half of them leads to the other one from now on.
  const total = load<u32>(set);
  const entries = <u32>1 << (total - depth);
  const first = depth == 0 ? 0 : <u32>(hash >> (64 - depth)) << (total - depth);
  const directory: usize = load<u32>(set, directoryAt);
  for (let entry = first + (entries >> 1); entry < first + entries; entry++)
    store<u32>(directory + ((<usize>entry) << 2), <u32>other);
  store<u32>(other, share(page, other, depth), takenAt);
  store<u32>(page, load<u32>(page, takenAt) - load<u32>(other, takenAt), takenAt);
}

/**
 * Gives the other page its numbers; returns how many. Slot by slot from behind a free one on, in place: what a search passes
 * on its way to a slot stands in front of it, so that a number that stays finds its place there or where it was.
 */
function share(page: usize, other: usize, depth: u32): u32 {
  const begin = page + slotsAt;
  const end = begin + slotsBytes;
  let free = begin;
  while (load<u64>(free) != 0) free += 8;
  let given: u32 = 0;
  let slot = free;
  for (let left = <u32>slots - 1; left > 0; left--) {
    slot += 8;
    if (slot == end) slot = begin;
    const kept = load<u64>(slot);
    if (kept == 0) continue;
    store<u64>(slot, 0);
    const hash = mixed(kept - 1);
    const goes = <u32>(hash >> (63 - depth)) & 1;
    store<u64>(slotIn(goes ? other : page, kept, hash), kept);
    given += goes;
  }
  return given;
}

/** Doubles the directory. */
function deepen(set: usize): void {
  const depth = load<u32>(set);
  const before: usize = load<u32>(set, directoryAt);
  const entries: usize = (<usize>1) << depth;
  const directory = takeBytes(entries << 3);
  for (let entry: usize = 0; entry < entries; entry++) {
    const page = load<u32>(before + (entry << 2));
    store<u32>(directory + (entry << 3), page);
    store<u32>(directory + (entry << 3), page, 4);
  }
  store<u32>(set, depth + 1);
  store<u32>(set, <u32>directory, directoryAt);
}
