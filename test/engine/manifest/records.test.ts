/** Records with labels: JSON Lines, JSON lists and maps, whoever wrote them. */
import { describe, expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { chunkedSource } from "./chunked.ts";

const lines = (records: readonly unknown[]): string =>
  records.map((record) => JSON.stringify(record)).join("\n");

async function counted(name: string, content: string, asked = false): Promise<unknown> {
  const reading = await readManifest(chunkedSource(`/data/${name}`, content), { asked });
  return reading?.views.map(({ split, task, samples, classes }) => ({
    ...(split ? { split } : {}),
    task,
    samples,
    classes: classes.map(({ name: label, instances }) => `${label} ${instances}`).join(", "),
  }));
}

const sentences = ["yes", "no", "yes", "yes", "no"].map((label, i) => ({ text: `sentence ${i}`, label }));

describe("JSON Lines", () => {
  test("of texts with labels are certain, and say so", async () => {
    expect(await counted("train.jsonl", lines(sentences))).toEqual([
      { split: "train", task: "single-label", samples: 5, classes: "no 2, yes 3" },
    ]);
    const reading = await readManifest(chunkedSource("/data/a.jsonl", lines(sentences)));
    expect(reading?.recognition).toEqual([
      { format: "jsonl", evidence: "sure", why: '"label" holds labels beside "text"' },
    ]);
  });

  test("of numbers keep the label ids, gaps and all", async () => {
    const records = [0, 3, 3, 0, 0].map((label, i) => ({ file_name: `${i}.jpg`, label }));
    expect(await counted("a.jsonl", lines(records))).toEqual([
      { task: "single-label", samples: 5, classes: "0 3, 1 0, 2 0, 3 2" },
    ]);
  });

  test("of label lists count every label once a sample, and empty lists as samples", async () => {
    const records = [["a", "b"], ["a"], [], ["b", "b"]].map((labels, i) => ({ image: `${i}.png`, labels }));
    expect(await counted("a.jsonl", lines(records), true)).toEqual([
      { task: "multi-label", samples: 4, classes: "a 2, b 2" },
    ]);
  });

  test("of objects with boxes count objects and images", async () => {
    const records = [[0, 0, 1], [1], [0]].map((category, i) => ({
      file_name: `${i}.png`,
      objects: { bbox: category.map(() => [0, 0, 1, 1]), category },
    }));
    const reading = await readManifest(chunkedSource("/d/metadata.jsonl", lines(records)), { asked: true });
    expect(reading?.views[0]?.classes.map(({ images, instances }) => [images, instances])).toEqual([
      [2, 3],
      [2, 2],
    ]);
    expect(reading?.views[0]?.task).toBe("detection");
  });

  test("with a split field give a view for each split, with the same classes", async () => {
    const records = sentences.map((record, i) => ({ ...record, split: i < 3 ? "train" : "valid" }));
    expect(await counted("a.jsonl", lines(records))).toEqual([
      { split: "train", task: "single-label", samples: 3, classes: "no 1, yes 2" },
      { split: "val", task: "single-label", samples: 2, classes: "no 1, yes 1" },
    ]);
  });

  test("that are broken or without a label are told at their place", async () => {
    const text = `${lines(sentences)}\n{"text": "a", "label": \n{"text": "b", "label": null}\n\n{"text": "c"}`;
    const analysis = await analyse(chunkedSource("/data/a.jsonl", text, { sizes: [7] }));
    const told = analysis?.findings.map(({ code, line, message }) => `${code} ${line} ${message}`) ?? [];
    expect(told).toContain(
      "manifest/broken 6 Line 6 is no JSON from column 24 on. It is left out of all counts.",
    );
    expect(told).toContain(
      "label/unreadable 7 The line at line 7 has no label that can be read. 2 such lines are left out of all counts.",
    );
  });

  test("longer than a megabyte are read whole", async () => {
    const records = sentences.map((record, i) =>
      i === 4 ? { blob: "x".repeat(3 << 20), ...record } : record,
    );
    expect(await counted("a.jsonl", lines(records))).toEqual([
      { task: "single-label", samples: 5, classes: "no 2, yes 3" },
    ]);
  });
});

describe("SageMaker's augmented manifests", () => {
  const job = (attribute: string, type: string, more: object): object => ({
    [`${attribute}-metadata`]: { ...more, type: `groundtruth/${type}`, "human-annotated": "yes" },
  });

  test("of one class an image take the names beside the ids", async () => {
    const records = [0, 1, 0].map((label, i) => ({
      "source-ref": `s3://bucket/${i}.jpg`,
      animal: label,
      ...job("animal", "image-classification", { "class-name": ["cat", "dog"][label] }),
    }));
    expect(await counted("output.manifest", lines(records))).toEqual([
      { task: "single-label", samples: 3, classes: "cat 2, dog 1" },
    ]);
  });

  test("of boxes take the class map", async () => {
    const records = [[0, 0], [1]].map((ids, i) => ({
      "source-ref": `s3://bucket/${i}.jpg`,
      boxes: { annotations: ids.map((class_id) => ({ class_id, width: 1, top: 1, height: 1, left: 1 })) },
      ...job("boxes", "object-detection", { "class-map": { "0": "cat", "1": "dog", "2": "cow" } }),
    }));
    expect(await counted("output.manifest", lines(records))).toEqual([
      { task: "detection", samples: 2, classes: "cat 2, dog 1, cow 0" },
    ]);
  });

  test("of several labels an image take the class map", async () => {
    const records = [[0, 1], []].map((labels, i) => ({
      "source-ref": `s3://bucket/${i}.jpg`,
      animals: labels,
      ...job("animals", "image-classification-multilabel", { "class-map": { "0": "cat", "1": "dog" } }),
    }));
    expect(await counted("output.manifest", lines(records))).toEqual([
      { task: "multi-label", samples: 2, classes: "cat 1, dog 1" },
    ]);
  });
});

describe("JSON", () => {
  test("lists of samples", async () => {
    expect(await counted("a.json", JSON.stringify(sentences))).toEqual([
      { task: "single-label", samples: 5, classes: "no 2, yes 3" },
    ]);
  });

  test("lists by split", async () => {
    const document = { version: 1, train: sentences.slice(0, 4), test: sentences.slice(4) };
    expect(await counted("a.json", JSON.stringify(document))).toEqual([
      { split: "train", task: "single-label", samples: 4, classes: "no 1, yes 3" },
      { split: "test", task: "single-label", samples: 1, classes: "no 1, yes 0" },
    ]);
  });

  test("a list under a key, which then is no split", async () => {
    expect(await counted("a.json", JSON.stringify({ items: sentences, tags: [1] }))).toEqual([
      { task: "single-label", samples: 5, classes: "no 2, yes 3" },
    ]);
  });

  test("maps from file to label, labels or record", async () => {
    const files = sentences.map(({ label }, i) => [`img/${i}.jpg`, label] as const);
    const expected = [{ task: "single-label", samples: 5, classes: "no 2, yes 3" }];
    expect(await counted("a.json", JSON.stringify(Object.fromEntries(files)))).toEqual(expected);
    const records = files.map(([file, label]) => [file, { label, width: 3 }]);
    expect(await counted("a.json", JSON.stringify(Object.fromEntries(records)), true)).toEqual(expected);
    const lists = files.map(([file, label]) => [file, label === "no" ? ["no", "yes"] : [label]]);
    expect(await counted("a.json", JSON.stringify(Object.fromEntries(lists)))).toEqual([
      { task: "multi-label", samples: 5, classes: "no 2, yes 5" },
    ]);
  });

  test("truth values are labels", async () => {
    const records = [true, false, true, true].map((label, i) => ({ text: `t ${i}`, label }));
    expect(await counted("a.json", JSON.stringify(records))).toEqual([
      { task: "single-label", samples: 4, classes: "false 1, true 3" },
    ]);
  });

  test("evil names are counted", async () => {
    const names = ["__proto__", "constructor", "", "\u202Eabc", "x".repeat(10_000), "<b>"];
    const records = [...names, ...names].map((label, i) => ({ text: `t ${i}`, label }));
    const reading = await readManifest(chunkedSource("/d/a.json", JSON.stringify(records)), { asked: true });
    expect(new Set(reading?.views[0]?.classes.map(({ name, images }) => `${name}${images}`))).toEqual(
      new Set(names.map((name) => `${name}2`)),
    );
  });

  test("samples for training keep their paths", async () => {
    const records = sentences.map(({ label }, i) => ({ image: `img/${i}.jpg`, label }));
    const { classes, labels, paths } = await readLabelledSamples(
      chunkedSource("/d/a.json", JSON.stringify(records)),
    );
    expect(classes).toEqual(["no", "yes"]);
    expect([...labels]).toEqual([1, 0, 1, 1, 0]);
    expect(paths).toEqual(records.map(({ image }) => image));
  });
});

describe("ordinary JSON gets no word", () => {
  test.each([
    [
      "tasks.json",
      {
        tasks: [
          { label: "build", type: "shell" },
          { label: "test", type: "shell" },
        ],
      },
    ],
    ["menu.json", ["Home", "Help", "About", "Blog"].map((label) => ({ label, image: `${label}.png` }))],
    ["issues.json", [1, 2, 3, 4].map((id) => ({ id, title: "a", labels: [{ name: "bug", color: "red" }] }))],
    ["assets.json", { "a.png": "a.1234.png", "b.png": "b.2345.png" }],
    ["sizes.json", { "a.png": 20344, "b.png": 12834, "c.png": 12, "d.png": 334 }],
    [
      "shop.json",
      [1, 2, 3, 4].map((id) => ({ id, title: `t${id}`, category: "shoes", price: 3, image: "a.png" })),
    ],
  ])("%s", async (name, value) => {
    expect(await readManifest(chunkedSource(`/home/me/${name}`, JSON.stringify(value)))).toBeUndefined();
  });

  test.each([
    ["log.jsonl", [1, 2, 3, 4].map((i) => ({ level: "info", message: `m${i}`, time: i }))],
    ["chat.jsonl", [1, 2, 3, 4].map((i) => ({ messages: [{ role: "user", content: `m${i}` }] }))],
  ])("%s", async (name, records) => {
    expect(await readManifest(chunkedSource(`/home/me/${name}`, lines(records)))).toBeUndefined();
  });
});
