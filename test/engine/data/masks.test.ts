import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readIndexedPng } from "#engine/data/indexedPng.ts";
import { maskPixels, readMaskSplit, readMasks } from "#engine/data/masks.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { temporaryFolder } from "../tiny.ts";

/** An indexed PNG written by hand, every row with another filter. */
function indexedPng(width: number, height: number, bits: number, indices: readonly number[]): Buffer {
  const stride = Math.ceil((width * bits) / 8);
  const rows = Buffer.alloc(stride * height);
  for (const [i, index] of indices.entries()) {
    const bit = (i % width) * bits;
    rows[Math.floor(i / width) * stride + (bit >> 3)]! |= index << (8 - bits - (bit & 7));
  }
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : rows[y * stride + x]!);
  const paeth = (a: number, b: number, c: number): number => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  };
  const filtered = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    filtered[y * (stride + 1)] = y % 5;
    for (let x = 0; x < stride; x++) {
      const [a, b, c] = [at(x - 1, y), at(x, y - 1), at(x - 1, y - 1)];
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][y % 5]!;
      filtered[y * (stride + 1) + 1 + x] = at(x, y) - guess;
    }
  }
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 3, 0, 0, 0], 8);
  const palette = Buffer.from(Array.from({ length: 3 * 2 ** bits }, (_, i) => i % 251));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(filtered)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("an indexed PNG", () => {
  test.each([1, 2, 4, 8])("of %i bits gives back its indices, whatever the filters of its rows", (bits) => {
    const [width, height] = [13, 11];
    const random = createRandom(5);
    const indices = Array.from({ length: width * height }, () => random.integer(2 ** bits));
    const image = readIndexedPng(indexedPng(width, height, bits, indices));
    expect(image).toEqual({ width, height, indices: Uint8Array.from(indices) });
    // The palette is what a picture decoder would have given instead.
    expect(readIndexedPng(new Uint8Array(indexedPng(width, height, bits, indices))).indices).toEqual(
      image.indices,
    );
  });

  test("is told from other files", async () => {
    const create = { width: 4, height: 4, channels: 3 as const, background: "red" };
    const colours = await sharp({ create }).png().toBuffer();
    expect(() => readIndexedPng(colours)).toThrow("it holds colours, not class indices");
    expect(() => readIndexedPng(Buffer.from("GIF89a"))).toThrow("it is no PNG");
    const whole = indexedPng(8, 8, 8, new Array(64).fill(1));
    for (let end = 8; end < whole.length - 12; end += 3) {
      expect(() => readIndexedPng(whole.subarray(0, end))).toThrow();
    }
  });
});

/** Twenty images of one colour a class, the mask of each all of that class but for a corner without one. */
async function maskFolder(): Promise<{ inputs: string; labels: string }> {
  const folder = temporaryFolder();
  const [inputs, labels] = [join(folder, "images"), join(folder, "masks")];
  mkdirSync(inputs);
  mkdirSync(labels);
  writeFileSync(join(labels, "classes.txt"), "sky\nsea\nboat\n");
  for (let i = 0; i < 20; i++) {
    const label = i < 12 ? 0 : i < 18 ? 1 : 2;
    const background = ["#4080ff", "#002060", "#ffffff"][label]!;
    await sharp({ create: { width: 16, height: 16, channels: 3, background } })
      .png()
      .toFile(join(inputs, `${i}.png`));
    const indices = Array.from({ length: 256 }, (_, at) => (at < 64 ? 255 : label));
    writeFileSync(join(labels, `${i}.png`), indexedPng(16, 16, 8, indices));
  }
  return { inputs, labels };
}

describe("a folder of masks", () => {
  test("gives a class for every pixel, none where the mask is 255, and names from the list beside it", async () => {
    const { classes, labels, paths, pixels } = await readMasks(await maskFolder());
    expect(classes).toEqual(["sky", "sea", "boat"]);
    expect(pixels).toBe(maskPixels);
    expect(paths).toHaveLength(20);
    expect(new Set(labels.subarray(0, maskPixels / 4))).toEqual(new Set([-100]));
    expect(new Set(labels.subarray(maskPixels / 4, maskPixels))).toEqual(new Set([0]));
  });

  test("is split by image, each class on both sides", async () => {
    const split = await readMaskSplit(await maskFolder(), undefined);
    expect(split.train.positions.length + split.test.positions.length).toBe(20);
    expect(split.train.labels.length).toBe(split.train.positions.length * maskPixels);
    for (const part of [split.train, split.test])
      expect(new Set(part.labels)).toEqual(new Set([-100, 0, 1, 2]));
  });

  test("names the mask that has no image, and the one that is none", async () => {
    const source = await maskFolder();
    writeFileSync(join(source.labels, "lost.png"), indexedPng(4, 4, 8, new Array(16).fill(0)));
    await expect(readMasks(source)).rejects.toThrow("images holds no image for the mask lost.png");
    writeFileSync(join(source.labels, "0.png"), "no picture");
    writeFileSync(join(source.inputs, "lost.jpg"), "any");
    await expect(readMasks(source)).rejects.toThrow("masks/0.png is no mask: it is no PNG");
    await expect(readMasks({ ...source, labels: source.inputs.replace("images", "none") })).rejects.toThrow(
      "none holds no .png",
    );
  });
});
