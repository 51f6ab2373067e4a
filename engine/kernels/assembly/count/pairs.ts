// Pairs of image and slot, each with the hash of the box that was met first, and the hashes of further boxes: a small set
// for each image. Annotations of an image mostly stand together, so that its set is near when the next one comes.
import { takeBytes } from "./arena";
import { knownPosition, positionOf, rowAt, setAt } from "./images";
import { idOf } from "./rows";

// The block of a set: how many entries of 64 bits it has room for, how many are taken, then the entries. A pair is its slot
// plus one above what is left for a hash of its first box; further boxes have the highest bit. A small set is a list, one
// line of memory or a few; in a large one entries stand where their hashes lead, and others are 0.
const takenAt: usize = 4;
const entriesAt: usize = 8;
const smallStep: u32 = 4;
const smallRoom: u32 = 31;
const hashBits: u64 = 39;
const shortHash: u64 = (1 << 39) - 1;
export const boxMark: u64 = 1 << 63;

/** By their room, lists of small blocks that were outgrown. */
let outgrown: usize = 0;
let pairs: u32 = 0;
let images: u32 = 0;

/** Whether the last entry that was looked for to be added was there before. */
export let wasThere: bool = false;

/** Begins a document. */
export function openPairs(): void {
  outgrown = takeBytes((<usize>smallRoom + 1) << 2);
}

/** Adds a pair of image and slot; false where it was there before. */
export function addPair(image: f64, slot: u32): bool {
  pairAt(rowAt(positionOf(idOf(image))), slot);
  return !wasThere;
}

export function hasPair(image: f64, slot: u32): bool {
  const position = knownPosition(idOf(image));
  return position >= 0 && isPair(rowAt(position), slot);
}

export function pairCount(): u32 {
  return pairs;
}

/** How many images have pairs. */
export function pairedImages(): u32 {
  return images;
}

/** Where the pair of the image at `row` and a slot is; it is added where `wasThere` tells that it is new. */
export function pairAt(row: usize, slot: u32): usize {
  const place = entryAt(row, (<u64>(slot + 1)) << hashBits, hashBits);
  if (!wasThere) pairs++;
  return place;
}

export function isPair(row: usize, slot: u32): bool {
  const block: usize = load<u32>(row, setAt);
  return block != 0 && found(block, (<u64>(slot + 1)) << hashBits, hashBits) != 0;
}

/** Loads the set of an image, so that it is near when it is needed. */
// @ts-ignore: decorator
@inline
export function touchedSet(row: usize): u64 {
  return load<u64>(load<u32>(row, setAt));
}

/** Adds a box, by a hash with the mark of boxes, to the pair at `place` of an image; false where it was there before. */
// @ts-ignore: decorator
@inline
export function addBoxTo(row: usize, place: usize, box: u64): bool {
  const entry = load<u64>(place);
  const first = entry & shortHash;
  const short = max(box & shortHash, 1);
  if (first == 0) {
    store<u64>(place, entry | short);
    return true;
  }
  if (first == short) return false;
  entryAt(row, box, 0);
  return !wasThere;
}

/** Where an entry is in the set of an image; it is added where none has the same bits from `below` on. */
function entryAt(row: usize, entry: u64, below: u64): usize {
  let block: usize = load<u32>(row, setAt);
  if (block != 0) {
    const place = found(block, entry, below);
    wasThere = place != 0;
    if (wasThere) return place;
  } else wasThere = false;
  if (block == 0 || isFull(block)) block = grown(row, block);
  const taken = load<u32>(block, takenAt);
  const place = isSmall(block) ? block + entriesAt + ((<usize>taken) << 3) : freePlace(block, entry);
  store<u64>(place, entry);
  store<u32>(block, taken + 1, takenAt);
  return place;
}

/** Where the entry with the same bits from `below` on is, or 0. */
// @ts-ignore: decorator
@inline
function found(block: usize, entry: u64, below: u64): usize {
  if (!isSmall(block)) return foundByHash(block, entry, below);
  const wanted = entry >> below;
  const end = block + entriesAt + ((<usize>load<u32>(block, takenAt)) << 3);
  for (let place = block + entriesAt; place < end; place += 8)
    if (load<u64>(place) >> below == wanted) return place;
  return 0;
}

function foundByHash(block: usize, entry: u64, below: u64): usize {
  const wanted = entry >> below;
  let place = firstPlace(block, entry);
  let there = load<u64>(place);
  while (there != 0 && there >> below != wanted) {
    place = placeBehind(block, place);
    there = load<u64>(place);
  }
  return there == 0 ? 0 : place;
}

function freePlace(block: usize, entry: u64): usize {
  let place = firstPlace(block, entry);
  while (load<u64>(place) != 0) place = placeBehind(block, place);
  return place;
}

/** Where the search for an entry begins, whatever first box a pair has. */
// @ts-ignore: decorator
@inline
function firstPlace(block: usize, entry: u64): usize {
  const hash: u32 = entry & boxMark ? <u32>entry : <u32>(entry >> hashBits) * 0x9e3779b1;
  return block + entriesAt + ((<usize>((<u64>hash * load<u32>(block)) >> 32)) << 3);
}

// @ts-ignore: decorator
@inline
function placeBehind(block: usize, place: usize): usize {
  const next = place + 8;
  return next == block + entriesAt + ((<usize>load<u32>(block)) << 3) ? block + entriesAt : next;
}

// @ts-ignore: decorator
@inline
function isSmall(block: usize): bool {
  return load<u32>(block) <= smallRoom;
}

/** Large sets are filled to three quarters: then a search is short. */
// @ts-ignore: decorator
@inline
function isFull(block: usize): bool {
  const room = load<u32>(block);
  return load<u32>(block, takenAt) >= (isSmall(block) ? room : room - (room >> 2));
}

/** Gives an image a larger block. */
function grown(row: usize, block: usize): usize {
  const room = block == 0 ? smallStep - 1 : nextRoom(load<u32>(block));
  const next = takeBlock(room);
  store<u32>(row, <u32>next, setAt);
  if (block == 0) {
    images++;
    return next;
  }
  store<u32>(next, load<u32>(block, takenAt), takenAt);
  const end = block + entriesAt + ((<usize>load<u32>(block)) << 3);
  if (room <= smallRoom) memory.copy(next + entriesAt, block + entriesAt, end - block - entriesAt);
  else
    for (let at = block + entriesAt; at < end; at += 8) {
      const entry = load<u64>(at);
      if (entry != 0) store<u64>(freePlace(next, entry), entry);
    }
  leaveBlock(block);
  return next;
}

// @ts-ignore: decorator
@inline
function nextRoom(room: u32): u32 {
  return room < smallRoom ? room + smallStep : room * 2 + 1;
}

/** A block that a small set has outgrown, or fresh memory. */
function takeBlock(room: u32): usize {
  let block: usize = 0;
  if (room <= smallRoom) {
    const list = outgrown + ((<usize>room) << 2);
    block = load<u32>(list);
    if (block != 0) store<u32>(list, load<u32>(block));
  }
  if (block == 0) block = takeBytes(entriesAt + ((<usize>room) << 3));
  store<u32>(block, room);
  store<u32>(block, 0, takenAt);
  return block;
}

function leaveBlock(block: usize): void {
  const room = load<u32>(block);
  if (room > smallRoom) return;
  const list = outgrown + ((<usize>room) << 2);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
}
