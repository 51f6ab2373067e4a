import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { LiveText, type TextChange } from "#engine/manifest/live/liveText.ts";
import type { ManifestReading, ManifestSource } from "#engine/manifest/manifest.ts";
import { textSource } from "#engine/manifest/source.ts";

/** Small, so that short texts have many blocks. */
const units = 200;

const classes = ["cat", "dog", "boat", "élan", "🦊", "7"];
const label = (i: number): string => classes[(i * i) % 6] ?? "cat";

const texts: Readonly<Record<string, string>> = {
  "train.txt": lines(120, (i) => `train/${label(i)}/${i}.jpg ${(i * i) % 6}`),
  "named.txt": lines(120, (i) => `train/${i}.jpg ${label(i)}`),
  "train.csv": `file,label,split\n${lines(100, (i) => `images/${i}.jpg,"${label(i)}",${i % 3 ? "train" : "val"}`)}`,
  "multi.tsv": `text\tlabel\n${lines(100, (i) => `"say ""${i}""\nhere"\t${label(i)}|${label(i + 1)}`)}`,
  "onehot.csv": `image,cat,dog,boat\n${lines(100, (i) => `${i}.jpg,${i % 3 ? 0 : 1},${i % 3 === 1 ? 1 : 0},${i % 3 === 2 ? 1 : 0}`)}`,
  "train.jsonl": lines(100, (i) =>
    JSON.stringify({ file_name: `${i}.jpg`, label: label(i), split: i % 4 ? "train" : "test" }),
  ),
  "several.jsonl": lines(80, (i) =>
    JSON.stringify({ text: `number ${i}`, labels: [label(i), label(i + 2)] }),
  ),
  "samples.json": JSON.stringify(
    Array.from({ length: 80 }, (_, i) => ({ image: `${i}.jpg`, label: label(i) })),
  ),
  "instances.json": cocoText(", "),
  "pretty.json": cocoText(",\n  "),
};

function lines(count: number, line: (i: number) => string): string {
  return `${Array.from({ length: count }, (_, i) => line(i)).join("\n")}\n`;
}

function cocoText(between: string, annotations = 90): string {
  const list = (count: number, entry: (i: number) => unknown): string =>
    Array.from({ length: count }, (_, i) => JSON.stringify(entry(i))).join(between);
  const images = list(30, (i) => ({
    id: i,
    file_name: `${i}.jpg`,
    width: 100,
    height: i % 7 === 0 ? 5 : 90,
  }));
  const boxes = list(annotations, (i) => ({
    id: i % 50 === 49 ? 1 : i,
    image_id: (i * 7) % 33,
    category_id: (i * i) % 5,
    bbox: [i % 9, 2, 10 - (i % 11), 8.25],
    segmentation: [[1, 2, 3.5, i]],
  }));
  const categories = list(4, (i) => ({ id: i, name: classes[i] }));
  return `{"info": {}, "annotations": [${boxes}], "images": [${images}], "categories": [${categories}]}`;
}

const fragments = [
  "",
  "\n",
  "1",
  "22",
  '"',
  "}",
  "]",
  "{",
  "[",
  ",",
  '{"id": 3}',
  "a/b.jpg 2\n",
  "cat",
  "NaN",
  "\\",
  "é🦊",
  "\ud83e",
  "\udd8a",
  "\t",
  "#",
  "\ufeff",
];

const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 4 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 700 }) },
    ),
    text: fc.constantFrom(...fragments),
    back: fc.boolean(),
    // One more digit in a number breaks nothing and moves everything behind it.
    grows: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

/** All that is said of a manifest, with the places of classes and observations in bytes. */
async function saidOf(source: ManifestSource): Promise<unknown> {
  let reading: ManifestReading | undefined;
  const read = (found: ManifestReading): void => {
    reading = found;
  };
  const analysis = await analyse(source, { asked: true, read });
  const spans = reading?.observations.map(({ code, span }) => ({ code, span }));
  return { analysis, views: reading?.views, spans };
}

function applied(text: string, { start, end, text: inserted }: TextChange): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

describe("what is read after an edit is what reading everything gives", () => {
  for (const [name, original] of Object.entries(texts))
    it(`in ${name}, also where edits break and mend it`, async () => {
      const path = `/nowhere/${name}`;
      await fc.assert(
        fc.asyncProperty(edits, async (changes) => {
          let text = original;
          let live = LiveText.of(path, text, units);
          const same = async (): Promise<void> => {
            expect(await saidOf(live.source())).toEqual(await saidOf(textSource(path, text)));
          };
          await same();
          for (const { at, length, text: fragment, back, grows } of changes) {
            const place = Math.floor(at * text.length);
            const digit = grows ? text.slice(place).search(/[1-9]/) : -1;
            const start = digit < 0 ? place : place + digit;
            const end = digit < 0 ? Math.min(text.length, start + length) : start;
            const inserted = digit < 0 ? fragment : "1";
            const removed = text.slice(start, end);
            const change = { start, end, text: inserted };
            live = live.edited(change);
            text = applied(text, change);
            await same();
            if (!back) continue;
            const undo = { start, end: start + inserted.length, text: removed };
            live = live.edited(undo);
            text = applied(text, undo);
            await same();
          }
        }),
        { numRuns: 12 },
      );
    }, 60_000);
});

test("the bytes, lines and columns are those of the text, halves of surrogate pairs too", async () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "\n", "é", "🦊", "\ud83e", "\udd8a", "\r\n", "\ufeff"),
    maxLength: 300,
  });
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(fc.tuple(fc.nat(400), fc.nat(20), text), { maxLength: 5 }),
      async (first, changes) => {
        let now = first;
        let live = LiveText.of("/nowhere/a.txt", now, 20);
        for (const [at, length, inserted] of changes) {
          const start = Math.min(at, now.length);
          const change = { start, end: Math.min(now.length, start + length), text: inserted };
          now = applied(now, change);
          live = live.edited(change);
        }
        const bytes = new TextEncoder().encode(now);
        expect(live.slice(0, live.size)).toEqual(bytes);
        const marks = live.offsets.slice(0, -1);
        const decoder = new TextDecoder();
        for (const offset of marks) {
          const before = decoder.decode(bytes.subarray(0, offset)).split("\n");
          const { line, column } = live.source().lines?.()?.before(offset) ?? {};
          const bom = new TextDecoder("utf-8", { ignoreBOM: true });
          expect(line).toBe(before.length);
          const last =
            before.length > 1
              ? (bom.decode(bytes.subarray(0, offset)).split("\n").at(-1) ?? "")
              : (before[0] ?? "");
          expect(column).toBe(last.length + 1);
        }
      },
    ),
    {
      numRuns: 100,
      // A block of 20 units would end between a first half that stands alone and a pair.
      examples: [["", [[0, 0, `${"a".repeat(19)}\ud83e🦊${"a".repeat(9)}`]]]],
    },
  );
});

test("only blocks that were touched are read again", () => {
  let live = LiveText.of("/nowhere/train.txt", texts["train.txt"] ?? "", units);
  const read: number[] = [];
  const reader = (bytes: Uint8Array, offset: number): number => {
    read.push(offset);
    return bytes.length;
  };
  live.found("lengths", reader);
  expect(read).toHaveLength(live.blocks.length);
  read.length = 0;
  live = live.edited({ start: 1000, end: 1000, text: "x" });
  const found = live.found("lengths", reader) ?? [];
  expect(read).toHaveLength(1);
  expect(found.reduce((total, { found: length }) => total + length, 0)).toBe(live.size);
  expect(found.at(-1)?.shift).toBe(1);
});

test("annotations that kernels count are the same after an edit", async () => {
  const path = "/nowhere/instances.json";
  let text = cocoText(", ", 14_000);
  expect(text.length).toBeGreaterThan(1 << 20);
  let live = LiveText.of(path, text);
  await analyse(live.source());
  for (const at of [0.5, 0.1, 0.9, 0.999]) {
    const start = text.indexOf("1", Math.floor(text.length * at));
    for (const inserted of ["33", "}", "3"]) {
      const change = { start, end: start + 1, text: inserted };
      live = live.edited(change);
      text = applied(text, change);
      expect(await saidOf(live.source())).toEqual(await saidOf(textSource(path, text)));
    }
  }
});
