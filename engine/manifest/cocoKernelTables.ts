/** What is remembered of a COCO document, in the memory of kernels: most annotations never leave it. */
import type { CountKernels } from "#engine/kernels/countKernels.ts";
import { AbsentClasses, type AbsentFacts, bothAbsent } from "./absentClasses.ts";
import { AnnotationIds } from "./cocoRepeats.ts";
import { type BoundCategory, boxLimit, type CocoTables, type ManyAnnotations } from "./cocoTables.ts";
import type { Span } from "./manifest.ts";
import { type Met, together } from "./met.ts";
import { type CountMemory, openCountMemory } from "./scan/countMemory.ts";
import type { TakeMany } from "./scan/jsonRecord.ts";

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
const absentPairs = 24;
const absentLowest = 25;
const absentBeyond = 26;

/** Rows of the scanner that are counted at a time. */
const mostRows = 256;
const rowWords = 52;
/** Categories and slots that the kernels count; more are counted one by one. */
const directIds = 1 << 16;

/** Memory: 64 bytes an image, 10 to 20 for each pair of image and class and, where boxes are compared, for each further box. */
export function kernelCocoTables(duplicates: boolean): CocoTables | undefined {
  const memory = openCountMemory(4 * mostRows * rowWords);
  if (!memory) return undefined;
  const { kernels } = memory;
  const facts = kernels.openCoco(duplicates ? boxLimit : 0) >> 3;
  /** Ids that the kernels leave. */
  const otherIds = new AnnotationIds();
  const otherAbsent = new AbsentClasses();
  let unnumbered = 0;
  const met = (mistake: number): Met => {
    const times = memory.numbers[facts + mistake] ?? 0;
    return { times, first: times > 0 ? spanAt(memory.numbers, facts + mistake + 1) : undefined };
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
    addAbsent(image, category, start, end) {
      if (isDirect(category)) kernels.addAbsent(image, category, start, end);
      else otherAbsent.add(image, category, start, end);
    },
    absent: (has) => bothAbsent(absentIn(memory, facts), otherAbsent.facts(has)),
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

function isDirect(category: number): boolean {
  return Number.isInteger(category) && category >= 0 && category < directIds;
}

function absentIn(memory: CountMemory, facts: number): AbsentFacts {
  const { kernels } = memory;
  kernels.lookForAbsent();
  const { numbers } = memory;
  const firsts = kernels.absentFirsts() >> 3;
  const listed = new Map<number, Span>();
  for (let category = 0; category < kernels.absentEnd(); category++) {
    const span = spanAt(numbers, firsts + 2 * category);
    if (span.end > 0) listed.set(category, span);
  }
  const entries = numbers[facts + absentPairs] ?? 0;
  const annotated = entries > 0 ? { entries, category: numbers[facts + absentLowest] ?? 0 } : undefined;
  return { listed, annotated, beyond: numbers[facts + absentBeyond] === 1 };
}

function boundFrom({ kernels, numbers }: CountMemory, from: number): BoundCategory[] {
  const length = kernels.slotCount() - from;
  if (length <= 0) return [];
  const first = (kernels.boundAt() >> 3) + 3 * from;
  return Array.from({ length }, (_, i) => ({
    id: numbers[first + 3 * i] ?? 0,
    first: spanAt(numbers, first + 3 * i + 1),
  }));
}

function spanAt(numbers: Float64Array, at: number): Span {
  return { start: numbers[at] ?? 0, end: numbers[at + 1] ?? 0 };
}

function manyAnnotations(memory: CountMemory, facts: number): ManyAnnotations {
  const { kernels, room } = memory;
  const taking =
    (count: CountKernels["countRows"]): TakeMany =>
    (words, row, most, record, base) => {
      if (record.rowWords !== rowWords) return 0;
      const rows = Math.min(most, mostRows);
      memory.words.set(words.subarray(row, row + rows * rowWords), room >> 2);
      return count(room, rows, base);
    };
  const instances = kernels.instancesOf() >> 2;
  const images = kernels.imagesOf() >> 2;
  return {
    bind(id, slot) {
      kernels.bindCategory(typeof id === "number" && isDirect(id) ? id : directIds, slot);
    },
    bound: (from) => boundFrom(memory, from),
    take: taking(kernels.countRows),
    takeImages: taking(kernels.countImages),
    counted: (slot) =>
      slot < directIds
        ? { instances: memory.words[instances + slot] ?? 0, images: memory.words[images + slot] ?? 0 }
        : { instances: 0, images: 0 },
    hasBoxes: () => memory.numbers[facts + geometryAt] === 1,
  };
}
