import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { locate } from "#engine/manifest/locate.ts";
import { fileSource } from "#engine/manifest/source.ts";
import { chunkedSource, chunkSizes } from "./chunked.ts";

/** As an editor counts: lines and UTF-16 units from 1. */
function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index);
  return { line: before.split("\n").length, column: index - before.lastIndexOf("\n") };
}

test("bytes become lines and UTF-16 columns, wherever the chunks break", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\n", "é", "😀", "漢", "\r"), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(fc.nat(60), { maxLength: 5 }),
      chunkSizes,
      async (content, picks, sizes) => {
        const characters = Array.from(content);
        const spans = picks.map((pick) => {
          const from = characters.slice(0, Math.min(pick, characters.length)).join("");
          return { from, to: characters.slice(0, Math.min(pick + 2, characters.length)).join("") };
        });
        const bytes = (part: string): number => new TextEncoder().encode(part).length;
        const places = await locate(
          chunkedSource("/x", content, { sizes }),
          spans.map(({ from, to }) => ({ start: bytes(from), end: bytes(to) })),
        );
        expect(places).toEqual(
          spans.map(({ from, to }) => {
            const end = placeOf(content, to.length);
            return { ...placeOf(content, from.length), endLine: end.line, endColumn: end.column };
          }),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("places from the lines noted while a file was read are those of a full pass", async () => {
  const folder = await mkdtemp(join(tmpdir(), "equipoise-"));
  const line = `${"é😀x".repeat(40)}\n`;
  const text = `\uFEFF${line.repeat(900)}${"a".repeat(200_000)}é${"b".repeat(100_000)}\n${line}`;
  const path = join(folder, "long.txt");
  await writeFile(path, text);
  const size = Buffer.byteLength(text);
  const source = fileSource(path);
  const spans = [0, 3, 4, 70_000, 140_000, 230_000, 420_000, size - 3, size].map((start) => ({
    start,
    end: start + 1,
  }));
  const before = await locate(source, spans);
  for await (const chunk of source.bytes()) expect(chunk.length).toBeGreaterThan(0);
  const index = source.lines?.();
  expect(index?.end).toBe(size);
  const inside = spans.slice(0, -1);
  expect(await locate(source, inside)).toEqual(before.slice(0, -1));
  expect(await locate(chunkedSource(path, text, { sizes: [7919] }), inside)).toEqual(before.slice(0, -1));
  await rm(folder, { recursive: true });
});

test("long lines are counted like short ones", async () => {
  const text = `${"x".repeat(5000)}\n${"y".repeat(300)}é!\nend`;
  const at = new TextEncoder().encode(text.slice(0, text.indexOf("!"))).length;
  for (const sizes of [undefined, [1000], [1]]) {
    expect(
      await locate(chunkedSource("/x", text, sizes ? { sizes } : {}), [{ start: at, end: at + 1 }]),
    ).toEqual([{ line: 2, column: 302, endLine: 2, endColumn: 303 }]);
  }
});

test("a byte order mark takes no column", async () => {
  expect(await locate(chunkedSource("/x", "\uFEFFab"), [{ start: 3, end: 4 }])).toEqual([
    { line: 1, column: 1, endLine: 1, endColumn: 2 },
  ]);
});

test("a place that the content no longer has is its end", async () => {
  expect(await locate(chunkedSource("/x", "a\nb"), [{ start: 90, end: 95 }])).toEqual([
    { line: 2, column: 2, endLine: 2, endColumn: 2 },
  ]);
});
