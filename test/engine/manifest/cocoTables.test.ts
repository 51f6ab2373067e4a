import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "#engine/analysis.ts";
import { kernelCocoTables } from "#engine/manifest/cocoKernelTables.ts";
import { plainCocoTables } from "#engine/manifest/cocoPlainTables.ts";
import type { CocoTables } from "#engine/manifest/cocoTables.ts";
import { textSource } from "#engine/manifest/source.ts";

function kernelTables(duplicates: boolean): CocoTables {
  const tables = kernelCocoTables(duplicates);
  if (!tables) throw new Error("WebAssembly does not run here");
  return tables;
}

const small = fc.integer({ min: 0, max: 40 });
const image = fc.oneof(small, fc.integer({ min: 0, max: 2 ** 33 }));
const step = fc.record({
  kind: fc.constantFrom("image", "annotation", "absent"),
  image,
  slot: fc.oneof(small, fc.integer({ min: 0, max: 70_000 })),
  // From 65,536 on the kernels leave categories to others.
  category: fc.oneof(small, fc.constantFrom(2050, 65_535, 65_536, 1.5, -1)),
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
        const slots = new Set(steps.map(({ slot }) => slot));
        for (const slot of slots) tables.many?.bind(slot, slot);
        for (const [at, { kind, image, slot, category, id, sides, box }] of steps.entries()) {
          if (kind !== "annotation") tables.addImage(image, sides[0], sides[1], at, at + 1);
          if (kind === "absent") tables.addAbsent(image, category, at, at + 1);
          if (kind === "annotation") {
            const four = box === null ? undefined : Float64Array.from(box);
            tables.addId(id, at, at + 1);
            added.push(tables.addPair(image, slot));
            tables.addAnnotation(image, four, at, at + 1);
            if (four) tables.addBox(image, slot, four, at, at + 1);
          }
        }
        const { repeatedImages, emptyBoxes, boxesOutside, imagesOutside, sameIds, sameBoxes, ...rest } =
          tables.facts();
        const { listed, ...absent } = tables.absent(
          (image, category) => slots.has(category) && tables.hasPair(image, category),
        );
        const met = [repeatedImages, emptyBoxes, boxesOutside, imagesOutside, sameIds, sameBoxes];
        return {
          added,
          ...rest,
          met: met.map(({ times, first }) => ({ times, first })),
          pairs: [tables.pairs(), tables.pairedImages()],
          has: steps.map((known) => tables.hasPair(known.image, known.slot)),
          unknown: tables.unknownImages(),
          listed: [...listed].sort(([a], [b]) => a - b),
          absent,
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

test("images with many pairs and boxes are told apart like those with few", () => {
  const both = [plainCocoTables(true), kernelTables(true)];
  const told = both.map((tables) => {
    let random = 1;
    const next = (below: number): number => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return Math.floor((random / 2 ** 32) * below);
    };
    const fresh: boolean[] = [];
    for (let i = 0; i < 30_000; i++) {
      // Image 0 is on every second annotation, and others have a few dozen.
      const image = next(2) * next(500);
      const slot = next(image === 0 ? 3000 : 5);
      fresh.push(tables.addPair(image, slot));
      tables.addBox(image, slot, new Float64Array([next(20), next(20), 5, 5]), i, i + 1);
    }
    const has = Array.from({ length: 3000 }, (_, slot) => tables.hasPair(0, slot));
    const { sameBoxes } = tables.facts();
    return [fresh, has, tables.pairs(), tables.pairedImages(), sameBoxes.times, sameBoxes.first];
  });
  expect(told[1]).toEqual(told[0]);
  expect(told[1]?.[4]).toBeGreaterThan(100);
});

test("a large document is read the same with the tables of the kernels and with the plain ones", async () => {
  const odd = [
    '{"id": "a", "image_id": 3, "category_id": 2, "bbox": [1, 2, 3, 4]}',
    '{"id": "a", "image_id": "x", "category_id": "two", "bbox": [1, 2, 3, 4]}',
    '{"id": 5, "image_id": 99999999999, "category_id": 70000, "bbox": [1, 2, 3]}',
    '{"id": 200000000, "image_id": 4, "category_id": 1, "bbox": [-9, 2, 3, 4]}',
    '{"id": 200000000, "image_id": 4, "category_id": 1, "bbox": [0, 0, 0, 4]}',
    '{"image_id": 7, "category_id": 3, "bbox": []}',
    '{"id": 6, "category_id": 3}',
    '{"id": 7, "image_id": 7}',
    '{"id": 8, "image_id": 7.5, "category_id": 2.5, "bbox": [1, 2, 3, 1e1]}',
  ];
  const annotations = Array.from(
    { length: 16_000 },
    (_, i) =>
      odd[i % 1000] ??
      `{"id": ${i % 15_990}, "image_id": ${(i * 37) % 900}, "category_id": ${i % 7}, "bbox": [${i % 600}, 1, 50.25, ${i % 50}]}`,
  );
  const lists = [
    "[]",
    "[3]",
    "[1, 6, 99]",
    "[2, 70000]",
    "[5, 1.5]",
    "[0, 1, 2, 3, 98]",
    "[1e1]",
    "null",
    '"3"',
  ];
  const images = Array.from(
    { length: 890 },
    (_, i) => `{"id": ${i}, "width": 640, "height": 480, "neg_category_ids": ${lists[i % lists.length]}}`,
  );
  const categories = Array.from({ length: 6 }, (_, i) => `{"id": ${i}, "name": "c${i}"}`);
  const parts = { images, annotations, categories };
  for (const order of [Object.keys(parts), Object.keys(parts).reverse()]) {
    const text = `{${order.map((key) => `"${key}": [${parts[key as keyof typeof parts].join(", ")}]`).join(", ")}}`;
    const source = textSource("/data/instances.json", text);
    expect(text.length).toBeGreaterThan(1 << 20);
    const analysis = await analyse(source);
    expect(analysis).toEqual(await analyse({ ...source, size: 1000 }));
    expect(analysis?.findings.length).toBeGreaterThan(6);
    const federated = analysis?.findings.filter(({ code }) => code === "label/federated");
    expect(federated?.map(({ severity }) => severity)).toEqual(["error", "warning"]);
  }
});
