import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { describeEmbeddings, readEmbeddings } from "#engine/data/embeddings.ts";
import { temporaryFolder, writeNpy } from "../tiny.ts";

function table(name: string, text: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe("embeddings", () => {
  test("of bytes stay bytes, wider numbers become float32", async () => {
    const folder = temporaryFolder();
    writeNpy(join(folder, "a.npy"), "|u1", [2, 2], [1, 2, 3, 4]);
    writeNpy(join(folder, "b.npy"), "<f8", [2, 1, 2], [1, 2, 3, 4]);
    expect(await readEmbeddings(join(folder, "a.npy"))).toEqual({
      values: new Uint8Array([1, 2, 3, 4]),
      rows: 2,
      columns: 2,
    });
    expect(await readEmbeddings(join(folder, "b.npy"))).toEqual({
      values: new Float32Array([1, 2, 3, 4]),
      rows: 2,
      columns: 2,
    });
  });

  test.each([
    ["commas and a header", "a,b\n1,2\n3,4\n"],
    ["semicolons, CRLF and a byte order mark", "\uFEFF1;2\r\n3;4\r\n"],
    ["tabs and blank lines", "1\t2\n\n3\t4"],
    ["spaces", "  1   2\n 3.0 4e0\n"],
    ["quotes", '"1","2"\n"3","4"\n'],
  ])("of a table with %s are its numbers", async (_, text) => {
    expect(await readEmbeddings(table("x.csv", text))).toEqual({
      values: new Float32Array([1, 2, 3, 4]),
      rows: 2,
      columns: 2,
    });
  });

  test("of a compressed table are its numbers", async () => {
    expect((await readEmbeddings(table("x.csv.gz", gzipSync("1,2\n3,4\n")))).rows).toBe(2);
  });

  test("longer than the first reservation are all there", async () => {
    const text = Array.from({ length: 40_000 }, (_, i) => `${i},${-i}`).join("\n");
    const { values, rows } = await readEmbeddings(table("x.csv", text));
    expect(rows).toBe(40_000);
    expect(values[79_998]).toBe(39_999);
  });

  test.each([
    ["1,2\n3\n", "x.csv, line 2, has 1 cells, the first line has 2."],
    ["1,2\n3,four\n", 'x.csv, line 2, column 2, is not a number: "four".'],
    ["1,2\n3,\n", 'x.csv, line 2, column 2, is not a number: "".'],
    ["a,b\n", "x.csv holds no row of numbers."],
    ["", "x.csv holds no row of numbers."],
  ])("of the table %j are refused at their place", async (text, message) => {
    await expect(readEmbeddings(table("x.csv", text))).rejects.toThrow(message);
  });

  test("of a wrong shape are refused with the shape that is wanted", async () => {
    const folder = temporaryFolder();
    writeNpy(join(folder, "flat.npy"), "<f4", [3], [1, 2, 3]);
    writeNpy(join(folder, "none.npy"), "<f4", [0, 3], []);
    await expect(readEmbeddings(join(folder, "flat.npy"))).rejects.toThrow(
      "flat.npy has shape (3,). Expected inputs of shape (rows, columns).",
    );
    await expect(readEmbeddings(join(folder, "none.npy"))).rejects.toThrow(
      "none.npy is empty: its shape is (0, 3).",
    );
  });

  test("that are not finite are refused at their place", async () => {
    const path = join(temporaryFolder(), "x.npy");
    writeNpy(path, "<f4", [2, 2], [1, 2, 3, Number.NaN]);
    await expect(readEmbeddings(path)).rejects.toThrow("x.npy holds NaN in row 1, column 1 (from 0).");
  });

  test.each(["x.npy", "x.csv", "x.csv.gz", "x.txt", "x.txt.gz"])(
    "that are not there are told, and nothing else fails: %s",
    async (name) => {
      await expect(readEmbeddings(join(temporaryFolder(), name))).rejects.toThrow(
        `${name} cannot be read: no such file.`,
      );
      // What a stream tells nobody comes a moment later, and fails the test.
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  );

  test.each([
    ["x.npy", (path: string) => writeNpy(path, "<f4", [50_000, 10], new Float32Array(500_000))],
    ["x.csv", (path: string) => writeFileSync(path, "1,2\n".repeat(500_000))],
    ["x.csv.gz", (path: string) => writeFileSync(path, gzipSync("1,2\n".repeat(500_000)))],
    ["x.txt", (path: string) => writeFileSync(path, "a text\n".repeat(20_000))],
  ])("tell how much of %s was read, and stop when asked to", async (name, write) => {
    const path = join(temporaryFolder(), name);
    write(path);
    const told: string[] = [];
    const whole = await readEmbeddings(path, { progress: (message) => told.push(message) });
    expect(whole.rows).toBeGreaterThan(10_000);
    const [, read, all] = /^Reading (?:x\.\S+): (\d+) of (\d+) MB$/.exec(told.at(-1) ?? "") ?? [];
    expect(read).toBeDefined();
    expect(read).toBe(all);
    const abort = new AbortController();
    const stopped = readEmbeddings(path, { progress: () => abort.abort(), signal: abort.signal });
    await expect(stopped.then(() => readEmbeddings(path, abort))).rejects.toThrow(/abort/i);
  });

  test("are described by what their name tells", () => {
    expect(describeEmbeddings("/a/test_hog.npy", 324)).toBe("HOG embeddings, 324 columns");
    expect(describeEmbeddings("/a/clip.npy", 1024)).toBe("Embeddings clip.npy, 1,024 columns");
  });
});
