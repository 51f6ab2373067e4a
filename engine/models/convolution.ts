/** A convolution with batch normalisation, the unit that the ResNets are made of, with its gradient written out. */
import * as tf from "@tensorflow/tfjs";
import { type Normalised, normalise, normaliseGradient, run } from "../backends/operations.ts";
import type { NetworkState } from "./network.ts";
import { type Parameter, parameter, restoreVariable, saveVariable } from "./parameters.ts";
import { heNormal } from "./start.ts";

/** As in `torch.nn.BatchNorm2d`. */
const epsilon = 1e-5;
const statisticsMomentum = 0.1;

/** A filter of 3 by 3 pixels, then a normalisation with a scale and a shift for each channel. */
export interface Unit {
  readonly stride: number;
  readonly filter: Parameter;
  readonly scale: Parameter;
  readonly shift: Parameter;
  /** Running mean and variance of the channels, for evaluation. */
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
}

/** What the gradient of a unit needs of its forward pass. */
export type UnitTrace = {
  readonly input: tf.Tensor4D;
  readonly convolved: tf.Tensor4D;
  readonly normalised: Normalised;
};

/** Gradients in the order of `unitParameters`, and of the input where it was asked for. */
export type UnitGradients = {
  readonly parameters: readonly tf.Tensor[];
  readonly input: tf.Tensor4D | undefined;
};

/** A unit at its start: filter normal with variance 2 / inputs, scale 1, shift 0. */
export function createUnit(
  name: string,
  [inputs, outputs]: readonly [number, number],
  stride: number,
  normal: () => number,
): Unit {
  const filter = heNormal(normal, 9 * inputs, 9 * inputs * outputs);
  return {
    stride,
    filter: parameter(`${name}/filter`, [3, 3, inputs, outputs], filter),
    scale: parameter(`${name}/scale`, [outputs], new Float32Array(outputs).fill(1)),
    shift: parameter(`${name}/shift`, [outputs], new Float32Array(outputs)),
    mean: tf.tidy(() => tf.variable(tf.zeros([outputs]), false)),
    variance: tf.tidy(() => tf.variable(tf.ones([outputs]), false)),
  };
}

export function unitParameters({ filter, scale, shift }: Unit): Parameter[] {
  return [filter, scale, shift];
}

/** The pass of training, normalised by the batch; the output is `normalised.output`. */
export function unitForward(unit: Unit, input: tf.Tensor4D, relu: boolean): UnitTrace {
  const convolved = convolve(input, unit.filter.value as tf.Tensor4D, unit.stride);
  const [scale, shift, mean, variance] = [
    unit.scale.value,
    unit.shift.value,
    unit.mean,
    unit.variance,
  ] as tf.Tensor[] as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const settings = { epsilon, momentum: statisticsMomentum, relu };
  return { input, convolved, normalised: normalise(convolved, { scale, shift, mean, variance }, settings) };
}

/** Takes over the running statistics of a pass, which are the unit's from now on. */
export function updateStatistics({ mean, variance }: Unit, { normalised }: UnitTrace): void {
  mean.assign(normalised.mean);
  variance.assign(normalised.variance);
}

/** Gradients from that of the normalised output, before its ReLU. */
export function unitBackward(
  unit: Unit,
  trace: UnitTrace,
  outer: tf.Tensor4D,
  wantsInput: boolean,
): UnitGradients {
  const { input, convolved, normalised } = trace;
  const scale = unit.scale.value as tf.Tensor as tf.Tensor1D;
  const gradients = normaliseGradient(convolved, outer, scale, normalised, epsilon);
  const dy = gradients.input;
  const attrs = { strides: unit.stride, pad: padding(input.shape, unit.stride), dataFormat: "NHWC" };
  const filter = unit.filter.value;
  const [byFilter] = run("Conv2DBackpropFilter", { x: input, dy }, { ...attrs, filterShape: filter.shape });
  const byInput = wantsInput
    ? (run("Conv2DBackpropInput", { dy, filter }, { ...attrs, inputShape: input.shape })[0] as tf.Tensor4D)
    : undefined;
  dy.dispose();
  return { parameters: [byFilter as tf.Tensor, gradients.scale, gradients.shift], input: byInput };
}

/** Running statistics as a checkpoint takes them. */
export async function saveStatistics(units: readonly Unit[]): Promise<NetworkState> {
  const state: Record<string, NetworkState[string]> = {};
  for (const [name, variable] of statisticsOf(units))
    Object.assign(state, await saveVariable(name, variable));
  return state;
}

/** @throws Error where the state belongs to other units. */
export function restoreStatistics(units: readonly Unit[], state: NetworkState): void {
  for (const [name, variable] of statisticsOf(units)) restoreVariable(state, name, variable);
}

/** Running statistics by the name that they have in a checkpoint. */
function statisticsOf(units: readonly Unit[]): [string, tf.Variable][] {
  return units.flatMap((unit): [string, tf.Variable][] => {
    const name = unit.filter.name.replace("/filter", "");
    return [
      [`${name}/mean`, unit.mean],
      [`${name}/variance`, unit.variance],
    ];
  });
}

/** A unit for evaluation: normalisation by the running statistics folded into the filter. */
export type FoldedUnit = {
  readonly filter: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
};

export function foldUnit({ filter, scale, shift, mean, variance }: Unit): FoldedUnit {
  return tf.tidy(() => {
    const factor = variance.add(epsilon).rsqrt().mul(scale.value);
    return {
      filter: filter.value.mul(factor) as tf.Tensor4D,
      bias: shift.value.sub(mean.mul(factor)) as tf.Tensor as tf.Tensor1D,
    };
  });
}

export function unitEvaluate(
  input: tf.Tensor4D,
  { filter, bias }: FoldedUnit,
  stride: number,
  relu: boolean,
): tf.Tensor4D {
  return tf.fused.conv2d({
    x: input,
    filter,
    strides: stride,
    pad: padding(input.shape, stride),
    bias,
    activation: relu ? "relu" : "linear",
  });
}

function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, stride: number): tf.Tensor4D {
  return tf.conv2d(x, filter, stride, padding(x.shape, stride));
}

type Padding = [[number, number], [number, number], [number, number], [number, number]];

/**
 * One pixel before, and one after where the filter reaches there: what PyTorch's padding of 1 reads. TensorFlow's
 * "same" would put the pixel of an even image with stride 2 behind it.
 */
function padding([, height, width]: readonly number[], stride: number): Padding {
  const after = (size = 0): number => (Math.ceil(size / stride) - 1) * stride + 2 - size;
  return [
    [0, 0],
    [1, after(height)],
    [1, after(width)],
    [0, 0],
  ];
}
