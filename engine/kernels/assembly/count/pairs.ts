// Pairs of image and slot, each with the hash of the box that was met first.
import { knownPosition, numberAt, positionOf, rowAt } from "./images";
import { addTo, isIn, mixed, newSet, numbersOf, sizeOf, slotFor, touched, wasThere } from "./numberSet";
import { idOf } from "./rows";

export { wasThere };

const slotBits: u64 = 20;
// Nearly all pairs fit into 8 bytes: position of the image, slot, and what is left for a hash of the first box.
const narrowSlotBits: u64 = 11;
const narrowSlots: u32 = 1 << 11;
const narrowImages: u32 = (1 << 20) - 1;
const narrowHashBits: u32 = 33;
const narrowHash: u64 = (1 << 33) - 1;

/** The many pairs that are narrow, and others. */
let narrow: usize = 0;
let wide: usize = 0;

/** Begins a document. */
export function openPairs(): void {
  narrow = newSet(false, narrowHashBits);
  wide = newSet(true);
}

/** Adds a pair of image and slot; false where it was there before. */
export function addPair(image: f64, slot: u32): bool {
  const position = positionOf(idOf(image));
  placeOf(position, slot, hashOf(position, slot));
  return !wasThere;
}

export function hasPair(image: f64, slot: u32): bool {
  const position = knownPosition(idOf(image));
  return position >= 0 && isPair(position, slot);
}

export function pairCount(): u32 {
  return sizeOf(narrow) + sizeOf(wide);
}

/** How many images have pairs. */
export function pairedImages(): u32 {
  const images = newSet(false);
  let list = numbersOf(narrow);
  for (let i: u32 = 0; i < sizeOf(narrow); i++, list += 8) {
    const position = <u32>(load<u64>(list) >> narrowSlotBits);
    addTo(images, idOf(load<f64>(rowAt(position), numberAt)));
  }
  list = numbersOf(wide);
  for (let i: u32 = 0; i < sizeOf(wide); i++, list += 8) addTo(images, load<u64>(list) >> slotBits);
  return sizeOf(images);
}

// @ts-ignore: decorator
@inline
export function isNarrow(position: u32, slot: u32): bool {
  return position < narrowImages && slot < narrowSlots;
}

/** The set that has the pair of an image, by its position, and a slot. */
// @ts-ignore: decorator
@inline
function setOf(position: u32, slot: u32): usize {
  return isNarrow(position, slot) ? narrow : wide;
}

/** The number of a pair in its set. */
// @ts-ignore: decorator
@inline
function pairOf(position: u32, slot: u32): u64 {
  return isNarrow(position, slot)
    ? ((<u64>position) << narrowSlotBits) | <u64>slot
    : (idOf(load<f64>(rowAt(position), numberAt)) << slotBits) | <u64>slot;
}

// @ts-ignore: decorator
@inline
export function hashOf(position: u32, slot: u32): u64 {
  return mixed(pairOf(position, slot));
}

/** Where a pair is, by its hash; it is added where `wasThere` tells that it is new. */
// @ts-ignore: decorator
@inline
export function placeOf(position: u32, slot: u32, hash: u64): usize {
  return slotFor(setOf(position, slot), pairOf(position, slot), hash);
}

export function isPair(position: u32, slot: u32): bool {
  return isIn(setOf(position, slot), pairOf(position, slot));
}

/** Loads where a pair is looked for, so that it is near when it is. */
// @ts-ignore: decorator
@inline
export function touchedPair(position: u32, slot: u32, hash: u64): u64 {
  return touched(setOf(position, slot), hash);
}

/** Whether the first box of a pair, of which `isFirst` told that it is another one, is the same. */
export let same: bool = false;

/** Whether no box of the pair was met; then it is remembered. */
// @ts-ignore: decorator
@inline
export function isFirst(place: usize, isShort: bool, box: u64): bool {
  if (!isShort) {
    const first = load<u64>(place, 8);
    same = first == box;
    if (first == 0) store<u64>(place, box, 8);
    return first == 0;
  }
  const entry = load<u64>(place);
  const first = entry & narrowHash;
  const short = max(box & narrowHash, 1);
  same = first == short;
  if (first == 0) store<u64>(place, entry | short);
  return first == 0;
}
