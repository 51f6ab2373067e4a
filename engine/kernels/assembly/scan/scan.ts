// The kernels that scan bytes. They allocate nothing; addresses are in bytes.
export { hasLineOrWide, lineFeeds, utf16Units } from "./bytes";
export { records, stopped } from "./records";
import { nextLook as look, nextTextMark as mark } from "./bytes";

/** Place of the next byte that needs a look while a JSON value is passed over, or a place from `to` on. */
export function nextLook(from: usize, to: usize): usize {
  return look(from, to);
}

/** Place of the next quote or backslash, or a place from `to` on. */
export function nextTextMark(from: usize, to: usize): usize {
  return mark(from, to);
}
