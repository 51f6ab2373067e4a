import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readEmbeddings } from "#engine/data/embeddings.ts";
import { hashedNgrams, readTexts } from "#engine/data/texts.ts";
import { proposeExperiment } from "#engine/training/proposal.ts";
import { temporaryFolder } from "../tiny.ts";

function write(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

test("texts are the lines of a file, or the cells of a text column with their quotes and line breaks", async () => {
  expect(await readTexts(write("seq.in", "one two\r\n\r\nthree"))).toEqual(["one two", "", "three"]);
  const table = '\uFEFFtext,category\r\n"a, ""b""\r\nc",x\r\nplain,y\r\n';
  expect(await readTexts(write("train.csv", table))).toEqual(['a, "b"\r\nc', "plain"]);
  expect(await readTexts(write("train.csv.gz", gzipSync(table)))).toEqual(['a, "b"\r\nc', "plain"]);
  expect(await readTexts(write("numbers.csv", "a,b\n1,2\n"))).toBeUndefined();
});

test("texts that share words are near each other, other texts are not, and rows have length 1", () => {
  const { values, columns } = hashedNgrams([
    "my card is lost",
    "the card is lost",
    "exchange rates today",
    "",
  ]);
  const row = (i: number): number[] => Array.from(values.subarray(i * columns, (i + 1) * columns));
  const product = (i: number, j: number): number => row(i).reduce((sum, x, k) => sum + x * row(j)[k]!, 0);
  expect(product(0, 0)).toBeCloseTo(1, 5);
  expect(product(0, 1)).toBeGreaterThan(0.5);
  expect(product(0, 2)).toBeLessThan(0.25);
  expect(product(3, 3)).toBe(0);
});

test("a missing file is named", async () => {
  await expect(readEmbeddings(join(temporaryFolder(), "seq.in"))).rejects.toThrow(/^seq\.in cannot be read/);
});

test("an experiment on texts is proposed from a table, and from parallel files", async () => {
  const lines = Array.from(
    { length: 20 },
    (_, i) => [`word${i} something`, i % 2 === 0 ? "even" : "odd"] as const,
  );
  const table = write("train.csv", `text,category\n${lines.map((line) => line.join(",")).join("\n")}\n`);
  const proposal = await proposeExperiment({ manifest: table, folder: join(table, "..") });
  expect(proposal.inputs).toBe("Texts of train.csv as hashed n-grams, 1,024 columns");
  const label = write("label", `${lines.map(([, name]) => name).join("\n")}\n`);
  writeFileSync(join(label, "..", "seq.in"), `${lines.map(([text]) => text).join("\n")}\n`);
  const parallel = await proposeExperiment({ manifest: label, folder: join(label, "..") });
  expect(parallel.plan.train.inputs).toBe(join(label, "..", "seq.in"));
});
