/** Ordinary files are not manifests, and the editor says nothing about them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { chunkedSource } from "./chunked.ts";

const here = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

const kubernetes = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 3
`;

const log = Array.from(
  { length: 50 },
  (_, i) => `2024-05-01T10:00:${String(i).padStart(2, "0")} 10.0.0.1 GET /img/logo.png 200 ${512 + i}`,
).join("\n");

const finances = `date,description,amount,category
2024-01-03,Groceries,-45.10,food
2024-01-04,Train,-12.00,travel
2024-01-05,Groceries,-51.30,food
2024-01-06,Salary,2400.00,income
2024-01-07,Bakery,-4.10,food
`;

const people = `id,name,city,age
1,Ada,London,36
2,Alan,London,41
3,Grace,New York,85
4,Edsger,Rotterdam,72
`;

const ordinary: readonly (readonly [string, string])[] = [
  ["deploy.yaml", kubernetes],
  ["access.log", log],
  ["access.txt", log],
  ["finances.csv", finances],
  ["people.csv", people],
  ["prices.tsv", "day\tprice\n1\t2.5\n2\t2.75\n3\t2.5\n"],
  ["notes.txt", "Remember the milk\nand the picture at img/a.jpg\nand call home\n"],
  ["sizes.txt", Array.from({ length: 60 }, (_, i) => `img/${i}.jpg ${20_000 + 997 * i}`).join("\n")],
  ["images.txt", Array.from({ length: 60 }, (_, i) => `img/${i}.jpg`).join("\n")],
  [
    "SHA256SUMS",
    "e3b0c44298fc1c149afbf4c8996fb924  img/a.png\n5feceb66ffc86f38d952786c6d696c79  img/b.png\n",
  ],
  ["numbers.json", "[1, 2, 3, 4]"],
  ["settings.json", '{"editor.tabSize": 2, "files.exclude": {"**/x": true}}'],
  ["sizes.json", '{"width": 200, "height": 300}'],
  ["images.json", '{"images": [{"src": "a.png", "alt": "A"}]}'],
  ["geo.json", '{"type": "FeatureCollection", "features": [{"geometry": {"coordinates": [1, 2]}}]}'],
  ["list.json", '[{"id": 1, "name": "Ada"}, {"id": 2, "name": "Alan"}]'],
  ["categories.json", '{"categories": [{"id": 1, "name": "Books"}]}'],
  ["empty.txt", ""],
  ["blank.json", " \n"],
  ["cut.json", '{"a": ['],
  ["binary.txt", "\u0000\u0001\u0002 1\n\u0003 2\n"],
  ["requirements.txt", "numpy==1.26.4\ntorch==2.3.0\n"],
  [".gitignore", "node_modules\ndist\n*.png\n"],
];

describe("ordinary files are no manifests", () => {
  test.each(ordinary)("%s", async (name, content) => {
    expect(await readManifest(chunkedSource(`/home/me/${name}`, content))).toBeUndefined();
  });

  test.each([
    "package.json",
    "package-lock.json",
    "tsconfig.base.json",
    "biome.json",
    "vitest.config.ts",
    ".gitignore",
  ])("%s of this repository", async (name) => {
    expect(await readManifest(chunkedSource(here(name), readFileSync(here(name))))).toBeUndefined();
  });
});

describe("a file that a person names as manifest", () => {
  test.each(["deploy.yaml", "notes.txt", "requirements.txt", "SHA256SUMS"])(
    "%s is refused all the same",
    async (name) => {
      const [, content = ""] = ordinary.find(([file]) => file === name) ?? [];
      expect(await readManifest(chunkedSource(`/home/me/${name}`, content), { asked: true })).toBeUndefined();
    },
  );

  test("a bare table is read where its last column holds names that repeat", async () => {
    const rows = Array.from(
      { length: 30 },
      (_, i) => `${i * 1.5},${i % 7},${i % 3 === 0 ? "oak" : "ash"}`,
    ).join("\n");
    const source = chunkedSource("/data/trees.data", rows);
    expect(await readManifest(source)).toBeUndefined();
    const reading = await readManifest(source, { asked: true });
    expect(reading?.views[0]?.classes.map(({ name, images }) => [name, images])).toEqual([
      ["ash", 20],
      ["oak", 10],
    ]);
  });

  test("a list of counts is read whatever its name", async () => {
    const reading = await readManifest(chunkedSource("/data/numbers.json", "[10, 0, 3]"), { asked: true });
    expect(reading?.views[0]?.classes.map(({ id, name, images }) => [id, name, images])).toEqual([
      [0, "0", 10],
      [1, "1", 0],
      [2, "2", 3],
    ]);
  });
});
