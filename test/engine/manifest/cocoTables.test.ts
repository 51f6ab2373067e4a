import fc from "fast-check";
import { expect, test } from "vitest";
import { kernelCocoTables } from "#engine/manifest/cocoKernelTables.ts";
import { plainCocoTables } from "#engine/manifest/cocoPlainTables.ts";
import type { CocoTables } from "#engine/manifest/cocoTables.ts";

function kernelTables(duplicates: boolean): CocoTables {
  const tables = kernelCocoTables(duplicates);
  if (!tables) throw new Error("WebAssembly does not run here");
  return tables;
}

const small = fc.integer({ min: 0, max: 40 });
const image = fc.oneof(small, fc.integer({ min: 0, max: 2 ** 33 }));
const step = fc.record({
  kind: fc.constantFrom("image", "annotation"),
  image,
  slot: small,
  id: fc.oneof(small, fc.integer({ min: 0, max: 2 ** 40 }), fc.constantFrom("a", "b")),
  sides: fc.tuple(small, small),
  box: fc.option(fc.tuple(fc.constantFrom(0, 5, -2), small, fc.constantFrom(0, 7, 60, 1.5), small)),
});

test("the tables of the kernels tell what the plain ones tell", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, duplicates) => {
      const both = [plainCocoTables(duplicates), kernelTables(duplicates)];
      const told = both.map((tables) => {
        const added: unknown[] = [];
        for (const [at, { kind, image, slot, id, sides, box }] of steps.entries()) {
          if (kind === "image") tables.addImage(image, sides[0], sides[1], at, at + 1);
          else {
            const four = box === null ? undefined : Float64Array.from(box);
            tables.addId(id, at, at + 1);
            added.push(tables.addPair(image, slot));
            tables.addAnnotation(image, four, at, at + 1);
            if (four) tables.addBox(image, slot, four, at, at + 1);
          }
        }
        const { repeatedImages, emptyBoxes, boxesOutside, imagesOutside, sameIds, sameBoxes, ...rest } =
          tables.facts();
        const met = [repeatedImages, emptyBoxes, boxesOutside, imagesOutside, sameIds, sameBoxes];
        return {
          added,
          ...rest,
          met: met.map(({ times, first }) => ({ times, first })),
          pairs: [tables.pairs(), tables.pairedImages()],
          has: steps.map((known) => tables.hasPair(known.image, known.slot)),
          unknown: tables.unknownImages(),
        };
      });
      expect(told[1]).toEqual(told[0]);
    }),
    { numRuns: 100 },
  );
});

test("a hundred thousand images with 400,000 pairs are told apart by the kernels", () => {
  const tables = kernelTables(true);
  const box = new Float64Array([1, 2, 3, 4]);
  for (let i = 0; i < 400_000; i++) {
    const on = (i * 7919) % 100_000;
    const fresh = tables.addPair(on, Math.floor(i / 100_000));
    tables.addAnnotation(on, box, i, i + 1);
    tables.addBox(on, Math.floor(i / 100_000), box, i, i + 1);
    if (!fresh) throw new Error(`pair ${i} was there before`);
  }
  expect([tables.pairs(), tables.pairedImages()]).toEqual([400_000, 100_000]);
  expect(tables.addPair(5, 3)).toBe(false);
  expect(tables.facts().sameBoxes.times).toBe(0);
  tables.addBox(0, 0, box, 9, 10);
  expect(tables.facts().sameBoxes).toEqual({ times: 1, first: { start: 9, end: 10 } });
});
