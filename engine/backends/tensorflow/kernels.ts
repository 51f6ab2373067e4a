/**
 * Kernels on TensorFlow's own operations: what tfjs-node composes of many or lacks, and the one-pass kernels of
 * `operations.ts`.
 */
import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { type NesterovSettings, type NormaliseSettings, ownKernels } from "../operations.ts";
import type { NodeBackend, TFEOpAttr } from "./node.ts";
import { updateInPlace } from "./variables.ts";

interface Call {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: NodeBackend;
}
type Kernel = (call: Call) => TensorInfo | TensorInfo[];
type Inputs<Names extends string> = Readonly<Record<Names, TensorInfo>>;

let installed = false;

/** Puts all kernels in place; once per process, for every start of the backend. */
export function installTensorflowKernels(): void {
  if (installed) return;
  installed = true;
  addKernel(ownKernels.nesterovUpdate, ({ inputs, attrs, backend }) => {
    const { weight, velocity, gradient } = inputs as Inputs<"weight" | "velocity" | "gradient">;
    updateInPlace(backend, [weight, velocity, gradient], attrs as unknown as NesterovSettings);
    return [];
  });
  addKernel(ownKernels.normaliseAndFollow, normalise);
  addKernel(ownKernels.normaliseGradient, normaliseGradient);
  addKernel(ownKernels.reluGradient, reluGradient);
  addKernel(ownKernels.addRelu, addRelu);
  addKernel(ownKernels.dense, dense);
  addKernel(ownKernels.columnSums, ({ inputs, backend }) => {
    const { x } = inputs as Inputs<"x">;
    return backend.executeSingleOutput("BiasAddGrad", [float(backend, "T")], [x]);
  });
  replaceKernel("Conv2D", convolve);
  replaceKernel("Conv2DBackpropInput", () => convolutionInputGradient);
  replaceKernel("Conv2DBackpropFilter", () => convolutionFilterGradient);
  replaceKernel("BatchMatMul", (batches) => (call) => {
    const { a, b } = call.inputs as Inputs<"a" | "b">;
    if (a.shape.length !== 2 || b.shape.length !== 2) return batches(call);
    return matrixProduct(call.backend, a, b, call.attrs as unknown as Transposition);
  });
}

/** FusedBatchNormV3 keeps what its gradient needs, and moves the running statistics as PyTorch does. */
function normalise({ inputs, attrs, backend }: Call): TensorInfo[] {
  const { x, scale, shift, mean, variance } = inputs as Inputs<"x" | "scale" | "shift" | "mean" | "variance">;
  const { epsilon, momentum, relu } = attrs as unknown as NormaliseSettings;
  const [output, nextMean, nextVariance, ...saved] = backend.executeMultipleOutputs(
    "FusedBatchNormV3",
    [
      ...batchNormalisation(backend, epsilon),
      { name: "exponential_avg_factor", type: backend.binding.TF_ATTR_FLOAT, value: momentum },
    ],
    [x, scale, shift, mean, variance],
    6,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  if (!relu) return [output, nextMean, nextVariance, ...saved];
  const activated = backend.executeSingleInput("Relu", output);
  output.dispose();
  return [activated, nextMean, nextVariance, ...saved];
}

function normaliseGradient({ inputs, attrs, backend }: Call): TensorInfo[] {
  const { x, outer, scale, saved0, saved1, saved2 } = inputs as Inputs<
    "x" | "outer" | "scale" | "saved0" | "saved1" | "saved2"
  >;
  const [input, byScale, byShift, ...unused] = backend.executeMultipleOutputs(
    "FusedBatchNormGradV3",
    batchNormalisation(backend, attrs["epsilon"] as number),
    [outer, x, scale, saved0, saved1, saved2],
    5,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  tf.dispose(unused);
  return [input, byScale, byShift];
}

function batchNormalisation(backend: NodeBackend, epsilon: number): TFEOpAttr[] {
  const { TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL } = backend.binding;
  return [
    float(backend, "T"),
    float(backend, "U"),
    { name: "epsilon", type: TF_ATTR_FLOAT, value: epsilon },
    { name: "data_format", type: TF_ATTR_STRING, value: "NHWC" },
    { name: "is_training", type: TF_ATTR_BOOL, value: true },
  ];
}

function reluGradient({ inputs, backend }: Call): TensorInfo {
  const { gradient, activated } = inputs as Inputs<"gradient" | "activated">;
  return backend.executeSingleOutput("ReluGrad", [float(backend, "T")], [gradient, activated]);
}

function addRelu({ inputs, backend }: Call): TensorInfo {
  const { a, b } = inputs as Inputs<"a" | "b">;
  const sum = backend.executeSingleOutput("AddV2", [float(backend, "T")], [a, b]);
  const result = backend.executeSingleInput("Relu", sum);
  sum.dispose();
  return result;
}

/** Matrices only, each side as it lies or transposed; tfjs-node has the one for batches of them. */
function matrixProduct(
  backend: NodeBackend,
  a: TensorInfo,
  b: TensorInfo,
  transpose: Transposition,
): tf.Tensor {
  const { TF_ATTR_BOOL } = backend.binding;
  const attrs = [
    float(backend, "T"),
    { name: "transpose_a", type: TF_ATTR_BOOL, value: transpose.transposeA },
    { name: "transpose_b", type: TF_ATTR_BOOL, value: transpose.transposeB },
  ];
  return backend.executeSingleOutput("MatMul", attrs, [a, b]);
}

interface Transposition {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function dense({ inputs, attrs, backend }: Call): TensorInfo {
  const { x, weight, bias } = inputs as Inputs<"x" | "weight" | "bias">;
  const made = [matrixProduct(backend, x, weight, { transposeA: false, transposeB: false })];
  made.push(backend.executeSingleOutput("BiasAdd", [float(backend, "T")], [made[0] as TensorInfo, bias]));
  if (attrs["relu"] === true) made.push(backend.executeSingleInput("Relu", made[1] as TensorInfo));
  const result = made.pop() as tf.Tensor;
  tf.dispose(made);
  return result;
}

function convolve(original: Kernel): Kernel {
  return (call) => {
    const { inputs, attrs, backend } = call;
    const { x, filter } = inputs as Inputs<"x" | "filter">;
    if (attrs["dataFormat"] !== "NHWC" || !isPlain(attrs["dilations"])) return original(call);
    return backend.executeSingleOutput("Conv2D", convolution(backend, x.shape, filter.shape, attrs), [
      x,
      filter,
    ]);
  };
}

function isPlain(dilations: unknown): boolean {
  return [dilations].flat().every((each) => each === 1);
}

/** tfjs-node refuses explicit padding in the gradients of a convolution, though TensorFlow has it. */
function convolutionInputGradient({ inputs, attrs, backend }: Call): TensorInfo {
  const { dy, filter } = inputs as Inputs<"dy" | "filter">;
  const shape = attrs["inputShape"] as number[];
  return withShape(shape, (sizes) =>
    backend.executeSingleOutput("Conv2DBackpropInput", convolution(backend, shape, filter.shape, attrs), [
      sizes,
      filter,
      dy,
    ]),
  );
}

function convolutionFilterGradient({ inputs, attrs, backend }: Call): TensorInfo {
  const { x, dy } = inputs as Inputs<"x" | "dy">;
  const shape = attrs["filterShape"] as number[];
  return withShape(shape, (sizes) =>
    backend.executeSingleOutput("Conv2DBackpropFilter", convolution(backend, x.shape, shape, attrs), [
      x,
      sizes,
      dy,
    ]),
  );
}

type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Shape4D = [number, number, number, number];

/**
 * Attributes of a convolution. Padding that is that of "SAME" is called so: with explicit padding TensorFlow leaves
 * its oneDNN kernels for slower ones.
 */
function convolution(
  { binding }: NodeBackend,
  input: readonly number[],
  filter: readonly number[],
  attrs: Readonly<Record<string, unknown>>,
): TFEOpAttr[] {
  const info = (pad: Pad): tf.backend_util.Conv2DInfo =>
    tf.backend_util.computeConv2DInfo(
      input as Shape4D,
      filter as Shape4D,
      attrs["strides"] as number,
      1,
      pad,
      attrs["dimRoundingMode"] as "floor" | undefined,
      false,
      "channelsLast",
    );
  const { padInfo, strideHeight, strideWidth } = info(attrs["pad"] as Pad);
  const { top, bottom, left, right } = padInfo;
  const same = info("same").padInfo;
  const isSame = same.top === top && same.bottom === bottom && same.left === left && same.right === right;
  const type = isSame ? "SAME" : padInfo.type;
  const explicit = { name: "explicit_paddings", type: binding.TF_ATTR_INT };
  return [
    { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: "strides", type: binding.TF_ATTR_INT, value: [1, strideHeight, strideWidth, 1] },
    { name: "padding", type: binding.TF_ATTR_STRING, value: type },
    { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
    ...(type === "EXPLICIT" ? [{ ...explicit, value: [0, 0, top, bottom, left, right, 0, 0] }] : []),
  ];
}

function withShape(shape: readonly number[], work: (sizes: tf.Tensor) => tf.Tensor): tf.Tensor {
  const sizes = tf.tensor1d([...shape], "int32");
  const result = work(sizes);
  sizes.dispose();
  return result;
}

function float({ binding }: NodeBackend, name: string): TFEOpAttr {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

function addKernel(name: string, kernel: Kernel): void {
  tf.registerKernel({
    kernelName: name,
    backendName: "tensorflow",
    kernelFunc: kernel as unknown as KernelFunc,
  });
}

/** @param make gets the kernel that tfjs-node has under this name. */
function replaceKernel(name: string, make: (original: Kernel) => Kernel): void {
  const original = tf.getKernel(name, "tensorflow");
  tf.unregisterKernel(name, "tensorflow");
  addKernel(name, make(original.kernelFunc as unknown as Kernel));
}
