// The categories of a COCO document and their slots, numbered as they are met, here or by others.
import { takeBytes } from "./arena";
import { directIds } from "./rows";

export const noSlot: u32 = 0xffffffff;
/** By slot, the id of a category that was met here first and its place: three doubles. */
const boundBytes: usize = 24;

/** By category id, its slot plus one, or 0. */
let slots: usize = 0;
let bound: usize = 0;
let nextSlot: u32 = 0;

/** Begins a document. */
export function openCategories(): void {
  slots = takeBytes((<usize>directIds) << 2);
  bound = takeBytes((<usize>directIds) * boundBytes);
}

/** The slot of a category id below `directIds`, or `noSlot`. */
// @ts-ignore: decorator
@inline
export function slotOf(category: u32): u32 {
  return load<u32>(slots + ((<usize>category) << 2)) - 1;
}

/** From now on annotations of this category id, where it is one that is counted here, are counted at this slot, the next. */
export function bindCategory(id: u32, slot: u32): void {
  nextSlot = slot + 1;
  if (id < directIds && slot < directIds) store<u32>(slots + ((<usize>id) << 2), slot + 1);
}

/** Gives a category that was met first in [start, end) the next slot; false where none is left. */
export function bindNext(category: u32, start: f64, end: f64): bool {
  if (nextSlot >= directIds) return false;
  const entry = bound + (<usize>nextSlot) * boundBytes;
  store<f64>(entry, <f64>category);
  store<f64>(entry, start, 8);
  store<f64>(entry, end, 16);
  bindCategory(category, nextSlot);
  return true;
}

/** Address of what was met here first, by slot. */
export function boundAt(): usize {
  return bound;
}

/** How many slots are taken, here or by others. */
export function slotCount(): u32 {
  return nextSlot;
}
