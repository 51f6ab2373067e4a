// The kernels that count in a memory of their own, which grows.
export { openArena } from "./arena";
export {
  addAnnotation,
  addBox,
  addId,
  addImage,
  addPair,
  bindCategory,
  countRows,
  hasPair,
  imagesOf,
  instancesOf,
  lookForUnknown,
  openCoco,
  pairCount,
  pairedImages,
} from "./coco";
export { addSample, bindLabel, countLines, finishLines, foldersDiffer, linesAt, openLines } from "./lines";
