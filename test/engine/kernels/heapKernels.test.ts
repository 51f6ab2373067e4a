import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { product } from "#engine/backends/reference.ts";
import { columnSums, normalise, normaliseGradient } from "#engine/kernels/columns.ts";
import {
  type ConvolutionSizes,
  gatherPatches,
  paddedTransposed,
  spread,
  turnedFilter,
} from "#engine/kernels/convolution.ts";
import { addRelu, reluGradient } from "#engine/kernels/elementwise.ts";
import { attachHeapKernels, type HeapKernels } from "#engine/kernels/heapKernels.ts";
import { heapModules } from "#engine/kernels/heapModules.ts";
import { nesterovUpdate } from "#engine/kernels/nesterovUpdate.ts";
import { transpose } from "#engine/kernels/transpose.ts";
import { webAssembly } from "#engine/kernels/webAssembly.ts";
import { createRandom } from "#engine/sampling/random.ts";

/** A heap of its own, from which arrays are handed out. */
function heap(shared: boolean) {
  const memory = new webAssembly.Memory({ initial: 256, ...(shared && { maximum: 65_536, shared }) });
  let free = 1024;
  const array = (values: ArrayLike<number>): Float32Array => {
    const result = new Float32Array(memory.buffer, free, values.length);
    free += 4 * values.length + 16;
    free -= free % 16;
    result.set(values);
    return result;
  };
  const random = createRandom(1);
  const numbers = (size: number): Float32Array =>
    array(Float32Array.from({ length: size }, () => 4 * random.next() - 2));
  // Filled with a number, so that what a kernel leaves unwritten is seen.
  const blank = (size: number): Float32Array => array(new Float32Array(size).fill(99));
  const zero = (size: number): Float32Array => array(new Float32Array(size));
  return { kernels: attachHeapKernels(memory), numbers, blank, zero };
}
const at = (array: Float32Array): number => array.byteOffset;

function expectSame(got: Float32Array, expected: Float32Array): void {
  expect(new Uint8Array(got.slice().buffer)).toEqual(new Uint8Array(expected.slice().buffer));
}

function expectClose(got: Float32Array, expected: Float32Array, share = 1e-5): void {
  const scale = Math.max(...expected.map(Math.abs), 1e-6);
  const worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]) / scale), 0);
  expect(worst).toBeLessThan(share);
}

const shapes: [number, number][] = [
  [1, 1],
  [4, 4],
  [3, 10],
  [128, 324],
  [65, 33],
  [7, 16],
];

describe.each([false, true])("on a heap (shared: %s) a SIMD kernel gives what its twin gives:", (shared) => {
  test.each(shapes)("transpose of [%i, %i]", (rows, columns) => {
    const { kernels, numbers, blank } = heap(shared);
    const from = numbers(rows * columns);
    const [got, expected] = [blank(rows * columns), new Float32Array(rows * columns)];
    kernels.transpose(at(from), at(got), rows, columns);
    transpose(from, expected, rows, columns);
    expectSame(got, expected);
  });

  test.each([
    [1, 1, 1],
    [4, 3, 8],
    [5, 7, 10],
    [9, 20, 13],
    [6, 5, 3],
    [7, 256, 12],
    [10, 1000, 11],
    [1024, 37, 10],
  ])("matrix product of [%i, %i] with %i columns, first side stored either way", (rows, inner, columns) => {
    const { kernels, numbers, blank } = heap(shared);
    const [a, b, bias] = [numbers(rows * inner), numbers(inner * columns), numbers(columns)];
    for (const transposed of [false, true]) {
      for (const relu of [false, true]) {
        const got = blank(rows * columns);
        const [row, step] = transposed ? [4, 4 * rows] : [4 * inner, 4];
        kernels.product(at(a), at(b), relu ? at(bias) : 0, at(got), rows, inner, columns, row!, step!, relu);
        const expected = product(a, b, [rows, inner, columns], transposed).map((value, i) =>
          relu ? Math.max(0, value + bias[i % columns]!) : value,
        );
        expectClose(got, Float32Array.from(expected));
      }
    }
  });

  test.each(shapes)("sums of columns of [%i, %i]", (rows, columns) => {
    const { kernels, numbers, blank } = heap(shared);
    const from = numbers(rows * columns);
    const [got, expected] = [blank(columns), new Float32Array(columns)];
    kernels.columnSums(at(from), at(got), rows, columns);
    columnSums(from, expected);
    expectClose(got, expected);
  });

  test("sums of columns keep five digits over 100,000 rows", () => {
    const { kernels, blank } = heap(shared);
    const from = blank(400_000).fill(0.1);
    const got = blank(4);
    kernels.columnSums(at(from), at(got), 100_000, 4);
    expect(Math.abs(got[3]! / (100_000 * Math.fround(0.1)) - 1)).toBeLessThan(5e-6);
  });

  test.each(shapes)("Nesterov update of %i x %i numbers", (rows, columns) => {
    const { kernels, numbers } = heap(shared);
    const [weight, velocity, gradient] = [0, 1, 2].map(() => numbers(rows * columns)) as Float32Array[];
    const [w, v] = [weight!.slice(), velocity!.slice()];
    kernels.nesterovUpdate(at(weight!), at(velocity!), at(gradient!), rows * columns, 0.1, 0.9, 1e-3);
    nesterovUpdate(w, v, gradient!.slice(), 0.1, 0.9, 1e-3);
    expectSame(weight!, w);
    expectSame(velocity!, v);
  });

  test.each(shapes)("ReLU over %i x %i numbers", (rows, columns) => {
    const { kernels, numbers, blank } = heap(shared);
    const [a, b] = [numbers(rows * columns), numbers(rows * columns)];
    const [got, expected] = [blank(rows * columns), new Float32Array(rows * columns)];
    kernels.reluGradient(at(a), at(b), at(got), got.length);
    reluGradient(a, b, expected);
    expectSame(got, expected);
    kernels.addRelu(at(a), at(b), at(got), got.length);
    addRelu(a, b, expected);
    expectSame(got, expected);
  });

  test.each([...shapes, [3000, 6] as const])("batch normalisation of [%i, %i]", (rows, columns) => {
    const { kernels, numbers, blank } = heap(shared);
    for (const relu of [false, true]) {
      const [from, scale, shift, outer] = [rows * columns, columns, columns, rows * columns].map(numbers);
      const made = (of: (size: number) => Float32Array) => ({
        to: of(rows * columns),
        mean: of(columns),
        inverse: of(columns),
        inner: of(rows * columns),
        scaleGradient: of(columns),
        shiftGradient: of(columns),
      });
      const [got, expected] = [made(blank), made((size) => new Float32Array(size))];
      const normalisation = { from: from!, scale: scale!, mean: expected.mean, inverse: expected.inverse };
      normalise(normalisation, shift!, expected.to, 1e-5, relu);
      normaliseGradient(
        normalisation,
        outer!,
        expected.inner,
        expected.scaleGradient,
        expected.shiftGradient,
      );
      const { to, mean, inverse, inner, scaleGradient, shiftGradient } = got;
      const addresses = [from, scale, shift, to, mean, inverse].map((array) => at(array!));
      kernels.normalise(
        ...(addresses as [number, number, number, number, number, number]),
        rows,
        columns,
        1e-5,
        relu,
      );
      kernels.normaliseGradient(
        ...([from, outer, scale, mean, inverse, inner].map((array) => at(array!)) as Parameters<typeof six>),
        at(scaleGradient),
        at(shiftGradient),
        rows,
        columns,
      );
      expectClose(to, expected.to);
      expectClose(mean, expected.mean);
      expectClose(inverse, expected.inverse);
      // With one row the gradient of the input is exactly 0 in theory and rounding in practice.
      if (rows > 1) expectClose(inner, expected.inner, 1e-4);
      expectClose(scaleGradient, expected.scaleGradient, 1e-4);
      expectClose(shiftGradient, expected.shiftGradient);
    }
  });

  test.each([
    [1, 3, 4],
    [2, 3, 16],
    [1, 5, 3],
    [2, 1, 6],
  ])("rearrangements of a convolution with stride %i, filter %i, %i channels", (stride, filter, channels) => {
    const { kernels, numbers, zero, blank } = heap(shared);
    const of = sizes(stride, filter, channels);
    const x = numbers(of.batch * of.height * of.width * channels);
    const dy = numbers(of.batch * of.outHeight * of.outWidth * of.outChannels);
    const w = numbers(filter * filter * channels * of.outChannels);
    const compare = (size: number, twin: (to: Float32Array) => void, kernel: (to: Float32Array) => void) => {
      const expected = new Float32Array(size);
      twin(expected);
      const got = zero(size);
      kernel(got);
      expectSame(got, expected);
    };
    const [gridHeight, gridWidth] = [of.height + filter - 1, of.width + filter];
    compare(
      channels * of.batch * gridHeight * gridWidth,
      (to) => paddedTransposed(x, to, of, gridHeight, gridWidth),
      (to) => padded(kernels, x, to, of, gridHeight, gridWidth),
    );
    const turned = blank(w.length);
    const expected = new Float32Array(w.length);
    turnedFilter(w, expected, of);
    kernels.turnedFilter(at(w), at(turned), filter * filter, channels, of.outChannels);
    expectSame(turned, expected);
    const area = ((of.outHeight - 1) * stride + 1) * ((of.outWidth - 1) * stride + 1);
    compare(
      of.batch * area * of.outChannels,
      (to) => spread(dy, to, of),
      (to) =>
        kernels.spread(
          at(dy),
          at(to),
          of.batch,
          of.outHeight,
          of.outWidth,
          4 * of.outChannels,
          stride,
          stride,
        ),
    );
    compare(
      filter * filter * channels * of.batch * of.outHeight * of.outWidth,
      (to) => gatherPatches(x, to, of),
      (to) => gathered(kernels, x, to, of),
    );
  });
});

declare function six(a: number, b: number, c: number, d: number, e: number, f: number): void;

function sizes(stride: number, filter: number, channels: number): ConvolutionSizes {
  const [height, width] = [9, 6];
  const [outHeight, outWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  return {
    batch: 2,
    height,
    width,
    channels,
    outHeight,
    outWidth,
    outChannels: 5,
    filterHeight: filter,
    filterWidth: filter,
    strideY: stride,
    strideX: stride,
    padTop: Math.max(0, (outHeight - 1) * stride + filter - height) >> 1,
    padLeft: Math.max(0, (outWidth - 1) * stride + filter - width) >> 1,
  };
}

function padded(
  kernels: HeapKernels,
  from: Float32Array,
  to: Float32Array,
  of: ConvolutionSizes,
  gridHeight: number,
  gridWidth: number,
): void {
  const { batch, height, width, channels, padTop, padLeft } = of;
  const input = [batch, height, width, channels] as const;
  kernels.paddedTranspose(at(from), at(to), ...input, gridHeight, gridWidth, padTop, padLeft);
}

function gathered(kernels: HeapKernels, from: Float32Array, to: Float32Array, of: ConvolutionSizes): void {
  const { batch, height, width, channels, outHeight, outWidth, strideY, strideX } = of;
  const plane = 4 * channels * batch * outHeight * outWidth;
  for (let tap = 0; tap < of.filterHeight * of.filterWidth; tap++) {
    kernels.gatherPatches(
      at(from),
      at(to) + tap * plane,
      batch,
      height,
      width,
      channels,
      outHeight,
      outWidth,
      strideY,
      strideX,
      Math.floor(tap / of.filterWidth) - of.padTop,
      (tap % of.filterWidth) - of.padLeft,
    );
  }
}

test("the compiled kernels are those of the sources in assembly/", async () => {
  // @ts-expect-error: a script without types.
  const { kernelModule, scanModule, countModule } = await import("../../../scripts/build-kernels.mjs");
  const committed = (name: string): string =>
    readFileSync(new URL(`../../../engine/kernels/${name}.ts`, import.meta.url), "utf8");
  expect(await kernelModule()).toBe(committed("heapModules"));
  expect(await scanModule()).toBe(committed("scanModule"));
  expect(await countModule()).toBe(committed("countModule"));
  // Five compilations: seconds on a free machine.
}, 180_000);

test("the compiled kernels bring no data that would be written over a borrowed heap", () => {
  for (const text of [heapModules.plain, heapModules.shared])
    expect(sectionsOf(Buffer.from(text, "base64"))).not.toContain(11);
  // A module with one byte of data, to show that the section would be seen.
  expect(sectionsOf(Buffer.from("0061736d0100000005030100010b07010041000b0100", "hex"))).toContain(11);
});

/** Section numbers of a WebAssembly module: WebAssembly core specification, section 5.5.2. */
function sectionsOf(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]!);
    let [size, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const byte = bytes[at++]!;
      size |= (byte & 127) << shift;
      more = byte > 127;
    }
    at += size;
  }
  return ids;
}
