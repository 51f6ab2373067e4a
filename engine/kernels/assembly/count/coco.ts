// What a COCO document says, counted where the kernel that scans it leaves its rows: ids met twice, pairs of image and
// class, repeated boxes, and boxes that reach out of their images. Spans count in bytes from the start of the document.
import { absentCategory, absentCount, absentImage, isBeyond, openAbsent } from "./absent";
import { takeBytes } from "./arena";
import { bindNext, noSlot, openCategories, slotOf } from "./categories";
import {
  annotationsAt,
  bottomAt,
  imageCount,
  isDeclared,
  numberAt,
  openImages,
  positionOf,
  rightAt,
  rowAt,
  spanBytesAt,
  spanStartAt,
  touchedIndex,
} from "./images";
import { mixed } from "./numberSet";
import { addBoxTo, boxMark, isPair, openPairs, pairAt, touchedSet, wasThere } from "./pairs";
import { countAt, directIds, endAt, exactAt, fieldAt, idOf, imageIds, isId, numbersAt, rowBytes, seenAt } from "./rows";

/** Annotation ids from here on are left to others: so many take 16 MB. */
const bitIds: f64 = 134217728;
const bitPage: u32 = 1 << 16;
/** So many entries are looked up at a time. */
const together: u32 = 64;

// The fields of an annotation.
const categoryAt: usize = fieldAt(0);
const imageAt: usize = fieldAt(1);
const idAt: usize = fieldAt(2);
const boxAt: usize = fieldAt(3);
/** Where the passes leave the address of an image for each other, in place of where its id stood. */
const addressAt: usize = imageAt;

/** Rounding puts edges up to half a pixel outside. */
const tolerance: f64 = 0.5;

// Doubles that tell what was found; each mistake has how often, and the span of the first.
const facts: usize = 1024;
const declaredAt: usize = 0;
const repeatedImages: usize = 8;
const emptyBoxes: usize = 32;
const boxesOutside: usize = 56;
const imagesOutside: usize = 80;
const sameIds: usize = 104;
const sameBoxes: usize = 128;
const beyondAt: usize = 152;
const geometryAt: usize = 160;
const unknownLabels: usize = 168;
const unknownFirst: usize = 176;
/** What was loaded ahead, so that it is not left out as of no use. */
const touchedAt: usize = 184;
const absentPairs: usize = 192;
const absentLowest: usize = 200;
const absentBeyond: usize = 208;

let mostBoxes: u32 = 0;
let keptBoxes: u32 = 0;
let ids: usize = 0;
let instances: usize = 0;
let images: usize = 0;

/** Begins a document; repeated boxes are looked for among the first `most`. Returns the address of the facts. */
export function openCoco(most: u32): usize {
  mostBoxes = most;
  ids = takeBytes(<usize>(<u32>bitIds / bitPage) << 2);
  instances = takeBytes((<usize>directIds) << 2);
  images = takeBytes((<usize>directIds) << 2);
  openCategories();
  openImages();
  openPairs();
  openAbsent();
  return facts;
}

/** Addresses of how many instances and images the slots have. */
export function instancesOf(): usize {
  return instances;
}

export function imagesOf(): usize {
  return images;
}

function note(mistake: usize, start: f64, end: f64): void {
  const times = load<f64>(facts + mistake);
  store<f64>(facts + mistake, times + 1);
  if (times != 0) return;
  store<f64>(facts + mistake, start, 8);
  store<f64>(facts + mistake, end, 16);
}

/** Takes the id of an annotation; false where it is one for others. */
export function addId(id: f64, start: f64, end: f64): bool {
  if (!(id >= 0 && id < bitIds && Math.floor(id) == id)) return false;
  const number = <u32>id;
  const entry = ids + ((<usize>(number / bitPage)) << 2);
  let page: usize = load<u32>(entry);
  if (page == 0) {
    page = takeBytes(bitPage >> 3);
    store<u32>(entry, <u32>page);
  }
  const place = page + ((number & (bitPage - 1)) >> 3);
  const bit = <u8>1 << <u8>(number & 7);
  const byte = load<u8>(place);
  if (byte & bit) note(sameIds, start, end);
  else store<u8>(place, byte | bit);
  return true;
}

/** Products that do not wait for each other, of numbers whose bits tell themselves apart at both ends. */
// @ts-ignore: decorator
@inline
function boxHash(slot: u32, x: f64, y: f64, width: f64, height: f64): u64 {
  const on = (<u64>slot) * 0xd6e8feb86659fd93;
  const corner = folded(x) * 0xc2b2ae3d27d4eb4f + folded(y) * 0x165667b19e3779f9;
  const size = folded(width) * 0xa0761d6478bd642f + folded(height) * 0xe7037ed1a0b428db;
  return mixed(on + corner + size) | boxMark;
}

/** The bits of a number; those of whole ones are all in the upper half. */
// @ts-ignore: decorator
@inline
function folded(value: f64): u64 {
  const bits = reinterpret<u64>(value);
  return bits ^ (bits >> 32);
}

/** Takes the box of an annotation on an image, with the slot of its class. */
export function addBox(
  image: f64,
  slot: u32,
  x: f64,
  y: f64,
  width: f64,
  height: f64,
  start: f64,
  end: f64,
): void {
  if (mostBoxes == 0) return;
  const row = rowAt(positionOf(idOf(image)));
  takeBox(row, pairAt(row, slot), boxHash(slot, x, y, width, height), start, end);
}

/** Takes the box of an annotation on the image at `row` whose pair is at `place`. */
// @ts-ignore: decorator
@inline
function takeBox(row: usize, place: usize, box: u64, start: f64, end: f64): void {
  if (keptBoxes >= mostBoxes) store<f64>(facts + beyondAt, 1);
  else if (addBoxTo(row, place, box)) keptBoxes++;
  else note(sameBoxes, start, end);
}

// @ts-ignore: decorator
@inline
function reachesOut(x: f64, y: f64, farX: f64, farY: f64, width: f64, height: f64): bool {
  return x < -tolerance || y < -tolerance || farX > width + tolerance || farY > height + tolerance;
}

/** Takes an image; its sides are 0 where unknown. */
export function addImage(image: f64, width: f64, height: f64, start: f64, end: f64): void {
  const row = rowAt(positionOf(idOf(image)));
  const annotations = load<f64>(row, annotationsAt);
  if (annotations == isDeclared) {
    note(repeatedImages, start, end);
    return;
  }
  if (width > 0 && height > 0 && annotations > 0) {
    const x = load<f64>(row);
    const y = load<f64>(row, 8);
    // The sums that a box from corner to corner gives.
    const farX = x + (load<f64>(row, rightAt) - x);
    const farY = y + (load<f64>(row, bottomAt) - y);
    if (reachesOut(x, y, farX, farY, width, height))
      note(imagesOutside, load<f64>(row, spanStartAt), load<f64>(row, spanStartAt) + <f64>load<u32>(row, spanBytesAt));
  }
  store<f64>(facts, load<f64>(facts, declaredAt) + 1, declaredAt);
  store<f64>(row, isDeclared, annotationsAt);
  store<f64>(row, width);
  store<f64>(row, height, 8);
}

/** Takes an annotation on an image, with its box where it has one. */
export function addAnnotation(
  image: f64,
  hasBox: bool,
  x: f64,
  y: f64,
  width: f64,
  height: f64,
  start: f64,
  end: f64,
): void {
  annotate(rowAt(positionOf(idOf(image))), hasBox, x, y, width, height, start, end);
}

/** Takes an annotation on the image at `row`. */
// @ts-ignore: decorator
@inline
function annotate(
  row: usize,
  hasBox: bool,
  x: f64,
  y: f64,
  width: f64,
  height: f64,
  start: f64,
  end: f64,
): void {
  const declared = load<f64>(row, annotationsAt) == isDeclared;
  if (!declared) store<f64>(row, load<f64>(row, annotationsAt) + 1, annotationsAt);
  if (!hasBox) return;
  if (!(width > 0 && height > 0)) note(emptyBoxes, start, end);
  else if (declared) {
    const wide = load<f64>(row);
    const high = load<f64>(row, 8);
    if (wide > 0 && high > 0 && reachesOut(x, y, x + width, y + height, wide, high))
      note(boxesOutside, start, end);
  } else extend(row, x, y, x + width, y + height, start, end);
}

/** Notes what the boxes of an image reach that is not declared yet. */
function extend(row: usize, x: f64, y: f64, farX: f64, farY: f64, start: f64, end: f64): void {
  const nearer = x < load<f64>(row) || y < load<f64>(row, 8);
  const farther = farX > load<f64>(row, rightAt) || farY > load<f64>(row, bottomAt);
  if (!nearer && !farther && load<f64>(row, spanStartAt) != 0) return;
  store<f64>(row, min(load<f64>(row), x));
  store<f64>(row, min(load<f64>(row, 8), y), 8);
  store<f64>(row, max(load<f64>(row, rightAt), farX), rightAt);
  store<f64>(row, max(load<f64>(row, bottomAt), farY), bottomAt);
  store<f64>(row, start, spanStartAt);
  store<u32>(row, <u32>min(end - start, 4294967295), spanBytesAt);
}

/** Whether a row is one that `countRows` takes, as long as there is a slot for its category. */
// @ts-ignore: decorator
@inline
function isOrdinary(row: usize): bool {
  const seen = load<u32>(row, seenAt);
  if ((seen & 3) != 3) return false;
  if (!isId(load<f64>(row + categoryAt, numbersAt), <f64>directIds)) return false;
  if (!isId(load<f64>(row + imageAt, numbersAt), imageIds)) return false;
  if ((seen & 4) != 0 && !isId(load<f64>(row + idAt, numbersAt), bitIds)) return false;
  return (seen & 8) == 0 || load<u32>(row + boxAt, exactAt) != 0;
}

/** Gives the category of a row the next slot where it has none; false where none is left. */
// @ts-ignore: decorator
@inline
function bindRow(row: usize, base: f64): bool {
  const category = categoryOf(row);
  if (slotOf(category) != noSlot) return true;
  const cell = row + categoryAt;
  return bindNext(category, base + <f64>load<u32>(cell), base + <f64>load<u32>(cell, endAt));
}

// @ts-ignore: decorator
@inline
function categoryOf(row: usize): u32 {
  return <u32>load<f64>(row + categoryAt, numbersAt);
}

/**
 * Counts annotations, whose fields are category, image, id and box, until one is not ordinary; returns how many it took.
 * Places in rows count from `base`.
 */
export function countRows(rows: usize, count: u32, base: f64): u32 {
  const ordinary = ordinaryRows(rows, count, base);
  lookUp(rows, ordinary);
  for (let row = rows, i: u32 = 0; i < ordinary; row += rowBytes, i++) takeRow(row, base);
  return ordinary;
}

/** How many rows are ordinary, up to the first that is not; what finds their images is near then. */
function ordinaryRows(rows: usize, count: u32, base: f64): u32 {
  let ordinary: u32 = 0;
  let near: u64 = 0;
  let last: f64 = -1;
  // Loads that do not wait for each other: what the rows need is near when they are counted.
  for (let row = rows; ordinary < count && isOrdinary(row) && bindRow(row, base); row += rowBytes, ordinary++) {
    const image = load<f64>(row + imageAt, numbersAt);
    if (image != last) near ^= touchedIndex(idOf(image));
    last = image;
  }
  store<u64>(facts, near, touchedAt);
  return ordinary;
}

/** Leaves in the rows the addresses of their images, which with their sets are near then. */
function lookUp(rows: usize, count: u32): void {
  let near: u64 = 0;
  let last: f64 = -1;
  let address: usize = 0;
  for (let row = rows, i: u32 = 0; i < count; row += rowBytes, i++) {
    const image = load<f64>(row + imageAt, numbersAt);
    // Annotations of an image mostly stand together.
    if (image != last) {
      address = rowAt(positionOf(idOf(image)));
      near ^= load<u64>(address);
      last = image;
    }
    store<u32>(row + addressAt, <u32>address);
  }
  address = 0;
  for (let row = rows, i: u32 = 0; i < count; row += rowBytes, i++) {
    if (load<u32>(row + addressAt) == address) continue;
    address = load<u32>(row + addressAt);
    near ^= touchedSet(address);
  }
  store<u64>(facts, near, touchedAt);
}

function takeRow(row: usize, base: f64): void {
  const seen = load<u32>(row, seenAt);
  const start = base + <f64>load<u32>(row);
  const end = base + <f64>load<u32>(row, endAt);
  const slot = slotOf(categoryOf(row));
  if ((seen & 8) != 0) store<f64>(facts + geometryAt, 1);
  if ((seen & 4) != 0) addId(load<f64>(row + idAt, numbersAt), start, end);
  const at = (<usize>slot) << 2;
  store<u32>(instances + at, load<u32>(instances + at) + 1);
  const on: usize = load<u32>(row + addressAt);
  const place = pairAt(on, slot);
  if (!wasThere) store<u32>(images + at, load<u32>(images + at) + 1);
  const hasBox = (seen & 8) != 0 && load<u32>(row + boxAt, countAt) == 4;
  const x = load<f64>(row + boxAt, numbersAt);
  const y = load<f64>(row + boxAt, numbersAt + 8);
  const width = load<f64>(row + boxAt, numbersAt + 16);
  const height = load<f64>(row + boxAt, numbersAt + 24);
  annotate(on, hasBox, x, y, width, height, start, end);
  if (hasBox && mostBoxes != 0) takeBox(on, place, boxHash(slot, x, y, width, height), start, end);
}

/** Counts what images say they have none of and annotations have; that and the lowest such category become facts. */
export function lookForAbsent(): void {
  let met: f64 = 0;
  let lowest: u32 = directIds;
  for (let from: u32 = 0; from < absentCount; from += together) {
    const to = min(absentCount, from + together);
    let near: u64 = 0;
    // Loads that do not wait for each other.
    for (let entry = from; entry < to; entry++)
      if (slotOf(absentCategory(entry)) != noSlot) near ^= touchedSet(rowAt(absentImage(entry)));
    store<u64>(facts, near, touchedAt);
    for (let entry = from; entry < to; entry++) {
      const category = absentCategory(entry);
      const slot = slotOf(category);
      if (slot == noSlot || !isPair(rowAt(absentImage(entry)), slot)) continue;
      lowest = min(lowest, category);
      met++;
    }
  }
  store<f64>(facts, met, absentPairs);
  store<f64>(facts, <f64>lowest, absentLowest);
  store<f64>(facts, isBeyond ? 1 : 0, absentBeyond);
}

/** Looks through the images for those that no entry declares, whose labels and first number become facts. */
export function lookForUnknown(): void {
  let labels: f64 = 0;
  let first: f64 = -1;
  for (let position: u32 = 0; position < imageCount; position++) {
    const row = rowAt(position);
    const annotations = load<f64>(row, annotationsAt);
    // Segments of panoptic annotations are no annotations of their own.
    if (annotations == isDeclared || annotations == 0) continue;
    if (first < 0) first = load<f64>(row, numberAt);
    labels += annotations;
  }
  store<f64>(facts, labels, unknownLabels);
  store<f64>(facts, first, unknownFirst);
}
