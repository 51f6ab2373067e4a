/**
 * Proof that the active backend computes what training needs, against plain loops. Backends have been met that lack a
 * gradient, or give a wrong one for negative inputs, without a word.
 */
import * as tf from "@tensorflow/tfjs";
import {
  normalise as plainNormalise,
  normaliseGradient as plainNormaliseGradient,
} from "#engine/kernels/columns.ts";
import type { ConvolutionSizes } from "#engine/kernels/convolution.ts";
import {
  addRelu,
  columnSums,
  dense,
  normalise,
  normaliseGradient,
  reluGradient,
  updateByNesterov,
} from "./operations.ts";
import {
  at,
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  type Numbers,
  product,
} from "./reference.ts";

/** A result beside what it must be. */
export interface Check {
  readonly got: tf.Tensor;
  readonly expected: ArrayLike<number>;
}

export interface SelfTestCase {
  readonly name: string;
  run(): Check[];
}

/** Largest difference allowed, as a share of the largest expected number. */
const tolerance = 2e-5;

/** @throws Error that names the first operation that is missing or wrong. */
export async function selfTest(cases: readonly SelfTestCase[] = selfTestCases): Promise<void> {
  for (const { name, run } of cases) {
    const off = await worstDifference(run).catch((error: Error) => {
      throw new Error(`self-test "${name}": ${error.message}`, { cause: error });
    });
    // NaN must fail too.
    if (!(off <= tolerance)) throw new Error(`self-test "${name}" is off by ${off.toExponential(1)}`);
  }
}

async function worstDifference(run: () => Check[]): Promise<number> {
  const checks = kept(run);
  try {
    const values = await Promise.all(checks.map(({ got }) => got.data()));
    // The largest is NaN where one is.
    return Math.max(...checks.map(({ expected }, i) => difference(values[i] ?? [], expected)));
  } finally {
    for (const { got } of checks) got.dispose();
  }
}

/** Runs a case and frees all that it made but its results; `tf.tidy` would walk every expected number. */
function kept(run: () => Check[]): Check[] {
  tf.engine().startScope();
  try {
    const checks = run();
    for (const { got } of checks) tf.keep(got);
    return checks;
  } finally {
    tf.engine().endScope();
  }
}

/** Largest absolute difference over the largest expected number; NaN where the lengths differ. */
export function difference(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.NaN;
  let scale = 1e-6;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(at(expected, i)));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(at(values, i) - at(expected, i)) / scale;
    if (!(off <= worst)) worst = off;
  }
  return worst;
}

export const selfTestCases: readonly SelfTestCase[] = [
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => productCase(transposeA, transposeB)),
  ),
  { name: "dense layer with ReLU", run: denseCase },
  { name: "update in place", run: updateCase },
  { name: "sums of columns", run: columnSumCase },
  { name: "batch normalisation", run: normalisationCase },
  convolutionCase("convolution", 8, 3, 1),
  convolutionCase("convolution with stride 2", 8, 3, 2),
  convolutionCase("convolution of one pixel", 5, 1, 1),
  { name: "max pooling of negative values", run: maxPoolCase },
  { name: "gradient of gather", run: segmentSumCase },
];

function productCase(transposeA: boolean, transposeB: boolean): SelfTestCase {
  const sides = [transposeA ? "a'" : "a", transposeB ? "b'" : "b"].join(" ");
  return {
    name: `matrix product ${sides}`,
    run() {
      const [rows, inner, columns] = [33, 20, 17] as const;
      const a = numbers(rows * inner, 1);
      const b = numbers(inner * columns, 2);
      const got = tf.matMul(
        tf.tensor2d(a, transposeA ? [inner, rows] : [rows, inner]),
        tf.tensor2d(b, transposeB ? [columns, inner] : [inner, columns]),
        transposeA,
        transposeB,
      );
      return [{ got, expected: product(a, b, [rows, inner, columns], transposeA, transposeB) }];
    },
  };
}

function denseCase(): Check[] {
  const [rows, inner, columns] = [9, 12, 7] as const;
  const [x, w, bias, outer] = [numbers(108, 3), numbers(84, 4), numbers(7, 5), numbers(63, 6)];
  const [input, weight] = [tf.tensor2d(x, [rows, inner]), tf.tensor2d(w, [inner, columns])];
  const activated = dense(input, weight, tf.tensor1d(bias), true);
  const linear = product(x, w, [rows, inner, columns]).map((value, i) => value + at(bias, i % columns));
  const masked = outer.map((value, i) => (at(linear, i) > 0 ? value : 0));
  return [
    { got: activated, expected: linear.map((value) => Math.max(0, value)) },
    { got: reluGradient(tf.tensor2d(outer, [rows, columns]), activated), expected: masked },
    {
      got: addRelu(activated, tf.tensor2d(outer, [rows, columns])),
      expected: linear.map((value, i) => Math.max(0, Math.max(0, value) + at(outer, i))),
    },
  ];
}

/** Also that a product sees a weight that was changed since the last one. */
function updateCase(): Check[] {
  const [rows, columns] = [6, 5] as const;
  const x = numbers(4 * rows, 7);
  const weight = Float64Array.from(numbers(rows * columns, 8));
  const speed = new Float64Array(rows * columns);
  const value = tf.variable(tf.tensor2d(Float32Array.from(weight), [rows, columns]), false);
  const velocity = tf.variable(tf.zeros([rows, columns]), false);
  const settings = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
  tf.matMul(tf.tensor2d(x, [4, rows]), value as tf.Tensor2D);
  for (const seed of [9, 10]) {
    const gradient = numbers(rows * columns, seed);
    updateByNesterov(value, velocity, tf.tensor2d(gradient, [rows, columns]), settings);
    for (let i = 0; i < weight.length; i++) {
      const slope = at(gradient, i) + settings.weightDecay * at(weight, i);
      speed[i] = settings.momentum * at(speed, i) + slope;
      weight[i] = at(weight, i) - settings.learningRate * (slope + settings.momentum * at(speed, i));
    }
  }
  const checks = [
    { got: value.clone(), expected: weight },
    {
      got: tf.matMul(tf.tensor2d(x, [4, rows]), value as tf.Tensor2D),
      expected: product(x, weight, [4, rows, columns]),
    },
  ];
  tf.dispose([value, velocity]);
  return checks;
}

function columnSumCase(): Check[] {
  const [rows, columns] = [300, 10] as const;
  const x = numbers(rows * columns, 11).map((value) => value + 1);
  const expected = new Float64Array(columns);
  for (let i = 0; i < x.length; i++) expected[i % columns] = at(expected, i % columns) + at(x, i);
  return [{ got: columnSums(tf.tensor2d(x, [rows, columns])), expected }];
}

function normalisationCase(): Check[] {
  const [rows, columns, epsilon, momentum] = [50, 6, 1e-5, 0.25] as const;
  const shape: [number, number, number, number] = [2, 5, 5, columns];
  const [x, outer] = [numbers(rows * columns, 18).map((value) => 3 * value + 1), numbers(rows * columns, 19)];
  const [scale, shift, running] = [numbers(columns, 20), numbers(columns, 21), numbers(columns, 22)];
  const of = { scale: tf.tensor1d(scale), shift: tf.tensor1d(shift) };
  const made = normalise(
    tf.tensor4d(x, shape),
    { ...of, mean: tf.tensor1d(running), variance: tf.tensor1d(running) },
    { epsilon, momentum, relu: true },
  );
  const dy = tf.tensor4d(outer, shape);
  const gradients = normaliseGradient(tf.tensor4d(x, shape), dy, of.scale, made, epsilon);
  const [output, input] = [new Float32Array(x.length), new Float32Array(x.length)];
  const [byScale, byShift] = [new Float32Array(columns), new Float32Array(columns)];
  const plain = { from: x, scale, mean: new Float32Array(columns), inverse: new Float32Array(columns) };
  plainNormalise(plain, shift, output, epsilon, true);
  plainNormaliseGradient(plain, outer, input, byScale, byShift);
  const followed = (batch: ArrayLike<number>): Numbers =>
    Float64Array.from(running, (value, k) => value + momentum * (at(batch, k) - value));
  const unbiased = plain.inverse.map((value) => ((value ** -2 - epsilon) * rows) / (rows - 1));
  return [
    { got: made.output, expected: output },
    { got: made.mean, expected: followed(plain.mean) },
    { got: made.variance, expected: followed(unbiased) },
    { got: gradients.input, expected: input },
    { got: gradients.scale, expected: byScale },
    { got: gradients.shift, expected: byShift },
  ];
}

function convolutionCase(name: string, size: number, filter: number, stride: number): SelfTestCase {
  const out = Math.ceil(size / stride);
  const padding = Math.max(0, (out - 1) * stride + filter - size);
  const of: ConvolutionSizes = {
    batch: 2,
    height: size,
    width: size,
    channels: 4,
    outHeight: out,
    outWidth: out,
    outChannels: 8,
    filterHeight: filter,
    filterWidth: filter,
    strideY: stride,
    strideX: stride,
    padTop: Math.floor(padding / 2),
    padLeft: Math.floor(padding / 2),
  };
  return { name, run: () => convolutionChecks(of) };
}

function convolutionChecks(of: ConvolutionSizes): Check[] {
  const inputShape: [number, number, number, number] = [of.batch, of.height, of.width, of.channels];
  const filterShape: [number, number, number, number] = [
    of.filterHeight,
    of.filterWidth,
    of.channels,
    of.outChannels,
  ];
  const x = numbers(tf.util.sizeFromShape(inputShape), 12);
  const w = numbers(tf.util.sizeFromShape(filterShape), 13);
  const outer = numbers(of.batch * of.outHeight * of.outWidth * of.outChannels, 14);
  const [input, filter] = [tf.tensor4d(x, inputShape), tf.tensor4d(w, filterShape)];
  const dy = tf.tensor4d(outer, [of.batch, of.outHeight, of.outWidth, of.outChannels]);
  const [inputGradient, filterGradient] = tf.grads((a, b) =>
    tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, of.strideY, "same"),
  )([input, filter], dy);
  const checks: [tf.Tensor | undefined, Numbers][] = [
    [tf.conv2d(input, filter, of.strideY, "same"), convolution(x, w, of)],
    [inputGradient, convolutionInputGradient(outer, w, of)],
    [filterGradient, convolutionFilterGradient(x, outer, of)],
  ];
  return checks.map(([got, expected]) => ({ got: got as tf.Tensor, expected }));
}

function maxPoolCase(): Check[] {
  const size = 6;
  const x = numbers(size * size, 15).map((value) => value - 2);
  const outer = numbers(9, 16);
  const expected = new Float64Array(size * size);
  for (let window = 0; window < 9; window++) {
    const corner = Math.floor(window / 3) * 2 * size + (window % 3) * 2;
    const places = [corner, corner + 1, corner + size, corner + size + 1];
    const highest = places.reduce((a, b) => (at(x, b) > at(x, a) ? b : a));
    expected[highest] = at(outer, window);
  }
  const pool = tf.grad((values) => tf.maxPool(values as tf.Tensor4D, 2, 2, "valid"));
  return [{ got: pool(tf.tensor4d(x, [1, size, size, 1]), tf.tensor4d(outer, [1, 3, 3, 1])), expected }];
}

function segmentSumCase(): Check[] {
  const x = numbers(8, 17);
  const expected = [at(x, 2), at(x, 3), 0, 0, at(x, 0) + at(x, 4) + at(x, 6), at(x, 1) + at(x, 5) + at(x, 7)];
  const ids = tf.tensor1d([2, 0, 2, 2], "int32");
  return [{ got: tf.unsortedSegmentSum(tf.tensor2d(x, [4, 2]), ids, 3), expected }];
}

/** Numbers in [-1, 1) that are the same everywhere. */
function numbers(size: number, seed: number): Float32Array {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2_147_483_648;
  });
}
