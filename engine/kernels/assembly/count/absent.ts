// Categories that images say they have none of, in the order in which they were listed.
import { takeBytes } from "./arena";
import { directIds } from "./rows";

/** Above this entries are not kept. */
const mostKept: u32 = 1_000_000;
const blockEntries: u32 = 8192;
const categoryBits: u64 = 16;

/** How many entries are kept. */
export let absentCount: u32 = 0;
/** Whether there were more. */
export let isBeyond: bool = false;

/** Blocks of entries, each the position of an image above the category. */
let blocks: usize = 0;
/** By category, where it was first listed: two doubles, 0 where it was not. */
let firsts: usize = 0;
/** Behind the last category that was listed. */
let listedEnd: u32 = 0;

/** Begins a document. */
export function openAbsent(): void {
  blocks = takeBytes((<usize>(mostKept / blockEntries) + 1) << 2);
  firsts = takeBytes((<usize>directIds) << 4);
}

/** Address of where categories were first listed, and behind which of them none was. */
export function absentFirsts(): usize {
  return firsts;
}

export function absentEnd(): u32 {
  return listedEnd;
}

export function addAbsentEntry(position: u32, category: u32, start: f64, end: f64): void {
  const first = firsts + ((<usize>category) << 4);
  if (load<f64>(first, 8) == 0) {
    store<f64>(first, start);
    store<f64>(first, end, 8);
    if (category >= listedEnd) listedEnd = category + 1;
  }
  if (absentCount == mostKept) {
    isBeyond = true;
    return;
  }
  const block = blocks + ((<usize>(absentCount / blockEntries)) << 2);
  if (absentCount % blockEntries == 0) store<u32>(block, <u32>takeBytes((<usize>blockEntries) << 3));
  store<u64>(entryAt(absentCount), ((<u64>position) << categoryBits) | <u64>category);
  absentCount++;
}

// @ts-ignore: decorator
@inline
function entryAt(entry: u32): usize {
  const block: usize = load<u32>(blocks + ((<usize>(entry / blockEntries)) << 2));
  return block + ((<usize>(entry % blockEntries)) << 3);
}

export function absentCategory(entry: u32): u32 {
  return load<u16>(entryAt(entry));
}

/** Position of the image of an entry. */
export function absentImage(entry: u32): u32 {
  return <u32>(load<u64>(entryAt(entry)) >> categoryBits);
}
