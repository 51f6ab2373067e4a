/** Annotations of panoptic COCO: one an image, whose segments have the categories. */
import type { CocoCounts } from "./cocoCounts.ts";
import { fields, type JsonShape } from "./scan/jsonShape.ts";

export function segmentsShape(counts: CocoCounts): JsonShape {
  let image: number | string | undefined;
  const found: { category: number | string; start: number; end: number }[] = [];
  const setImage = (id: number | string): void => {
    image = id;
  };
  const take = (category: number | string, start: number, end: number): void => {
    found.push({ category, start, end });
  };
  const segment: JsonShape = { fields: fields({ category_id: { number: take, text: take } }) };
  const annotation: JsonShape = {
    open: () => {
      image = undefined;
      found.length = 0;
    },
    fields: fields({
      image_id: { number: setImage, text: setImage },
      segments_info: { items: () => segment },
    }),
    close: () => {
      for (const { category, start, end } of found) counts.addAnnotation(category, image, start, end);
    },
  };
  return { open: () => counts.seeGeometry(), items: () => annotation };
}
