/** What is remembered of a COCO document, in the memory of kernels: most annotations never leave it. */
import { AnnotationIds } from "./cocoRepeats.ts";
import { boxLimit, type CocoTables, type ManyAnnotations } from "./cocoTables.ts";
import { type Met, together } from "./met.ts";
import { type CountMemory, openCountMemory } from "./scan/countMemory.ts";

// Facts, in doubles from their address on; a mistake has three, how often and the span of the first.
const declaredAt = 0;
const repeatedImages = 1;
const emptyBoxes = 4;
const boxesOutside = 7;
const imagesOutside = 10;
const sameIds = 13;
const sameBoxes = 16;
const beyondAt = 19;
const geometryAt = 20;
const unknownLabels = 21;
const unknownFirst = 22;

/** Rows of the scanner that are counted at a time. */
const mostRows = 256;
const rowWords = 52;
/** Categories and slots that the kernels count; more are counted one by one. */
const directIds = 1 << 16;

/** Memory: 64 bytes an image, 10 to 20 for each pair of image and class, and where boxes are compared for each box. */
export function kernelCocoTables(duplicates: boolean): CocoTables | undefined {
  const memory = openCountMemory(4 * mostRows * rowWords);
  if (!memory) return undefined;
  const { kernels } = memory;
  const facts = kernels.openCoco(duplicates ? boxLimit : 0) >> 3;
  /** Ids that the kernels leave. */
  const otherIds = new AnnotationIds();
  let unnumbered = 0;
  const met = (mistake: number): Met => {
    const [times = 0, start = 0, end = 0] = memory.numbers.subarray(facts + mistake, facts + mistake + 3);
    return { times, first: times > 0 ? { start, end } : undefined };
  };
  return {
    addPair: (image, slot) => kernels.addPair(image, slot) !== 0,
    hasPair: (image, slot) => kernels.hasPair(image, slot) !== 0,
    pairs: () => kernels.pairCount(),
    pairedImages: () => kernels.pairedImages(),
    addImage(image, width, height, start, end) {
      if (image === undefined) unnumbered++;
      else kernels.addImage(image, width, height, start, end);
    },
    addAnnotation(image, box, start, end) {
      const [x = 0, y = 0, width = 0, height = 0] = box ?? [];
      kernels.addAnnotation(image, box ? 1 : 0, x, y, width, height, start, end);
    },
    addBox(image, slot, [x = 0, y = 0, width = 0, height = 0], start, end) {
      kernels.addBox(image, slot, x, y, width, height, start, end);
    },
    addId(id, start, end) {
      if (typeof id === "string" || kernels.addId(id, start, end) === 0) otherIds.add(id, start, end);
    },
    facts: () => ({
      declared: unnumbered + (memory.numbers[facts + declaredAt] ?? 0),
      repeatedImages: met(repeatedImages),
      emptyBoxes: met(emptyBoxes),
      boxesOutside: met(boxesOutside),
      imagesOutside: met(imagesOutside),
      sameIds: together(met(sameIds), otherIds.same),
      sameBoxes: met(sameBoxes),
      boxesBeyond: memory.numbers[facts + beyondAt] === 1,
    }),
    unknownImages() {
      kernels.lookForUnknown();
      const image = memory.numbers[facts + unknownFirst] ?? -1;
      return image < 0 ? undefined : { annotations: memory.numbers[facts + unknownLabels] ?? 0, image };
    },
    many: manyAnnotations(memory, facts),
  };
}

function manyAnnotations(memory: CountMemory, facts: number): ManyAnnotations {
  const { kernels, room } = memory;
  const instances = kernels.instancesOf() >> 2;
  const images = kernels.imagesOf() >> 2;
  return {
    bind(id, slot) {
      if (typeof id === "number" && Number.isInteger(id) && id >= 0 && id < directIds)
        kernels.bindCategory(id, slot);
    },
    take(words, row, count, record, base) {
      if (record.rowWords !== rowWords) return 0;
      const rows = Math.min(count, mostRows);
      memory.words.set(words.subarray(row, row + rows * rowWords), room >> 2);
      return kernels.countRows(room, rows, base);
    },
    counted: (slot) =>
      slot < directIds
        ? { instances: memory.words[instances + slot] ?? 0, images: memory.words[images + slot] ?? 0 }
        : { instances: 0, images: 0 },
    hasBoxes: () => memory.numbers[facts + geometryAt] === 1,
  };
}
