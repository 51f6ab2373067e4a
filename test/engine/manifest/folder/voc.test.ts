import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { fileSource, textSource } from "#engine/manifest/source.ts";
import { countsByView, inspected, told, tree } from "./tree.ts";

const object = (name: string, box = "<xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax>"): string =>
  `<object><name>${name}</name><difficult>1</difficult><bndbox>${box}</bndbox></object>\n`;

const image = (...objects: string[]): string =>
  `<annotation>\n<filename>a.jpg</filename><size><width>20</width><height>10</height></size>\n${objects.join("")}</annotation>`;

const files = {
  "Annotations/1.xml": image(
    object("dog"),
    object("cat &amp; co", "<xmin>2</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax>"),
  ),
  "Annotations/2.xml": image(object("dog")),
  "Annotations/3.xml": image(),
  "ImageSets/Main/train.txt": "1\n3\n",
  "ImageSets/Main/val.txt": "2\n",
  "ImageSets/Main/trainval.txt": "1\n2\n3\n",
  "ImageSets/Main/dog_train.txt": "1  1\n3 -1\n",
};

describe("a folder with ImageSets", () => {
  test("has the splits of its lists", async () => {
    const analysis = await inspected(tree(files));
    expect(countsByView(analysis)).toEqual({
      train: { "cat & co": 1, dog: 1 },
      val: { "cat & co": 0, dog: 1 },
    });
    expect(analysis.views.map(({ samples }) => samples)).toEqual([2, 1]);
    expect(told(analysis, "split/class-missing")[0]).toContain(
      "1 class of train is missing in val: cat & co.",
    );
  });

  test.each(["ImageSets/Main/train.txt", "ImageSets/Main/val.txt", "Annotations/2.xml"])(
    "is found by %s, also unasked",
    async (name) => {
      const analysis = await analyse(fileSource(join(tree(files), name)));
      expect(analysis?.views.map((view) => view.name)).toEqual(["train", "val"]);
    },
  );

  test("tells images that a list names and that are not there, and those in no list", async () => {
    const root = tree({ ...files, "ImageSets/Main/train.txt": "1\n9\n", "ImageSets/Main/val.txt": "2\n1\n" });
    const analysis = await inspected(root);
    expect(told(analysis, "file/missing")[0]).toContain("1 of 2 images of train have no XML file: 9.");
    expect(told(analysis, "image/unlisted")[0]).toContain("1 label file belongs to no split: 3.xml.");
    expect(told(analysis, "split/overlap")[0]).toContain("1 image is in both train and val; 1.xml.");
  });
});

test("folders by split are splits, and one folder alone is one view", async () => {
  const root = tree({ "train/a.xml": image(object("dog")), "valid/b.xml": image(object("cat")) });
  expect(countsByView(await inspected(root))).toEqual({ train: { cat: 0, dog: 1 }, val: { cat: 1, dog: 0 } });
  const flat = tree({ "a.xml": image(object("dog")) });
  expect((await inspected(flat)).views.map(({ classes }) => classes.map(({ name }) => name))).toEqual([
    ["dog"],
  ]);
});

test("mistakes are told in their file and line", async () => {
  const corners = (...numbers: number[]): string =>
    ["xmin", "ymin", "xmax", "ymax"].map((edge, i) => `<${edge}>${numbers[i]}</${edge}>`).join("");
  const root = tree({
    "Annotations/1.xml": image(
      object("dog", corners(5, 5, 5, 8)),
      object("dog", corners(1, 1, 90, 8)),
      object("dog"),
      object("dog"),
      "<object><bndbox/></object>\n",
    ),
    "Annotations/2.xml": `<annotation><path>/home/someone/2.jpg</path>${object("dog")}</object>`,
  });
  const analysis = await inspected(root);
  const place = (code: Parameters<typeof told>[1]): string | undefined =>
    told(analysis, code)[0]?.split("Annotations/").at(1)?.split(" ")[0];
  expect(place("label/empty-box")).toBe("1.xml:3");
  expect(place("label/outside-image")).toBe("1.xml:4");
  expect(place("sample/duplicate")).toBe("1.xml:6");
  expect(place("label/unreadable")).toBe("1.xml:7");
  expect(place("manifest/broken")).toBe("2.xml:2");
  expect(place("path/foreign")).toBe("2.xml:1");
  expect(analysis.views[0]).toMatchObject({ samples: 2, labels: 5 });
});

test.each([
  ["a project file", "<project><annotation/></project>"],
  ["another annotation", '<annotation name="x"><retention/></annotation>'],
  ["a page", "<?xml version='1.0'?><html><body/></html>"],
])("%s in XML is none", async (_, text) => {
  const root = tree({ "a.xml": text });
  expect(await analyse(textSource(join(root, "a.xml"), text))).toBeUndefined();
});

test("an entity bomb is passed over", async () => {
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>';
  const root = tree({ "Annotations/1.xml": `${bomb}${image(object("&b;"))}` });
  expect(Object.values(countsByView(await inspected(root)))).toEqual([{ "&b;": 1 }]);
});
