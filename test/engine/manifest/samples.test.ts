import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { chunkedSource } from "./chunked.ts";

describe("readLabelledSamples", () => {
  test("gives paths and class indices of a list, lines without label left out", async () => {
    const source = chunkedSource("/d/l.txt", "a.jpg dog\nb.jpg\nc.jpg cat\nd.jpg dog\n", { sizes: [3] });
    const { classes, labels, paths, features } = await readLabelledSamples(source);
    expect(classes).toEqual(["cat", "dog"]);
    expect([...labels]).toEqual([1, 0, 1]);
    expect(paths).toEqual(["a.jpg", "c.jpg", "d.jpg"]);
    expect(features).toBeUndefined();
  });

  test("keeps gaps between label ids as classes", async () => {
    const { classes, labels } = await readLabelledSamples(chunkedSource("/d/l.txt", "a.jpg 3\nb.jpg 1\n"));
    expect(classes).toEqual(["0", "1", "2", "3"]);
    expect([...labels]).toEqual([3, 1]);
  });

  test("leaves out labels outside the class list", async () => {
    const lines = [...Array.from({ length: 20 }, (_, i) => `${i}.jpg ${i % 2}`), "x.jpg 9"].join("\n");
    const source = chunkedSource("/d/l.txt", lines, { neighbours: { "classes.txt": "cat\ndog" } });
    const { labels, paths } = await readLabelledSamples(source);
    expect(labels).toHaveLength(20);
    expect(paths).toHaveLength(20);
  });

  test("reads numbers with a decimal comma, but not two labels in one cell", async () => {
    const rows = Array.from(
      { length: 6 },
      (_, i) => `${i * i},5;${i};x${i % 2},y;${["1", "2", "1,2"][i % 3]}`,
    );
    const text = ["width;height;name;labels", ...rows].join("\r\n");
    const { views } = (await readManifest(chunkedSource("/d/t.csv", text), { asked: true }))!;
    expect(views[0]?.classes.map(({ name, instances }) => [name, instances])).toEqual([
      ["1", 4],
      ["2", 4],
    ]);
    const single = text.replaceAll(";1,2", ";2");
    const { features, columns, classes } = await readLabelledSamples(chunkedSource("/d/t.csv", single));
    expect(classes).toEqual(["1", "2"]);
    expect(columns).toBe(3);
    expect([...(features ?? [])].filter((_, i) => i % 3 === 0)).toEqual([0.5, 1.5, 4.5, 9.5, 16.5, 25.5]);
  });

  test("gives the numbers of a table, without row numbers and constant columns", async () => {
    const rows = ["id,width,same,height,label"];
    for (let i = 0; i < 6; i++) rows.push(`${i + 1},${i / 2},7,${10 - i},${i % 2 ? "b" : "a"}`);
    const { classes, labels, features, columns } = await readLabelledSamples(
      chunkedSource("/d/t.csv", rows.join("\n")),
    );
    expect(classes).toEqual(["a", "b"]);
    expect([...labels]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(columns).toBe(2);
    expect([...(features ?? [])].slice(0, 6)).toEqual([0, 10, 0.5, 9, 1, 8]);
  });

  test("turns a column of few words into columns of 0 and 1, and fills gaps with the mean", async () => {
    const rows = ["x,colour,label", "1,red,a", "?,blue,b", "3,red,a", ",blue,b", "2,red,a"];
    const { features, columns } = await readLabelledSamples(chunkedSource("/d/t.csv", rows.join("\n")));
    expect(columns).toBe(3);
    expect([...(features ?? [])]).toEqual([1, 0, 1, 2, 1, 0, 3, 0, 1, 2, 1, 0, 2, 0, 1]);
  });

  test("gives the paths of a table with images", async () => {
    const text = "image,label\na.png,x\nb.png,y\nc.png,x\nd.png,y\n";
    const { paths, features } = await readLabelledSamples(chunkedSource("/d/t.csv", text));
    expect(paths).toEqual(["a.png", "b.png", "c.png", "d.png"]);
    expect(features).toBeUndefined();
  });

  test("gives all labels of a cell, of flags, and of a list in a record", async () => {
    const several = { sets: { starts: Int32Array.of(0, 2, 2, 3), classes: Int32Array.of(0, 1, 1) } };
    const flags = "image,cat,dog\na.png,1,1\nb.png,0,0\nc.png,0,1\n";
    const records = '{"image": "a.png", "labels": ["y", "x"]}\n{"image": "b.png", "labels": []}\n';
    expect(await readLabelledSamples(chunkedSource("/d/t.csv", flags))).toMatchObject(several);
    const lines = `${records}{"image": "c.png", "labels": ["y"]}\n`;
    expect(await readLabelledSamples(chunkedSource("/d/t.jsonl", lines))).toMatchObject(several);
    const cells = "image,label\na.png,x|y\nb.png,y\nc.png,x\n";
    const found = await readLabelledSamples(chunkedSource("/d/t.csv", cells));
    expect(found).toMatchObject({ classes: ["x", "y"], paths: ["a.png", "b.png", "c.png"] });
    expect(found.sets).toEqual({ starts: Int32Array.of(0, 2, 3, 4), classes: Int32Array.of(0, 1, 1, 0) });
  });

  test("takes columns called after labels for flags beside any number of features", async () => {
    const names = ["a", "b", "c", "d", "e"].join(",");
    const rows = Array.from(
      { length: 8 },
      (_, i) => `${i / 3},${i / 7},${i / 9},${i * 1.5},${(i * i) / 2},1,${i % 2}`,
    );
    const text = [`${names},label_cat,label_dog`, ...rows].join("\n");
    const { classes, sets, columns } = await readLabelledSamples(chunkedSource("/d/t.csv", text));
    expect([classes, columns]).toEqual([["label_cat", "label_dog"], 5]);
    expect(sets?.classes).toHaveLength(12);
  });

  test.each([
    ["/d/t.csv", "image,width\na.png,3\nb.png,4\nc.png,5\n", /no samples with labels/],
    ["/d/readme.txt", "nothing to see\n", /readme.txt is not a label manifest/],
    ["/d/l.txt", "", /l.txt is empty/],
  ])("says why %s cannot be trained on", async (path, text, message) => {
    await expect(readLabelledSamples(chunkedSource(path, text))).rejects.toThrow(message);
  });
});
