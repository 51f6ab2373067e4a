/** The same random dataset, written in each format, gives the same counts, wherever the chunks break. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { chunkedSource, chunkSizes } from "./chunked.ts";
import { type WrittenDataset, writers } from "./writers/writers.ts";

const evil = [
  "__proto__",
  "constructor",
  "toString",
  "<b>&amp;</b>",
  "\u202Eright to left",
  "x".repeat(10_000),
  "é🙂",
];
const plain = [
  "cat",
  "dog",
  "snow-leopard",
  "__proto__",
  "constructor",
  "été",
  "x".repeat(150),
  "<b>bold</b>",
];

/** At least one sample a class and enough of each to show that labels come again. */
const datasets = (names: readonly string[]): fc.Arbitrary<WrittenDataset> =>
  fc
    .tuple(
      fc.shuffledSubarray([...names], { minLength: 2, maxLength: 5 }),
      fc.array(fc.nat(1000), { minLength: 12, maxLength: 40 }),
    )
    .map(([chosen, numbers]) => ({
      names: chosen,
      samples: [...chosen.keys(), ...numbers.map((number) => number % chosen.length)].map((label, i) => ({
        file: `img/${String(i).padStart(4, "0")}.jpg`,
        label,
      })),
    }));

describe.each(writers)("$name", ({ anyName, write }) => {
  test("gives back the counts of what was written", async () => {
    await fc.assert(
      fc.asyncProperty(
        datasets(anyName ? [...new Set([...evil, "", ...plain])] : plain),
        chunkSizes,
        async (dataset, sizes) => {
          const { file, content, neighbours } = write(dataset);
          const source = chunkedSource(`/data/${file}`, content, {
            sizes,
            ...(neighbours ? { neighbours } : {}),
          });
          const reading = await readManifest(source, { asked: true });
          const counts = reading?.views[0]?.classes.map(({ name, images }) => [name, images]) ?? [];
          const expected = dataset.names.map((name, label) => [
            name,
            dataset.samples.filter((sample) => sample.label === label).length,
          ]);
          expect(new Map(counts as [string, number][])).toEqual(new Map(expected as [string, number][]));
          expect(counts).toHaveLength(dataset.names.length);
          expect(reading?.views[0]?.samples).toBe(dataset.samples.length);
          expect(reading?.observations).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
