/** The same random data set, written in each form of several files, gives back the counts of what was written. */
import { chmodSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writePng } from "../pngFile.ts";
import { inspected, told, tree } from "./tree.ts";

/** Classes of the objects of each image, by split. */
interface Written {
  readonly names: readonly string[];
  readonly splits: Readonly<Record<string, readonly (readonly number[])[]>>;
}

interface FolderWriter {
  readonly name: string;
  /** The smallest number of objects that an image can have, and the largest. */
  readonly objects: readonly [number, number];
  readonly basis?: "images" | "pixels";
  write(dataset: Written): Record<string, string | Uint8Array>;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A file for each image: its path from split and number, its content from the classes in it. */
function files(
  { splits }: Written,
  path: (split: string, image: string, labels: readonly number[]) => string,
  content: (labels: readonly number[], image: string) => string | Uint8Array,
): Record<string, string | Uint8Array> {
  const written = Object.entries(splits).flatMap(([split, images]) =>
    images.map((labels, i): [string, string | Uint8Array] => {
      const image = `${split}_${i}`;
      return [path(split, image, labels), content(labels, image)];
    }),
  );
  return Object.fromEntries(written);
}

const writers: readonly FolderWriter[] = [
  {
    name: "YOLO",
    objects: [0, 4],
    write: (dataset) => ({
      "data.yaml": `train: images/train\nval: images/val\nnames: ${JSON.stringify(dataset.names)}\n`,
      ...files(
        dataset,
        (split, image) => `labels/${split}/${image}.txt`,
        (labels) => labels.map((label, i) => `${label} 0.5 0.5 0.1 0.${i + 1}\n`).join(""),
      ),
    }),
  },
  {
    name: "VOC",
    objects: [0, 4],
    write: (dataset) => ({
      ...Object.fromEntries(
        Object.entries(dataset.splits).map(([split, images]) => [
          `ImageSets/Main/${split}.txt`,
          images.map((_, i) => `${split}_${i}\n`).join(""),
        ]),
      ),
      ...files(
        dataset,
        (_, image) => `Annotations/${image}.xml`,
        (labels, image) =>
          `<annotation><filename>${image}.jpg</filename><size><width>99</width><height>99</height></size>${labels
            .map((label) => `<object><name>${escaped(dataset.names[label] ?? "")}</name></object>`)
            .join("")}</annotation>`,
      ),
    }),
  },
  {
    name: "CVAT",
    objects: [0, 4],
    write: ({ names, splits }) =>
      Object.fromEntries(
        Object.entries(splits).map(([split, images]) => [
          `${split}.xml`,
          `<annotations><meta><task><labels>${names
            .map((name) => `<label><name>${escaped(name)}</name></label>`)
            .join("")}</labels></task></meta>${images
            .map(
              (labels, i) =>
                `<image id="${i}" name="${split}_${i}.jpg" width="99" height="99">${labels
                  .map(
                    (label, n) =>
                      `<box label="${escaped(names[label] ?? "")}" xtl="1" ytl="1" xbr="${n + 5}" ybr="9"/>`,
                  )
                  .join("")}</image>`,
            )
            .join("")}</annotations>`,
        ]),
      ),
  },
  {
    name: "image folder",
    objects: [1, 1],
    basis: "images",
    write: (dataset) =>
      files(
        dataset,
        (split, image, [label = 0]) => `${split}/${dataset.names[label]}/${image}.jpg`,
        () => "",
      ),
  },
  {
    name: "masks",
    objects: [1, 6],
    basis: "pixels",
    write: (dataset) => ({
      "classes.txt": dataset.names.map((name) => `${name}\n`).join(""),
      ...files(
        dataset,
        (split, image) => `masks/${split}/${image}.png`,
        (labels) => writePng(labels, { width: labels.length, depth: 8, indexed: true }),
      ),
    }),
  },
];

/** Every class stands in both splits, so that formats without a declaration know it there too. */
function datasets([fewest, most]: FolderWriter["objects"]): fc.Arbitrary<Written> {
  const names = fc.shuffledSubarray(["cat", "dog", "snow leopard", "constructor", "été", "a & b"], {
    minLength: 2,
  });
  return names.chain((chosen) => {
    const label = fc.nat(chosen.length - 1);
    const images = fc
      .array(fc.array(label, { minLength: fewest, maxLength: most }), { minLength: 1, maxLength: 8 })
      .map((random) => [...chosen.map((_, index) => [index]), ...random]);
    return fc.record({ train: images, val: images }).map((splits) => ({ names: chosen, splits }));
  });
}

describe.each(writers)("$name", ({ objects, basis, write }) => {
  test("gives back the counts of every split", async () => {
    await fc.assert(
      fc.asyncProperty(datasets(objects), async (dataset) => {
        const { views } = await inspected(tree(write(dataset)));
        expect(views.map(({ split }) => split)).toEqual(["train", "val"]);
        for (const [index, images] of Object.values(dataset.splits).entries()) {
          const view = views[index];
          const labels = images.flat();
          const expected = dataset.names.map((name, label) => [
            name,
            labels.filter((each) => each === label).length,
          ]);
          expect(new Map(view?.classes.map(({ name, count }) => [name, count]))).toEqual(
            new Map(expected as [string, number][]),
          );
          expect(view?.basis).toBe(basis ?? "instances");
          expect(view?.samples).toBe(images.length);
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe.skipIf(process.getuid?.() === 0)("a file without permission", () => {
  test.each([
    ["labels/train/train_0.txt", writers[0]],
    ["Annotations/train_0.xml", writers[1]],
    ["masks/train/train_0.png", writers[4]],
  ])("%s is told, and the others are counted", async (path, writer) => {
    const images = [[0], [1], [1]];
    const root = tree(writer?.write({ names: ["cat", "dog"], splits: { train: images, val: images } }) ?? {});
    chmodSync(join(root, path), 0);
    const analysis = await inspected(root);
    const codes = analysis.findings.map(({ code }) => code);
    expect(codes.some((code) => code === "manifest/unreadable" || code === "label/unreadable")).toBe(true);
    expect(analysis.views[0]?.labels).toBe(2);
  });
});

test("a label file that is longer than 8 MB is told at its place, and the others are counted", async () => {
  const root = tree({
    "data.yaml": "train: images\nnames: [cat, dog]\n",
    "labels/1.txt": "0 0.5 0.5 0.1 0.1\n",
    "labels/2.txt": new Uint8Array((8 << 20) + 1).fill(0x20),
  });
  const analysis = await inspected(root);
  expect(told(analysis, "manifest/unreadable")).toEqual([
    expect.stringMatching(/^\S*labels\/2\.txt:1 1 label file cannot be read/),
  ]);
  expect(analysis.views[0]?.labels).toBe(1);
});
