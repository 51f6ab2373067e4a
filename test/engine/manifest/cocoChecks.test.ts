/** What a COCO document says twice, or of images that it does not have; each with a sample that passes. */
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { chunkedSource } from "./chunked.ts";

const image = { id: 1, file_name: "a.jpg", width: 100, height: 50 };
const categories = [
  { id: 1, name: "cat", supercategory: "x" },
  { id: 2, name: "dog", supercategory: "x" },
];
const box = (id: number | string, more: object = {}): object => ({
  id,
  image_id: 1,
  category_id: 1,
  bbox: [Number(id), 1, 2, 2],
  ...more,
});

/** Findings of these families, where annotations come before images and after them. */
async function found(
  annotations: readonly object[],
  images: readonly object[] = [image],
): Promise<string[][]> {
  const told = [];
  for (const document of [
    { annotations, images, categories },
    { images, categories, annotations },
  ]) {
    const source = chunkedSource("/set/annotations.json", JSON.stringify(document, null, 1));
    const analysis = await analyse(source, { asked: true });
    const families = /^(label|sample)\//;
    told.push(
      (analysis?.findings ?? [])
        .filter(({ code }) => families.test(code))
        .map(({ code, severity, message }) => `${code} ${severity} ${message.replace(/line \d+/, "line N")}`),
    );
  }
  return told;
}

const both = (...findings: readonly string[]): string[][] => [[...findings], [...findings]];

describe("a COCO document", () => {
  test("without faults gets none of these findings", async () => {
    const image2 = { ...image, id: 2, neg_category_ids: [2] };
    expect(
      await found([box(1), box(2), box(3, { image_id: 2, bbox: [1, 1, 2, 2] })], [image, image2]),
    ).toEqual(both());
  });

  test("with repeated annotation ids, as numbers or text", async () => {
    const message =
      "label/duplicate-id warning 2 annotations have an id that another one has; first at line N.";
    expect(
      await found([box(1), box(2), box(1, { bbox: [9, 9, 2, 2] }), box("a"), box("a", { category_id: 2 })]),
    ).toEqual(both(message));
  });

  test("with a box that is there twice", async () => {
    const message =
      "label/duplicate-box warning 1 box is there twice, with the same image and class; first at line N.";
    expect(
      await found([box(1), box(2, { bbox: [1, 1, 2, 2] }), box(3, { bbox: [1, 1, 2, 2], category_id: 2 })]),
    ).toEqual(both(message));
  });

  test("with boxes that reach out of an image", async () => {
    const [before, after] = await found([box(1, { bbox: [98, 0, 5, 5] }), box(2, { bbox: [0, -9, 5, 5] })]);
    expect(before).toEqual(["label/outside-image warning Boxes reach out of 1 image; first at line N."]);
    expect(after).toEqual(["label/outside-image warning 2 boxes reach out of the image; first at line N."]);
  });

  test("with empty boxes", async () => {
    const message = "label/empty-box warning 1 box has no area or a negative side; first at line N.";
    expect(await found([box(1, { bbox: [5, 5, 0, 3] }), box(2)])).toEqual(both(message));
  });

  test("with annotations on images that it does not have", async () => {
    const message =
      "sample/unknown-image error 2 annotations name images that are not in the file, such as id 7. Their labels are counted.";
    expect(await found([box(1), box(2, { image_id: 7 }), box(3, { image_id: 8 })])).toEqual(both(message));
  });

  test("with an image id that is declared twice", async () => {
    const message =
      "sample/duplicate-id warning 1 image id is declared twice. Trainers keep one of the images only.";
    expect(await found([box(1)], [image, { ...image, file_name: "b.jpg" }])).toEqual(both(message));
  });

  test("with lists of absent classes that contradict it or name unknown ids", async () => {
    const message = [
      "label/federated error 1 image says in neg_category_ids that a class is absent which is annotated there, first id 1.",
      "label/federated warning neg_category_ids has 1 id that no category has, such as 99. They change nothing.",
    ];
    expect(await found([box(1)], [{ ...image, neg_category_ids: [99, 1, 2] }])).toEqual(both(...message));
  });

  test("says where it stops being UTF-8, and reads such names as Windows-1252", async () => {
    const text = JSON.stringify(
      { images: [image], annotations: [box(1)], categories: [{ ...categories[0], name: "caf?" }] },
      null,
      1,
    );
    const bytes = new TextEncoder().encode(text);
    bytes[bytes.indexOf(0x3f)] = 0xe9;
    const analysis = await analyse(chunkedSource("/set/annotations.json", bytes), { asked: true });
    expect(analysis?.views[0]?.classes[0]?.name).toBe("café");
    const line = text.slice(0, text.indexOf("caf?")).split("\n").length;
    const finding = analysis?.findings.find(({ code }) => code === "manifest/encoding");
    expect(finding).toMatchObject({ severity: "warning", line });
  });
});
