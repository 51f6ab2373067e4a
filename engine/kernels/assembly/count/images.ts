// The images of a COCO document in the order in which they were met, each with a row, and an index that finds their
// positions by their ids.
import { takeBytes } from "./arena";
import { mixed } from "./numberSet";
import { idOf } from "./rows";

// An image: before it is declared, what its annotations reach, where the one stands that reaches farthest and how long that
// one is, and how many there are; then its sides. Beside these the set of its pairs. 64 bytes, one line of the cache.
const imageBytes: usize = 64;
export const rightAt: usize = 16;
export const bottomAt: usize = 24;
export const spanStartAt: usize = 32;
export const spanBytesAt: usize = 40;
export const setAt: usize = 44;
export const annotationsAt: usize = 48;
export const numberAt: usize = 56;
export const isDeclared: f64 = -1;
const blockImages: u32 = 1024;

let index: usize = 0;
let indexSlots: u32 = 0;
export let imageCount: u32 = 0;
let blocks: usize = 0;
let blockRoom: u32 = 0;

/** Begins a document. */
export function openImages(): void {
  indexSlots = 2048;
  index = takeBytes((<usize>indexSlots) << 2);
  blockRoom = 64;
  blocks = takeBytes((<usize>blockRoom) << 2);
}

/** Position of an image, -1 where it was not met. */
export function knownPosition(image: u64): i32 {
  const last = indexSlots - 1;
  let slot = <u32>mixed(image) & last;
  let position = load<u32>(index + ((<usize>slot) << 2));
  while (position != 0 && load<f64>(rowAt(position - 1), numberAt) != <f64>image) {
    slot = (slot + 1) & last;
    position = load<u32>(index + ((<usize>slot) << 2));
  }
  return <i32>position - 1;
}

/** Position of an image, which is new where it is met first. */
export function positionOf(image: u64): u32 {
  const last = indexSlots - 1;
  let slot = <u32>mixed(image) & last;
  let position = load<u32>(index + ((<usize>slot) << 2));
  while (position != 0) {
    if (load<f64>(rowAt(position - 1), numberAt) == <f64>image) return position - 1;
    slot = (slot + 1) & last;
    position = load<u32>(index + ((<usize>slot) << 2));
  }
  if (imageCount * 3 > indexSlots * 2) {
    growIndex();
    return positionOf(image);
  }
  store<u32>(index + ((<usize>slot) << 2), imageCount + 1);
  newRow(image);
  return imageCount - 1;
}

/** Address of an image. */
// @ts-ignore: decorator
@inline
export function rowAt(position: u32): usize {
  const block: usize = load<u32>(blocks + ((<usize>(position / blockImages)) << 2));
  return block + <usize>(position % blockImages) * imageBytes;
}

function newRow(image: u64): void {
  const position = imageCount++;
  const block = position / blockImages;
  if (block == blockRoom) {
    const more = takeBytes((<usize>blockRoom) << 3);
    memory.copy(more, blocks, (<usize>blockRoom) << 2);
    blocks = more;
    blockRoom <<= 1;
  }
  if (position % blockImages == 0)
    store<u32>(blocks + ((<usize>block) << 2), <u32>takeBytes(<usize>blockImages * imageBytes));
  store<f64>(rowAt(position), <f64>image, numberAt);
}

function growIndex(): void {
  indexSlots <<= 1;
  index = takeBytes((<usize>indexSlots) << 2);
  const last = indexSlots - 1;
  for (let position: u32 = 0; position < imageCount; position++) {
    let slot = <u32>mixed(idOf(load<f64>(rowAt(position), numberAt))) & last;
    while (load<u32>(index + ((<usize>slot) << 2)) != 0) slot = (slot + 1) & last;
    store<u32>(index + ((<usize>slot) << 2), position + 1);
  }
}

/** Loads where the position of an image is looked for, so that it is near when it is. */
// @ts-ignore: decorator
@inline
export function touchedIndex(image: u64): u64 {
  return load<u32>(index + ((<usize>(<u32>mixed(image) & (indexSlots - 1))) << 2));
}
