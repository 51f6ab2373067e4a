// The kernels that count in a memory of their own, which grows.
export { absentEnd, absentFirsts } from "./absent";
export { openArena } from "./arena";
export { bindCategory, boundAt, slotCount } from "./categories";
export {
  addAnnotation,
  addBox,
  addId,
  addImage,
  countRows,
  imagesOf,
  instancesOf,
  lookForAbsent,
  lookForUnknown,
  openCoco,
} from "./coco";
export { addAbsent, countImages } from "./imageRows";
export { addSample, bindLabel, countLines, finishLines, foldersDiffer, linesAt, openLines } from "./lines";
export { addPair, hasPair, pairCount, pairedImages } from "./pairs";
