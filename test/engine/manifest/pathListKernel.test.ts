import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { textSource } from "#engine/manifest/source.ts";
import { chunkedSource } from "./chunked.ts";

const folder = fc.constantFrom("cat", "dog", "a/b", "a\\b", "x".repeat(250), "");
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({ folder, file: fc.nat(30), label: fc.nat(5) })
      .map(({ folder: name, file, label }) => `${name}/${file}.jpg ${label}`),
  },
  fc.constantFrom(
    "",
    "# cat/1.jpg 1",
    "  cat/1.jpg 1",
    "cat/1.jpg 1  ",
    "cat/1.jpg  1",
    "cat/1.jpg\t1",
    "cat/1 1.jpg\t1",
    "cat/1.jpg\t 1",
    "cat/1.jpg -1",
    "cat/1.jpg 007",
    "cat/1.jpg 99999",
    "cat/1.jpg 12345678901",
    "cat/1.jpg one",
    "cat/1.jpg",
    "1",
    "\t",
    "/1.jpg 1",
    "é漢/😀.jpg 1",
    "cat/1.jpg 1\r",
    "\r",
  ),
);

test("a long list is read the same by the kernels and line by line, wherever the chunks break", async () => {
  const head = Array.from({ length: 40 }, (_, i) => `cat/${i}.jpg ${i % 3}`).join("\n");
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 80 }),
      fc.constantFrom("\n", "\r\n"),
      fc.integer({ min: 7, max: 3000 }),
      async (lines, end, chunk) => {
        const source = chunkedSource("/data/train.txt", `${head}\n${lines.join(end)}`, { sizes: [chunk] });
        const plain = await analyse({ ...source, size: 1000 }, { asked: true });
        expect(await analyse({ ...source, size: 1 << 20 }, { asked: true })).toEqual(plain);
        expect(plain?.views.length).toBe(1);
      },
    ),
    { numRuns: 25 },
  );
});

test("chunks larger than the room of the kernels are read whole", async () => {
  const text = Array.from({ length: 60_000 }, (_, i) => `train/é${i % 7}/${i % 59_000}.jpg ${i % 7}`).join(
    "\n",
  );
  const source = {
    ...textSource("/data/train.txt", text),
    bytes: () => once(new TextEncoder().encode(text)),
  };
  const analysis = await analyse(source, { asked: true });
  expect(analysis).toEqual(await analyse({ ...source, size: 1000 }, { asked: true }));
  expect(analysis?.views[0]?.samples).toBe(60_000);
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}
