/** What is wrong with the images, boxes and ids of a COCO document, in words. */
import { fixed, formatAmount, formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { boxObservations } from "./boxes.ts";
import { boxLimit, type CocoFacts, type CocoTables } from "./cocoTables.ts";
import type { Observation } from "./manifest.ts";

export function cocoObservations(facts: CocoFacts): Observation[] {
  const { imagesOutside, repeatedImages, sameIds, sameBoxes } = facts;
  const found = boxObservations(facts.emptyBoxes, facts.boxesOutside);
  if (imagesOutside.first) {
    const images = imagesOutside.times === 1 ? t`1 image` : formatAmount(imagesOutside.times, "images");
    found.push({
      code: "label/outside-image",
      severity: "warning",
      message: ({ line }) => t`Boxes reach out of ${images}; first at line ${fixed(line, 0)}.`,
      span: imagesOutside.first,
    });
  }
  if (repeatedImages.first) {
    const { times } = repeatedImages;
    const ids = times === 1 ? t`1 image id is` : t`${formatCount(times)} image ids are`;
    found.push({
      code: "sample/duplicate-id",
      severity: "warning",
      message: t`${ids} declared twice. Trainers keep one of the images only.`,
      span: repeatedImages.first,
    });
  }
  if (sameIds.first) {
    const { times } = sameIds;
    const ids = times === 1 ? t`1 annotation has` : t`${formatCount(times)} annotations have`;
    found.push({
      code: "label/duplicate-id",
      severity: "warning",
      message: ({ line }) => t`${ids} an id that another one has; first at line ${fixed(line, 0)}.`,
      span: sameIds.first,
    });
  }
  if (sameBoxes.first) {
    const { times } = sameBoxes;
    const boxes = times === 1 ? t`1 box is` : t`${formatCount(times)} boxes are`;
    found.push({
      code: "label/duplicate-box",
      severity: "warning",
      message: ({ line }) =>
        t`${boxes} there twice, with the same image and class; first at line ${fixed(line, 0)}.`,
      span: sameBoxes.first,
    });
  }
  if (facts.boxesBeyond) {
    const message = t`Repeated boxes were not looked for beyond the first ${formatCount(boxLimit)}.`;
    found.push({ code: "label/duplicate-box", severity: "information", message });
  }
  return found;
}

/** `idOf` gives the id of an image by its number. */
export function unknownImages(
  unknown: ReturnType<CocoTables["unknownImages"]>,
  idOf: (image: number) => number | string,
): Observation[] {
  if (!unknown) return [];
  const { annotations, image } = unknown;
  const id = String(idOf(image)).slice(0, 40);
  const many = annotations === 1 ? t`1 annotation names` : t`${formatCount(annotations)} annotations name`;
  const message = t`${many} images that are not in the file, such as id ${id}. Their labels are counted.`;
  return [{ code: "sample/unknown-image", severity: "error", message }];
}
