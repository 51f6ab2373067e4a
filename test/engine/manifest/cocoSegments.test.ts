/** Panoptic COCO. */
import { expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { chunkedSource } from "./chunked.ts";

test("panoptic annotations count their segments, once an image for images", async () => {
  const segments = [
    [1, 1, 2],
    [1, 2],
  ];
  const document = {
    images: [1, 2].map((id) => ({ id, file_name: `${id}.jpg`, width: 3, height: 3 })),
    annotations: segments.map((ids, i) => ({
      segments_info: ids.map((category_id, id) => ({
        id,
        category_id,
        area: 3,
        iscrowd: 0,
        bbox: [0, 0, 1, 1],
      })),
      file_name: `${i}.png`,
      image_id: i + 1,
    })),
    categories: ["cat", "grass", "sky"].map((name, i) => ({ id: i + 1, name, isthing: i === 0 ? 1 : 0 })),
  };
  const source = chunkedSource("/d/panoptic_val2017.json", JSON.stringify(document), { sizes: [11] });
  const view = (await analyse(source))?.views[0];
  expect(view?.task).toBe("detection");
  expect(view?.samples).toBe(2);
  expect(view?.classes.map(({ name, count, images }) => `${name} ${count} in ${images}`)).toEqual([
    "cat 3 in 2",
    "grass 2 in 2",
    "sky 0 in 0",
  ]);
});
