import { expect, test } from "vitest";
import { writePng } from "../pngFile.ts";
import { countsByView, inspected, told, tree } from "./tree.ts";

const mask = (...values: number[]): Uint8Array => writePng(values, { width: 2, depth: 8, indexed: true });

const files = {
  "images/train/a.jpg": "",
  "masks/train/a.png": mask(0, 0, 0, 1),
  "masks/train/b.png": mask(0, 2, 255, 255),
  "masks/val/c.png": mask(1, 1, 0, 0),
};

test("pixels are counted by class and split, those to ignore left out", async () => {
  const analysis = await inspected(tree(files));
  expect(analysis).toMatchObject({ format: "masks" });
  expect(countsByView(analysis)).toEqual({ train: { 0: 4, 1: 1, 2: 1 }, val: { 0: 2, 1: 2, 2: 0 } });
  expect(analysis.views[0]).toMatchObject({
    task: "segmentation",
    basis: "pixels",
    samples: 2,
    split: "train",
  });
  const byImages = await inspected(tree(files), { basis: "images" });
  expect(countsByView(byImages)["train"]).toEqual({ 0: 2, 1: 1, 2: 1 });
});

test.each([
  ["classes.txt", "background\nroad\ncar\n"],
  ["labelmap.txt", "# label:color_rgb:parts:actions\nbackground:0,0,0::\nroad:128,0,0::\ncar:0,128,0::\n"],
])("names come from %s", async (name, text) => {
  const analysis = await inspected(tree({ ...files, [name]: text }));
  expect(countsByView(analysis)["train"]).toEqual({ background: 4, road: 1, car: 1 });
});

test("ids without a name, and files that are no masks, are told", async () => {
  const root = tree({
    ...files,
    "classes.txt": "background\nroad\n",
    "masks/val/d.png": "no picture at all",
  });
  const analysis = await inspected(root);
  expect(told(analysis, "class/unknown")[0]).toContain(
    "Masks hold ids up to 2, and there are names for 0 to 1",
  );
  expect(told(analysis, "label/unreadable")[0]).toContain("masks/val/d.png:1 1 mask is not counted in full");
});
