import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { textSource } from "#engine/manifest/source.ts";
import { countsByView, inspected, told, tree } from "./tree.ts";

const box = (id: number): string => `${id} 0.5 0.5 0.2 0.2`;
const roundBox = (id: number): string => `${id} 0.1 0.1 0.2 0.2`;

const files = {
  "data.yaml": "train: images/train\nval: images/val\nnc: 2\nnames: [cat, 'größe']\n",
  "images/train/a.jpg": "",
  "images/train/b.jpg": "",
  "images/val/c.jpg": "",
  "labels/train/a.txt": `${box(0)}\n${roundBox(0)}\n${box(1)}`,
  "labels/train/b.txt": `${box(0)}\r\n`,
  "labels/val/c.txt": `${box(1)}\n${box(0)}\n`,
};

describe("data.yaml", () => {
  test("names the splits and the classes", async () => {
    const analysis = await inspected(tree(files));
    expect(countsByView(analysis)).toEqual({ train: { cat: 3, größe: 1 }, val: { cat: 1, größe: 1 } });
    expect(analysis.views.map(({ samples, split }) => [samples, split])).toEqual([
      [2, "train"],
      [1, "val"],
    ]);
    expect(analysis.views[0]?.classes.map(({ images }) => images)).toEqual([2, 1]);
    expect(analysis.format).toBe("yolo");
  });

  test.each([
    ["a list in lines", "names:\n  - cat\n  - dog\n"],
    ["a map", "names:\n  0: cat\n  1: dog\n"],
    ["a file", "names: names.txt\n"],
  ])("takes names as %s", async (_, names) => {
    const yaml = `train: images/train\n${names}`;
    const root = tree({ ...files, "data.yaml": yaml, "names.txt": "cat\ndog\n" });
    expect(countsByView(await inspected(join(root, "data.yaml")))).toEqual({ train: { cat: 3, dog: 1 } });
  });

  test.each([
    ["a list of images", "train: train.txt", { "train.txt": "./images/train/a.jpg\n./images/train/b.jpg\n" }],
    ["a list of folders", "train: [images/train, images/val]", {}],
    ["a folder below path", "path: .\ntrain: images/train", {}],
    ["steps up that do not fit", "train: ../images/train", {}],
    ["a folder of another machine", "train: /content/set/images/train", {}],
    ["a folder of a Windows machine", "train: C:\\set\\images\\train", {}],
    [
      "images of another machine",
      "train: t.txt",
      { "t.txt": "/x/y/images/train/a.jpg\n/x/y/images/train/b.jpg\n" },
    ],
  ])("finds %s", async (_, place, more) => {
    const root = tree({ ...files, ...more, "data.yaml": `${place}\nnames: [cat, dog]\n` });
    const [view] = (await inspected(join(root, "data.yaml"))).views;
    expect(view?.classes[0]?.count).toBe(place.includes("[") ? 4 : 3);
  });

  test("tells a folder of another machine, at its place", async () => {
    const root = tree({ ...files, "data.yaml": "names: [cat, dog]\ntrain: /content/set/images/train\n" });
    expect(told(await inspected(root), "path/foreign")).toEqual([
      expect.stringContaining(
        "data.yaml:2 train is /content/set/images/train, which is not on this machine. Read images/train instead.",
      ),
    ]);
  });

  test("tells a missing folder, and reads the others", async () => {
    const root = tree({
      ...files,
      "data.yaml": "train: images/train\ntest: images/test\nnames: [cat, dog]\n",
    });
    const analysis = await inspected(join(root, "data.yaml"));
    expect(told(analysis, "file/missing")).toEqual([
      "data.yaml:2 test names images/test, which does not exist. It is left out. Correct the path or fetch the files.",
    ]);
    expect(analysis.views).toHaveLength(1);
  });

  test.each(["/", "\\", "C:\\", "/..", "../../../../../../.."])(
    "does not have all of a disk searched: train is %s",
    async (place) => {
      const root = tree({ ...files, "data.yaml": `train: ${place}\nval: images/val\nnames: [cat, dog]\n` });
      const analysis = await inspected(join(root, "data.yaml"));
      expect(analysis.views.map(({ split }) => split)).toEqual(["val"]);
      expect(told(analysis, "file/missing")).toEqual([
        `data.yaml:1 train names ${place}, a whole disk, which is not searched. It is left out. Name the folder of the images.`,
      ]);
    },
  );

  test("is read as it stands in the editor", async () => {
    const path = join(tree(files), "data.yaml");
    const analysis = await analyse(textSource(path, "train: images/val\nnames: [a, b]\n"));
    expect(analysis && countsByView(analysis)).toEqual({ train: { a: 1, b: 1 } });
  });

  test("of another kind gives nothing", async () => {
    const root = tree({ "config.yaml": "names: [a]\nversion: 3\n", "x.yml": "train: yes\n" });
    for (const name of ["config.yaml", "x.yml"])
      expect(await analyse(textSource(join(root, name), "names: [a]\nother: 1\n"))).toBeUndefined();
  });

  test("whose aliases multiply without end gives nothing, soon", async () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}, *l${i}]`);
    const text = `l0: &l0 [x]\n${levels.join("\n")}\ntrain: a\nnames: *l30\n`;
    expect(await analyse(textSource("/nowhere/data.yaml", text))).toBeUndefined();
  });
});

describe("label files", () => {
  test("with polygons count as objects", async () => {
    const root = tree({ ...files, "labels/train/a.txt": "1 0.1 0.1 0.2 0.1 0.2 0.2\n" });
    expect(countsByView(await inspected(root))["train"]).toEqual({ cat: 1, größe: 1 });
  });

  test("with mistakes give findings in the file and line", async () => {
    const rows = [box(0), box(7), "0 0.5 0.5 0 0.2", "0 0.5 1.5 0.1 0.2", "cat 1 2", box(0)];
    const root = tree({ ...files, "labels/train/a.txt": rows.join("\n") });
    const analysis = await inspected(root);
    const first = (code: Parameters<typeof told>[1]): string =>
      told(analysis, code)[0]?.split("/").slice(1).join("/") ?? "";
    expect(first("class/unknown")).toContain("labels/train/a.txt:2 1 row has a class id above 1");
    expect(first("label/empty-box")).toContain("labels/train/a.txt:3");
    expect(first("label/outside-image")).toContain("labels/train/a.txt:4");
    expect(first("label/unreadable")).toContain("labels/train/a.txt:5");
    expect(first("sample/duplicate")).toContain("labels/train/a.txt:6");
    expect(countsByView(analysis)["train"]).toEqual({ cat: 5, größe: 0 });
  });

  test("without an image, and images without one, are told", async () => {
    const root = tree({ ...files, "images/train/bare.jpg": "", "labels/train/lost.txt": box(1) });
    const analysis = await inspected(root);
    expect(told(analysis, "image/unlabelled")[0]).toContain(
      "1 of 3 images of train has no label file: bare.jpg.",
    );
    expect(told(analysis, "image/unlisted")[0]).toContain("1 label file of train have no image");
    expect(analysis.views[0]).toMatchObject({ samples: 3, labels: 4 });
  });

  test("of a folder that links to itself are read once", async () => {
    const root = tree(files);
    symlinkSync(join(root, "labels"), join(root, "labels", "train", "again"));
    symlinkSync(join(root, "nowhere"), join(root, "labels", "train", "dead.txt"));
    expect(countsByView(await inspected(root))["train"]).toEqual({ cat: 3, größe: 1 });
  });

  test("of two splits made from one image by Roboflow are told", async () => {
    const hash = (letter: string): string => letter.repeat(32);
    const root = tree({
      ...files,
      [`images/train/x_jpg.rf.${hash("a")}.jpg`]: "",
      [`images/val/x_jpg.rf.${hash("b")}.jpg`]: "",
      [`labels/train/x_jpg.rf.${hash("a")}.txt`]: box(0),
      [`labels/val/x_jpg.rf.${hash("b")}.txt`]: box(0),
    });
    expect(told(await inspected(root), "split/overlap")[0]).toContain(
      "1 image is in both train and val; x_jpg.",
    );
  });
});

describe("without data.yaml", () => {
  test("a class list beside images and labels is enough", async () => {
    const root = tree({
      "classes.txt": "cat\ndog\n",
      "a.jpg": "",
      "a.txt": `${box(1)}\n`,
      "empty.txt": "",
      "empty.jpg": "",
    });
    const byFolder = await inspected(root);
    expect(countsByView(byFolder)).toEqual({ labels: { cat: 0, dog: 1 } });
    expect(byFolder.views[0]?.samples).toBe(2);
    expect(await inspected(join(root, "classes.txt"))).toMatchObject({ format: "yolo" });
  });

  test("label folders by split need no names", async () => {
    const root = tree({ "labels/train/a.txt": box(2), "labels/val/b.txt": box(0) });
    expect(countsByView(await inspected(root))).toEqual({
      train: { 0: 0, 1: 0, 2: 1 },
      val: { 0: 1, 1: 0, 2: 0 },
    });
  });

  test("a class list beside other texts is none", async () => {
    const root = tree({ "classes.txt": "one\ntwo\n", "notes.txt": "0 some words here and there\n" });
    const text = "one\ntwo\n";
    writeFileSync(join(root, "readme.txt"), text);
    expect(await analyse(textSource(join(root, "classes.txt"), text))).toBeUndefined();
  });
});

test("many files can be stopped on the way, and tell how far they are", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`labels/train/${String(i).padStart(4, "0")}.txt`, box(i % 3)]),
  );
  const root = tree(many);
  const steps: number[] = [];
  await inspected(root, { progress: (read, all) => void steps.push(read / all) });
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.at(-1)).toBe(1);
  const controller = new AbortController();
  const stopped = inspected(root, {
    signal: controller.signal,
    progress: () => controller.abort(new Error("enough")),
  });
  await expect(stopped).rejects.toThrow("enough");
});
