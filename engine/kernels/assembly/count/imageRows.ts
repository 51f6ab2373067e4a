// Images, counted where the kernel that scans leaves their rows, with the categories that they say they have none of.
import { addAbsentEntry } from "./absent";
import { addImage } from "./coco";
import { positionOf } from "./images";
import { countAt, directIds, endAt, exactAt, fieldAt, idOf, imageIds, isId, numbersAt, rowBytes, seenAt } from "./rows";

// The fields of an image.
const idAt: usize = fieldAt(0);
const widthAt: usize = fieldAt(1);
const heightAt: usize = fieldAt(2);
const absentAt: usize = fieldAt(3);
/** A row has so many numbers of a list. */
const keptNumbers: u32 = 4;

/** Counts images until one is not ordinary; returns how many it took. Places in rows count from `base`. */
export function countImages(rows: usize, count: u32, base: f64): u32 {
  let taken: u32 = 0;
  for (let row = rows; taken < count && isOrdinary(row); row += rowBytes, taken++) takeImage(row, base);
  return taken;
}

// @ts-ignore: decorator
@inline
function isOrdinary(row: usize): bool {
  if ((load<u32>(row, seenAt) & 1) == 0 || !isId(load<f64>(row + idAt, numbersAt), imageIds)) return false;
  const entries = absentEntries(row);
  if (entries > keptNumbers) return false;
  if (entries > 0 && load<u32>(row + absentAt, exactAt) == 0) return false;
  for (let entry: u32 = 0; entry < entries; entry++)
    if (!isId(absentCategory(row, entry), <f64>directIds)) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function absentEntries(row: usize): u32 {
  return (load<u32>(row, seenAt) & 8) != 0 ? load<u32>(row + absentAt, countAt) : 0;
}

// @ts-ignore: decorator
@inline
function absentCategory(row: usize, entry: u32): f64 {
  return load<f64>(row + absentAt + ((<usize>entry) << 3), numbersAt);
}

function takeImage(row: usize, base: f64): void {
  const seen = load<u32>(row, seenAt);
  const start = base + <f64>load<u32>(row);
  const end = base + <f64>load<u32>(row, endAt);
  const image = load<f64>(row + idAt, numbersAt);
  const width = (seen & 2) != 0 ? load<f64>(row + widthAt, numbersAt) : 0;
  const height = (seen & 4) != 0 ? load<f64>(row + heightAt, numbersAt) : 0;
  addImage(image, width, height, start, end);
  const entries = absentEntries(row);
  for (let entry: u32 = 0; entry < entries; entry++)
    addAbsent(image, <u32>absentCategory(row, entry), start, end);
}

/** Notes that an image says it has none of a category. */
export function addAbsent(image: f64, category: u32, start: f64, end: f64): void {
  addAbsentEntry(positionOf(idOf(image)), category, start, end);
}
