/** The last layer of every net: features to logits, by a linear map or by cosines. */
import * as tf from "@tensorflow/tfjs";
import { columnSums, dense } from "../backends/operations.ts";
import type { NetworkSpec } from "./network.ts";
import { type Parameter, parameter } from "./parameters.ts";
import { scoped } from "./scope.ts";

/** `weight` is `[features, classes]`; a cosine head has no bias. */
export interface Head {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
}

/** Gradients in the order of `headParameters`, and of the features where they were asked for. */
export type HeadGradients = {
  readonly parameters: tf.Tensor[];
  readonly input: tf.Tensor2D | undefined;
};

/** Shorter vectors count as this long, as in `torch.nn.functional.normalize`. */
const shortest = 1e-12;

/**
 * Returns a head at its start. A linear one starts at zero weights, so that every run starts at equal logits; a
 * cosine one at random directions of length 1 (Cao et al. 2019, their code), where zero has no direction.
 */
export function createHead(spec: NetworkSpec, features: number, normal: () => number): Head {
  const { classes, biasStart = 0, decayBias } = spec;
  if (spec.head === "cosine") {
    const directions = unitColumns(features, classes, normal);
    return { weight: parameter("head/direction", [features, classes], directions), bias: undefined };
  }
  return {
    weight: parameter("head/weight", [features, classes], new Float32Array(features * classes)),
    bias: parameter("head/bias", [classes], new Float32Array(classes).fill(biasStart), decayBias),
  };
}

export function headParameters({ weight, bias }: Head): Parameter[] {
  return bias ? [weight, bias] : [weight];
}

/** Returns logits, `[rows, classes]`: x w + b, or the cosine of x with each column of w. */
export function headLogits({ weight, bias }: Head, features: tf.Tensor2D): tf.Tensor2D {
  const w = weight.value as tf.Tensor2D;
  if (bias) return dense(features, w, bias.value as tf.Tensor as tf.Tensor1D, false);
  return tf.tidy(() => tf.matMul(unit(features, 1), unit(w, 0)));
}

/** Returns gradients from that of the logits, `outer`. */
export function headGradients(
  { weight, bias }: Head,
  features: tf.Tensor2D,
  outer: tf.Tensor2D,
  wantsInput: boolean,
): HeadGradients {
  const w = weight.value as tf.Tensor2D;
  if (bias) {
    const parameters = [tf.matMul(features, outer, true, false), columnSums(outer)];
    return { parameters, input: wantsInput ? tf.matMul(outer, w, false, true) : undefined };
  }
  return scoped(() => {
    const [x, direction] = [unit(features, 1), unit(w, 0)];
    const byDirection = across(tf.matMul(x, outer, true, false), direction, lengths(w, 0), 0);
    const input = wantsInput
      ? across(tf.matMul(outer, direction, false, true), x, lengths(features, 1), 1)
      : undefined;
    return { parameters: [byDirection], input };
  });
}

/** The gradient of a vector from that of its direction: what is across the direction, over the length. */
function across(outer: tf.Tensor2D, direction: tf.Tensor2D, length: tf.Tensor, axis: number): tf.Tensor2D {
  const along = outer.mul(direction).sum(axis, true);
  return outer.sub(direction.mul(along)).div(length);
}

function unit(values: tf.Tensor2D, axis: number): tf.Tensor2D {
  return values.div(lengths(values, axis));
}

function lengths(values: tf.Tensor2D, axis: number): tf.Tensor {
  return values.square().sum(axis, true).sqrt().maximum(shortest);
}

/** Normal numbers, each column scaled to length 1: directions without preference. */
function unitColumns(rows: number, columns: number, normal: () => number): Float32Array {
  const values = Float32Array.from({ length: rows * columns }, normal);
  for (let k = 0; k < columns; k++) {
    let square = 0;
    for (let i = k; i < values.length; i += columns) square += (values[i] as number) ** 2;
    for (let i = k; i < values.length; i += columns) values[i] = (values[i] as number) / Math.sqrt(square);
  }
  return values;
}
