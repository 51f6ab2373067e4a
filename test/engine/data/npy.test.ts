import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { npyHeader, readNpy, readNpyHeader } from "#engine/data/npy.ts";
import { temporaryFolder, writeNpy } from "../tiny.ts";

/** A file as NumPy would write it, but with any header. */
function rawNpy(descr: string, shape: readonly number[], bytes: Uint8Array, fortran = false): string {
  const path = join(temporaryFolder(), "inputs.npy");
  const header = Buffer.from(npyHeader(descr, shape)).toString("latin1");
  const text = fortran ? header.replace("'fortran_order': False", "'fortran_order': True ") : header;
  writeFileSync(path, Buffer.concat([Buffer.from(text, "latin1"), bytes]));
  return path;
}

describe("a .npy file", () => {
  test.each([
    ["|u1", new Uint8Array([0, 200]), "uint8", [0, 200]],
    ["|i1", new Int8Array([-1, 7]), "int8", [-1, 7]],
    ["<i4", new Int32Array([-70_000, 7]), "int32", [-70_000, 7]],
    ["<i8", new BigInt64Array([-5n, 7n]), "int64", [-5, 7]],
    ["<f4", new Float32Array([0.5, -2]), "float32", [0.5, -2]],
    ["<f8", new Float64Array([0.1, -2]), "float64", [0.1, -2]],
    [
      "<f2",
      new Uint16Array([0x3c00, 0xc100, 0x0001, 0x7c00]),
      "float16",
      [1, -2.5, 2 ** -24, Number.POSITIVE_INFINITY],
    ],
  ])("of %s gives its values", async (descr, values, type, expected) => {
    const bytes = new Uint8Array(values.buffer);
    const array = await readNpy(rawNpy(descr, [expected.length], bytes));
    expect(array.type).toBe(type);
    expect(array.shape).toEqual([expected.length]);
    expect(Array.from(array.values, Number)).toEqual(expected);
  });

  test("tells its shape without being read", async () => {
    const path = join(temporaryFolder(), "x.npy");
    writeNpy(path, "<f4", [3, 2], [1, 2, 3, 4, 5, 6]);
    expect(await readNpyHeader(path)).toMatchObject({ shape: [3, 2], descr: "<f4", offset: 128 });
  });

  test.each([
    [
      "cut short",
      rawNpyOf("<f4", [4, 2], 12),
      "inputs.npy is cut short: (4, 2) of float32 takes 32 bytes, the file holds 12.",
    ],
    [
      "big endian",
      rawNpyOf(">f4", [1], 4),
      'inputs.npy is big endian (>f4). Save it with array.astype("<f4").',
    ],
    [
      "of complex numbers",
      rawNpyOf("<c8", [1], 8),
      "inputs.npy holds values of type <c8. Expected uint8, int32",
    ],
  ])("that is %s is refused with what to do", async (_, make, message) => {
    await expect(readNpy(make())).rejects.toThrow(message);
  });

  test("in Fortran order is read row by row", async () => {
    const read = async (descr: string, shape: readonly number[], values: Float32Array | BigInt64Array) => {
      const bytes = new Uint8Array(values.buffer as ArrayBuffer);
      return [...(await readNpy(rawNpy(descr, shape, bytes, true))).values];
    };
    expect(await read("<f4", [2, 3], Float32Array.of(1, 4, 2, 5, 3, 6))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await read("<i8", [2, 2], BigInt64Array.of(-1n, -3n, -2n, -4n))).toEqual([-1n, -2n, -3n, -4n]);
    expect(await read("<f4", [3], Float32Array.of(1, 2, 3))).toEqual([1, 2, 3]);
    // More rows than are taken at once, and three axes.
    const shape = [100, 2, 3];
    const values = new Float32Array(600);
    for (let i = 0; i < 600; i++) {
      const [row, a, b] = [Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3];
      values[row + 100 * (a + 2 * b)] = i;
    }
    expect(await read("<f4", shape, values)).toEqual(Array.from({ length: 600 }, (_, i) => i));
  });

  test("that is something else, missing or a folder is named", async () => {
    const folder = temporaryFolder();
    const other = join(folder, "notes.npy");
    writeFileSync(other, "just text, long enough for a header");
    await expect(readNpy(other)).rejects.toThrow(
      "notes.npy is not a NumPy array file. Save it with numpy.save.",
    );
    await expect(readNpy(join(folder, "absent.npy"))).rejects.toThrow(
      "absent.npy cannot be read: no such file.",
    );
    await expect(readNpy(folder)).rejects.toThrow("is a folder. Name a .npy file.");
  });

  test("with a header of 128 bytes can grow in place", () => {
    const short = npyHeader("<f8", [0, 5, 10]);
    const long = npyHeader("<f8", [123_456_789, 5, 10]);
    expect([short.length, long.length]).toEqual([128, 128]);
    expect(() => npyHeader("<f8", new Array(40).fill(10_000_000))).toThrow(
      "expected a header below 128 bytes",
    );
  });
});

function rawNpyOf(descr: string, shape: readonly number[], length: number): () => string {
  return () => rawNpy(descr, shape, new Uint8Array(length));
}
