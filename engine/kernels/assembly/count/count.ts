// The kernels that count in a memory of their own, which grows.
export { absentEnd, absentFirsts } from "./absent";
export { openArena } from "./arena";
export {
  addAnnotation,
  addBox,
  addId,
  addImage,
  addPair,
  bindCategory,
  boundAt,
  countRows,
  hasPair,
  imagesOf,
  instancesOf,
  lookForAbsent,
  lookForUnknown,
  openCoco,
  pairCount,
  pairedImages,
  slotCount,
} from "./coco";
export { addAbsent, countImages } from "./imageRows";
export { addSample, bindLabel, countLines, finishLines, foldersDiffer, linesAt, openLines } from "./lines";
