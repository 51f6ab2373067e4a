/** The contract of all readers: the same dataset in each format gives the same counts, wherever the chunks break. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ManifestReading } from "#engine/manifest/manifest.ts";
import { readers } from "#engine/manifest/readers.ts";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { chunkedSource, chunkSizes } from "./chunked.ts";

interface Sample {
  readonly file: string;
  readonly label: number;
}

const names = ["cat", "dog", "snow leopard", "été", "__proto__"];
const samples: Sample[] = Array.from({ length: 40 }, (_, i) => ({
  file: `img/${String(i).padStart(4, "0")}.jpg`,
  label: i % 7 === 0 ? 1 : i % 11 === 0 ? 2 : i % 13 === 0 ? 3 : i === 5 ? 4 : 0,
}));
const counts = names.map((_, label) => samples.filter((sample) => sample.label === label).length);

function coco(keys: readonly string[]): string {
  const parts: Record<string, unknown> = {
    info: { description: 'with "quotes", [brackets] and {braces}' },
    images: samples.map(({ file }, id) => ({
      id,
      file_name: file,
      width: 2,
      height: 2,
      tags: [[1], { a: "]" }],
    })),
    annotations: samples.map(({ label }, id) => ({
      segmentation: [[1.5, 2]],
      id,
      image_id: id,
      category_id: label,
      bbox: [0, 0, 1, 1],
    })),
    categories: names.map((name, id) => ({ supercategory: "x", id, name })),
  };
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, parts[key]])));
}

const table = (delimiter: string, cell: (text: string) => string): string =>
  ["filename", "label", "note"].join(delimiter) +
  "\r\n" +
  samples.map(({ file, label }) => [cell(file), cell(names[label]!), "x"].join(delimiter)).join("\r\n");

interface Form {
  readonly name: string;
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly neighbours?: Readonly<Record<string, string>>;
}

const listed = samples.map(({ file, label }) => `${file} ${label}`).join("\n");
const forms: Form[] = [
  {
    name: "path list with a class list",
    file: "train.txt",
    content: listed,
    neighbours: { "classes.txt": names.join("\n") },
  },
  {
    name: "path list with numbered classes",
    file: "list_train.txt",
    content: `${listed}\n\n`,
    neighbours: { "list_classes.txt": names.map((name, id) => `${id} ${name}`).join("\r\n") },
  },
  {
    name: "path list with a folder per class",
    file: "train.txt",
    content: samples.map(({ file, label }) => `${names[label]}/${file.slice(4)}\t${label}`).join("\r\n"),
  },
  { name: "COCO", file: "train.json", content: coco(["info", "images", "annotations", "categories"]) },
  {
    name: "COCO, categories first",
    file: "train.json",
    content: coco(["categories", "annotations", "images"]),
  },
  {
    name: "COCO, annotations first",
    file: "train.json",
    content: coco(["annotations", "images", "categories", "info"]),
  },
  { name: "CSV", file: "train.csv", content: table(",", (text) => text) },
  {
    name: "CSV, quoted, byte order mark",
    file: "train.csv",
    content: `\uFEFF${table(",", (text) => `"${text}"`)}`,
  },
  { name: "CSV with semicolons", file: "train.csv", content: table(";", (text) => text) },
  { name: "TSV", file: "train.tsv", content: table("\t", (text) => text) },
  {
    name: "JSON Lines",
    file: "train.jsonl",
    content: samples
      .map(({ file, label }) => JSON.stringify({ image: file, label: names[label] }))
      .join("\n"),
  },
  {
    name: "JSON list",
    file: "train.json",
    content: JSON.stringify(samples.map(({ file, label }) => ({ image: file, label: names[label] }))),
  },
  {
    name: "counts by name",
    file: "class_counts.json",
    content: `{${names.map((name, i) => `${JSON.stringify(name)}: ${counts[i]}`).join(", ")}}`,
  },
  {
    name: "CSV of counts",
    file: "class_counts.csv",
    content: ["class,count", ...names.map((name, i) => `${name},${counts[i]}`)].join("\n"),
  },
];

const sorted = (reading: ManifestReading | undefined): unknown =>
  reading?.views[0]?.classes.map(({ name, images }) => `${name}: ${images}`).sort();
const expected = names.map((name, i) => `${name}: ${counts[i]}`).sort();

describe.each(forms)("$name", ({ file, content, neighbours }) => {
  test("gives the same counts wherever the chunks break", async () => {
    await fc.assert(
      fc.asyncProperty(chunkSizes, async (sizes) => {
        const source = chunkedSource(`/data/${file}`, content, {
          sizes,
          ...(neighbours ? { neighbours } : {}),
        });
        const reading = await readManifest(source);
        expect(sorted(reading)).toEqual(expected);
        expect(reading?.views[0]?.samples ?? samples.length).toBe(samples.length);
        expect(reading?.observations).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

test("every reader takes part", async () => {
  const formats = new Set<string>();
  for (const { file, content, neighbours } of forms) {
    const source = chunkedSource(`/data/${file}`, content, neighbours ? { neighbours } : {});
    formats.add((await readManifest(source))?.format ?? "");
  }
  // Readers of other shapes have suites of their own.
  const apart = new Set(["label-map", "npy", "idx", "label-studio", "parallel-text", "parquet", "cvat"]);
  for (const { format } of readers) if (!apart.has(format)) expect(formats).toContain(format);
});

test("gzip of a manifest gives what the manifest gives", async () => {
  const { fileSource } = await import("#engine/manifest/source.ts");
  const { mkdtemp, writeFile } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const folder = await mkdtemp(join(tmpdir(), "equipoise-"));
  for (const { file, content, neighbours } of forms) {
    if (neighbours) continue;
    const path = join(folder, `${file}.gz`);
    await writeFile(path, gzipSync(content));
    expect(sorted(await readManifest(fileSource(path)))).toEqual(expected);
  }
});
