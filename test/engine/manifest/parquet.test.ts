/** Parquet files with labels. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { readLabelledSamples } from "#engine/manifest/samples.ts";
import { chunkedSource } from "./chunked.ts";

type Column = Parameters<typeof parquetWriteBuffer>[0]["columnData"][number];

function parquet(columnData: Column[], features?: object): Uint8Array {
  const kvMetadata = features ? [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }] : [];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, rowGroupSize: 4 }));
}

async function counted(bytes: Uint8Array, asked = false, name = "train-00000.parquet"): Promise<unknown> {
  const reading = await readManifest(chunkedSource(`/d/${name}`, bytes), { asked });
  return reading?.views.map(({ split, task, samples, classes }) => [
    split,
    task,
    samples,
    classes.map((each) => `${each.name} ${each.instances}`).join(", "),
  ]);
}

const texts: Column = {
  name: "text",
  data: Array.from({ length: 10 }, (_, i) => `sentence ${i}`),
  type: "STRING",
};
const numbers = [0, 2, 0, 0, 1, 2, 0, 0, 0, 1];

describe("a Parquet file", () => {
  test("with class labels takes the names of its schema, over row groups", async () => {
    const label: Column = { name: "label", data: numbers.map(BigInt), type: "INT64" };
    const features = {
      text: { _type: "Value" },
      label: { _type: "ClassLabel", names: ["a", "b", "__proto__", "d"] },
    };
    expect(await counted(parquet([texts, label], features))).toEqual([
      ["train", "single-label", 10, "a 6, b 2, __proto__ 2, d 0"],
    ]);
  });

  test("with a column of words beside texts is certain", async () => {
    const label: Column = { name: "label", data: numbers.map((n) => `class ${n}`), type: "STRING" };
    expect(await counted(parquet([texts, label]))).toEqual([
      ["train", "single-label", 10, "class 0 6, class 1 2, class 2 2"],
    ]);
  });

  test("with a less clear column is read where somebody asks", async () => {
    const label: Column = { name: "category", data: numbers, type: "INT32" };
    expect(await counted(parquet([label]))).toBeUndefined();
    expect(await counted(parquet([label]), true)).toEqual([["train", "single-label", 10, "0 6, 1 2, 2 2"]]);
  });

  test("with a split column gives a view for each", async () => {
    const label: Column = { name: "label", data: numbers, type: "INT32" };
    const split: Column = {
      name: "split",
      data: numbers.map((_, i) => (i < 7 ? "train" : "test")),
      type: "STRING",
    };
    expect(await counted(parquet([texts, label, split]), true, "a.parquet")).toEqual([
      ["train", "single-label", 7, "0 4, 1 1, 2 2"],
      ["test", "single-label", 3, "0 2, 1 1, 2 0"],
    ]);
  });

  test("without labels is refused with its columns", async () => {
    const reading = await readManifest(chunkedSource("/d/a.parquet", parquet([texts])), { asked: true });
    expect(reading?.observations.map(({ message }) => message)).toEqual([
      "a.parquet is Parquet, but has no label column: looked for class labels in its schema and for columns called " +
        'label, class, target and the like. Its columns: "text".',
    ]);
    expect(await counted(parquet([texts]))).toBeUndefined();
  });

  test("that is cut off is told", async () => {
    const bytes = parquet([texts]).subarray(0, 60);
    const reading = await readManifest(chunkedSource("/d/a.parquet", bytes), { asked: true });
    expect(reading?.observations[0]?.code).toBe("manifest/broken");
  });

  test("gives samples for training", async () => {
    const image: Column = { name: "image", data: numbers.map((_, i) => `${i}.jpg`), type: "STRING" };
    const label: Column = { name: "label", data: numbers, type: "INT32" };
    const samples = await readLabelledSamples(chunkedSource("/d/a.parquet", parquet([image, label])));
    expect([...samples.labels]).toEqual(numbers);
    expect(samples.paths?.[3]).toBe("3.jpg");
  });
});
