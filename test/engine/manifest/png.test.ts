import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { countPngValues, pngHeader } from "#engine/manifest/png.ts";
import { writePng } from "./pngFile.ts";

async function counted(png: Uint8Array): Promise<Record<number, number> | string> {
  const counts = new Float64Array(1 << 16);
  const problem = await countPngValues(png, counts);
  if (problem !== undefined) return problem;
  return Object.fromEntries([...counts.entries()].filter(([, count]) => count > 0));
}

function tally(values: ArrayLike<number>): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of Array.from(values)) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

describe("another program's files", () => {
  test.each([
    ["plain", {}],
    ["interlaced", { progressive: true }],
    ["filtered", { adaptiveFiltering: true }],
  ])("%s grey values are counted", async (_, options) => {
    const [width, height] = [37, 23];
    const values = Uint8Array.from({ length: width * height }, (_value, i) => (i * i + (i >> 3)) % 19);
    const raw = { raw: { width, height, channels: 1 as const } };
    const png = await sharp(values, raw).toColourspace("b-w").png(options).toBuffer();
    expect(pngHeader(png)?.kind).toBe("grey");
    expect(await counted(png)).toEqual(tally(values));
  });
});

test("every depth, width and filter is counted", async () => {
  const arbitrary = fc.record({
    depth: fc.constantFrom(1, 2, 4, 8, 16),
    width: fc.integer({ min: 1, max: 21 }),
    height: fc.integer({ min: 1, max: 9 }),
    filter: fc.integer({ min: 0, max: 4 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ depth, width, height, filter, seed }) => {
      const values = Array.from({ length: width * height }, (_, i) => (seed * (i + 7) * 31) % 2 ** depth);
      expect(await counted(writePng(values, { width, depth, filter }))).toEqual(tally(values));
    }),
    { numRuns: 40 },
  );
});

describe("what is no mask", () => {
  const png = writePng([1, 2, 3, 4], { width: 2, depth: 8, filter: 0 });

  test("is told", async () => {
    expect(await counted(new TextEncoder().encode("not a picture, but long enough to hold a header"))).toBe(
      "it is no PNG",
    );
    expect(await counted(png.slice(0, 48))).toMatch(/ends too early|damaged/);
    const colour = png.slice();
    colour[25] = 2;
    expect(await counted(colour)).toBe("its pixels are colours, not class ids");
    const huge = png.slice();
    huge.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    expect(await counted(huge)).toBe("it has more than 268 million pixels or 262,144 columns");
  });

  test("never hangs or throws, whatever bytes are changed", async () => {
    const base = writePng(
      Array.from({ length: 64 }, (_, i) => i),
      { width: 8, depth: 8, filter: 4 },
    );
    const change = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(change, async (changes) => {
        const bytes = base.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        await counted(bytes);
      }),
      { numRuns: 60 },
    );
  });
});

test("data that unpack to far more than the image holds are not unpacked", async () => {
  const bomb = deflateSync(new Uint8Array(50_000_000));
  expect(await counted(writePng([0], { width: 1, depth: 8, filter: 0 }, bomb))).toEqual({ 0: 1 });
});
