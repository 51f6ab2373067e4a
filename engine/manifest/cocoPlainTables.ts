/** What is remembered of a COCO document, in plain TypeScript: for small files, and where there are no kernels. */
import { AbsentClasses } from "./absentClasses.ts";
import { CocoImages } from "./cocoImages.ts";
import { CocoRepeats } from "./cocoRepeats.ts";
import type { CocoTables } from "./cocoTables.ts";
import { PairSet } from "./numberSet.ts";

/** `duplicates` says whether repeated boxes are looked for, which takes memory. */
export function plainCocoTables(duplicates: boolean): CocoTables {
  const pairs = new PairSet();
  const images = new CocoImages();
  const absent = new AbsentClasses();
  const repeats = new CocoRepeats(duplicates);
  return {
    addPair: (image, slot) => pairs.add(image, slot),
    hasPair: (image, slot) => pairs.has(image, slot),
    pairs: () => pairs.size,
    pairedImages: () => pairs.distinctFirsts(),
    addImage: (image, width, height, start, end) => images.addImage(image, width, height, start, end),
    addAnnotation: (image, box, start, end) => images.addAnnotation(image, box, start, end),
    addBox: (image, slot, box, start, end) => repeats.addBox(image, slot, box, start, end),
    addId: (id, start, end) => repeats.ids.add(id, start, end),
    addAbsent: (image, category, start, end) => absent.add(image, category, start, end),
    absent: (has) => absent.facts(has),
    facts: () => ({ ...images.facts(), ...repeats.facts() }),
    unknownImages: () => images.unknownImages(),
  };
}
