/** Fully connected nets with ReLU between their layers, with gradients written out: three matrix products a layer. */
import * as tf from "@tensorflow/tfjs";
import { columnSums, dense, reluGradient } from "../backends/operations.ts";
import { checkBatch, checkGradient } from "./checks.ts";
import { createHead, type Head, headGradients, headLogits, headParameters } from "./head.ts";
import type { Batch, LogitsToGradient, Network, NetworkSpec, NetworkState, Update } from "./network.ts";
import {
  applyUpdate,
  disposeParameters,
  type Parameter,
  parameter,
  restoreParameters,
  saveParameters,
} from "./parameters.ts";
import { heNormal, normalSource } from "./start.ts";

interface Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

interface Layers {
  readonly hidden: readonly Layer[];
  readonly head: Head;
}

/** Numbers that are looked at together outside training; larger blocks only cost memory. */
const evaluationSize = 1 << 20;

/**
 * A net `[features] -> hidden[0] -> ... -> [classes]`. Hidden weights start normal with variance 2 / inputs (He et al.
 * 2015, equation 10), the head as `createHead` says.
 */
export function createDense(spec: NetworkSpec, hidden: readonly number[]): Network {
  const inputSize = spec.inputShape.reduce((a, b) => a * b, 1);
  const layers = startLayers(spec, inputSize, hidden);
  const parameters = [
    ...layers.hidden.flatMap(({ weight, bias }) => [weight, bias]),
    ...headParameters(layers.head),
  ];
  const featureSize = hidden.at(-1) ?? inputSize;

  async function step(batch: Batch, gradientOf: LogitsToGradient, update: Update): Promise<void> {
    checkBatch(batch, inputSize);
    const x = tf.tensor2d(batch.inputs, [batch.rows, inputSize]);
    const outputs = forward(layers.hidden, x);
    const features = outputs.at(-1) ?? x;
    const logits = headLogits(layers.head, features);
    try {
      const gradient = gradientOf((await logits.data()) as Float32Array);
      checkGradient(gradient, batch.rows, spec.classes);
      const outer = tf.tensor2d(gradient, [batch.rows, spec.classes]);
      applyUpdate(parameters, backward(layers, [x, ...outputs], outer), update);
    } finally {
      tf.dispose([x, ...outputs, logits]);
    }
  }

  /** Runs over the rows in blocks and writes `width` numbers for each. */
  async function look(
    batch: Batch,
    width: number,
    make: (x: tf.Tensor2D) => tf.Tensor2D,
  ): Promise<Float32Array> {
    checkBatch(batch, inputSize);
    const result = new Float32Array(batch.rows * width);
    const most = Math.max(1, Math.floor(evaluationSize / inputSize));
    for (let start = 0; start < batch.rows; start += most) {
      const rows = Math.min(most, batch.rows - start);
      const block = batch.inputs.subarray(start * inputSize, (start + rows) * inputSize);
      const made = tf.tidy(() => make(tf.tensor2d(block, [rows, inputSize])));
      result.set((await made.data()) as Float32Array, start * width);
      made.dispose();
    }
    return result;
  }

  const featuresOf = (x: tf.Tensor2D): tf.Tensor2D => forward(layers.hidden, x).at(-1) ?? x;
  return {
    classes: spec.classes,
    featureSize,
    step,
    logits: (batch) => look(batch, spec.classes, (x) => headLogits(layers.head, featuresOf(x))),
    features: (batch) => look(batch, featureSize, featuresOf),
    save: () => saveParameters(parameters),
    restore: (state: NetworkState) => restoreParameters(parameters, state),
    dispose: () => disposeParameters(parameters),
  };
}

function startLayers(spec: NetworkSpec, features: number, hidden: readonly number[]): Layers {
  const normal = normalSource(spec.seed);
  const sizes = [features, ...hidden];
  const layers = hidden.map((outputs, i): Layer => {
    const inputs = sizes[i] ?? 0;
    const name = `hidden${i + 1}`;
    return {
      weight: parameter(`${name}/weight`, [inputs, outputs], heNormal(normal, inputs, inputs * outputs)),
      bias: parameter(`${name}/bias`, [outputs], new Float32Array(outputs)),
    };
  });
  return { hidden: layers, head: createHead(spec, sizes.at(-1) ?? features, normal) };
}

/** The output of each hidden layer; the last one is the features. */
function forward(layers: readonly Layer[], x: tf.Tensor2D): tf.Tensor2D[] {
  const outputs: tf.Tensor2D[] = [];
  for (const [i, { weight, bias }] of layers.entries()) {
    const a = outputs[i - 1] ?? x;
    const b = weight.value as tf.Tensor2D;
    outputs.push(dense(a, b, bias.value as tf.Tensor as tf.Tensor1D, true));
  }
  return outputs;
}

/**
 * Gradients of weight and bias of each layer in turn. `activations` are the inputs followed by each hidden layer's
 * output; `gradient` belongs to the logits and is freed.
 */
function backward(
  { hidden, head }: Layers,
  activations: readonly tf.Tensor2D[],
  gradient: tf.Tensor2D,
): tf.Tensor[] {
  const features = activations[hidden.length] as tf.Tensor2D;
  const ofHead = headGradients(head, features, gradient, hidden.length > 0);
  gradient.dispose();
  const gradients: tf.Tensor[] = [...ofHead.parameters];
  let above = ofHead.input;
  for (let i = hidden.length - 1; i >= 0; i--) {
    const [layer, input, output] = [hidden[i], activations[i], activations[i + 1]];
    if (!layer || !input || !output || !above) throw new Error(`expected an input of layer ${i}`);
    const outer = reluGradient<tf.Tensor2D>(above, output);
    above.dispose();
    gradients.unshift(tf.matMul(input, outer, true, false), columnSums(outer));
    above = i > 0 ? tf.matMul(outer, layer.weight.value as tf.Tensor2D, false, true) : undefined;
    outer.dispose();
  }
  return gradients;
}
