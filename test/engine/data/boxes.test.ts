import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type BoxedImage, readBoxes } from "#engine/data/boxes.ts";
import { cropsOf, intersectionOverUnion, readCropSplit } from "#engine/data/crops.ts";
import { decodeImages } from "#engine/data/images.ts";
import { temporaryFolder } from "../tiny.ts";

const image = (boxes: BoxedImage["boxes"]): BoxedImage => ({
  path: "a.png",
  width: 100,
  height: 80,
  boxes,
});

function write(
  annotations: readonly object[],
  images = [{ id: 7, file_name: "a.png", width: 100, height: 80 }],
) {
  const path = join(temporaryFolder(), "train.json");
  const categories = [
    { id: 9, name: "dog" },
    { id: 3, name: "cat" },
  ];
  writeFileSync(path, JSON.stringify({ annotations, images, categories }));
  return path;
}

describe("boxes of a COCO file", () => {
  test("are labelled in the order of the category ids, as the counts are", async () => {
    const path = write([
      { image_id: 7, category_id: 9, bbox: [1, 2, 30, 40] },
      { image_id: 7, category_id: 3, bbox: [50, 2, 30, 40] },
    ]);
    const { classes, images } = await readBoxes(path);
    expect(classes).toEqual(["cat", "dog"]);
    expect(images).toEqual([
      image([
        { box: [1, 2, 30, 40], label: 1 },
        { box: [50, 2, 30, 40], label: 0 },
      ]),
    ]);
  });

  test("leave out crowds, boxes without area and what names no known image or category", async () => {
    const good = { image_id: 7, category_id: 3, bbox: [0, 0, 5, 5] };
    const path = write([
      { ...good, iscrowd: 1 },
      { ...good, bbox: [0, 0, 0, 5] },
      { ...good, bbox: [0, 0, -3, 5] },
      { ...good, bbox: [1, 2] },
      { ...good, image_id: 8 },
      { ...good, category_id: 4 },
      { bbox: [0, 0, 5, 5] },
      good,
    ]);
    expect((await readBoxes(path)).images.flatMap(({ boxes }) => boxes)).toHaveLength(1);
  });

  test("must be there", async () => {
    await expect(readBoxes(write([]))).rejects.toThrow(/train.json holds no box.*Name a COCO file/);
    await expect(readBoxes("/nowhere/x.json")).rejects.toThrow("x.json cannot be read: no such file");
  });
});

describe("crops", () => {
  const boxes = { classes: ["cat"], images: [image([{ box: [10, 10, 20, 20], label: 0 }])] };

  test("are one a box, moved in training, with the intersection over union as quality", () => {
    const crops = cropsOf(boxes, true);
    const [x, y, w, h] = crops.boxes;
    const quality = intersectionOverUnion([x!, y!, w!, h!], [10, 10, 20, 20]);
    expect(crops.labels[0]).toBe(0);
    expect(crops.quality[0]).toBeCloseTo(quality, 5);
    expect(quality).toBeGreaterThanOrEqual(0.5);
    expect(quality).toBeLessThan(1);
    expect([...cropsOf(boxes, false).boxes.subarray(0, 4)]).toEqual([10, 10, 20, 20]);
    expect(cropsOf(boxes, false).quality[0]).toBe(1);
    expect(cropsOf(boxes, true)).toEqual(crops);
  });

  test("of background share little with any box and lie inside the image", () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      box: [8 * i, 5 * i, 12, 12] as const,
      label: 0,
    }));
    const crops = cropsOf({ classes: ["cat"], images: [image(many)] }, true);
    const background = [...crops.labels.keys()].filter((i) => crops.labels[i] === -1);
    expect(background.length).toBeGreaterThan(6);
    for (const i of background) {
      const [x, y, w, h] = crops.boxes.subarray(4 * i, 4 * i + 4);
      for (const { box } of many) expect(intersectionOverUnion([x!, y!, w!, h!], box)).toBeLessThan(0.3);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x! + w!).toBeLessThanOrEqual(100);
      expect(y! + h!).toBeLessThanOrEqual(80);
      expect(crops.quality[i]).toBe(0);
    }
  });

  test("of one image are on one side of a split, and every class keeps training images", async () => {
    const images = Array.from({ length: 10 }, (_, id) => ({
      id,
      file_name: `${id}.png`,
      width: 100,
      height: 80,
    }));
    const annotations = images.flatMap(({ id }) => [
      { image_id: id, category_id: id < 2 ? 3 : 9, bbox: [10, 10, 20, 20] },
      { image_id: id, category_id: 9, bbox: [50, 40, 20, 20] },
    ]);
    const path = write(annotations, images);
    const split = await readCropSplit({ inputs: "none", labels: path }, undefined);
    const imagesOf = (part: typeof split.train) =>
      new Set([...part.positions].map((i) => part.samples.paths![i]));
    const [train, tested] = [imagesOf(split.train), imagesOf(split.test)];
    expect([...train].filter((name) => tested.has(name))).toEqual([]);
    expect(train.size + tested.size).toBe(10);
    expect(new Set(split.train.labels)).toEqual(new Set([-1, 0, 1]));
    expect(new Set(split.test.labels)).toEqual(new Set([-1, 0, 1]));
  });

  test("are cut from the stored pixels, one decoding for all boxes of an image", async () => {
    const folder = temporaryFolder();
    const left = { create: { width: 50, height: 80, channels: 3 as const, background: "#ff0000" } };
    await sharp({ create: { ...left.create, width: 100, background: "#0000ff" } })
      .composite([{ input: await sharp(left).png().toBuffer(), left: 0, top: 0 }])
      .png()
      .toFile(join(folder, "a.png"));
    const cut = Float32Array.of(0, 0, 40, 40, 60, 20, 40, 40, 90, 70, 500, 500);
    const { matrix, broken } = await decodeImages(folder, ["a.png", "a.png", "a.png"], { boxes: cut });
    expect(broken).toEqual([]);
    const colour = (row: number) => [
      ...matrix.values.subarray(row * matrix.columns, row * matrix.columns + 3),
    ];
    expect([0, 1, 2].map(colour)).toEqual([
      [255, 0, 0],
      [0, 0, 255],
      [0, 0, 255],
    ]);
  });
});
