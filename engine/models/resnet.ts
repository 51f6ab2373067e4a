/**
 * Residual nets for small images, in the CIFAR form: He et al. 2016, arXiv 1512.03385, section 4.2. Three stages of
 * 16, 32 and 64 channels; a shortcut into a wider stage takes every second pixel and fills the new channels with
 * zeros (their option A).
 */
import * as tf from "@tensorflow/tfjs";
import { EquipoiseError } from "#protocol/errors.ts";
import { addRelu, reluGradient, run } from "../backends/operations.ts";
import { checkBatch, checkGradient } from "./checks.ts";
import {
  createUnit,
  type FoldedUnit,
  foldUnit,
  restoreStatistics,
  saveStatistics,
  type Unit,
  type UnitTrace,
  unitBackward,
  unitEvaluate,
  unitForward,
  unitParameters,
  updateStatistics,
} from "./convolution.ts";
import { createHead, type Head, headGradients, headLogits, headParameters } from "./head.ts";
import type { Batch, LogitsToGradient, Network, NetworkSpec, NetworkState, Update } from "./network.ts";
import { applyUpdate, disposeParameters, restoreParameters, saveParameters } from "./parameters.ts";
import { release, scoped } from "./scope.ts";
import { normalSource } from "./start.ts";

const stages = [16, 32, 64] as const;
const channelsOut = stages[2];
/** Pixels that are looked at together outside training: 250 images of 32 by 32. */
const evaluationPixels = 256_000;

interface Block {
  readonly first: Unit;
  readonly second: Unit;
}

interface Layers {
  readonly stem: Unit;
  readonly blocks: readonly Block[];
  readonly head: Head;
}

type BlockTrace = {
  readonly first: UnitTrace;
  readonly second: UnitTrace;
  readonly output: tf.Tensor4D;
};

type Trace = {
  readonly stem: UnitTrace;
  readonly blocks: readonly BlockTrace[];
  readonly features: tf.Tensor2D;
  readonly logits: tf.Tensor2D;
};

/** Returns the maker of the net with this many layers, 6n + 2. */
export function resnetOf(depth: number): (spec: NetworkSpec) => Network {
  return (spec) => createResnet(spec, (depth - 2) / 6);
}

function createResnet(spec: NetworkSpec, blocksPerStage: number): Network {
  const shape = imageShape(spec.inputShape);
  const size = shape[0] * shape[1] * shape[2];
  const layers = startLayers(spec, shape[2], blocksPerStage);
  const units = [layers.stem, ...layers.blocks.flatMap(({ first, second }) => [first, second])];
  const parameters = [...units.flatMap(unitParameters), ...headParameters(layers.head)];

  async function step(batch: Batch, gradientOf: LogitsToGradient, update: Update): Promise<void> {
    checkBatch(batch, size);
    const x = tf.tensor4d(batch.inputs, [batch.rows, ...shape]);
    const trace = scoped(() => forward(layers, x));
    try {
      const gradient = gradientOf((await trace.logits.data()) as Float32Array);
      checkGradient(gradient, batch.rows, spec.classes);
      const gradients = scoped(() =>
        backward(layers, trace, tf.tensor2d(gradient, [batch.rows, spec.classes])),
      );
      applyUpdate(parameters, gradients, update);
      for (const [i, unit] of units.entries()) updateStatistics(unit, unitTrace(trace, i));
    } finally {
      release(x, trace);
    }
  }

  async function look(
    batch: Batch,
    width: number,
    make: (pooled: tf.Tensor2D) => tf.Tensor2D,
  ): Promise<Float32Array> {
    checkBatch(batch, size);
    const result = new Float32Array(batch.rows * width);
    const folded = units.map(foldUnit);
    try {
      const most = Math.max(1, Math.floor(evaluationPixels / (shape[0] * shape[1])));
      for (let start = 0; start < batch.rows; start += most) {
        const rows = Math.min(most, batch.rows - start);
        const block = batch.inputs.subarray(start * size, (start + rows) * size);
        const made = tf.tidy(() => make(evaluate(layers, folded, tf.tensor4d(block, [rows, ...shape]))));
        result.set((await made.data()) as Float32Array, start * width);
        made.dispose();
      }
    } finally {
      tf.dispose(folded);
    }
    return result;
  }

  async function save(): Promise<NetworkState> {
    return { ...(await saveParameters(parameters)), ...(await saveStatistics(units)) };
  }

  function restore(state: NetworkState): void {
    restoreParameters(parameters, state);
    restoreStatistics(units, state);
  }

  function dispose(): void {
    disposeParameters(parameters);
    for (const { mean, variance } of units) tf.dispose([mean, variance]);
  }

  return {
    classes: spec.classes,
    featureSize: channelsOut,
    step,
    logits: (batch) => look(batch, spec.classes, (pooled) => headLogits(layers.head, pooled)),
    features: (batch) => look(batch, channelsOut, (pooled) => pooled),
    save,
    restore,
    dispose,
  };
}

/** @throws EquipoiseError `settings/invalid` where the inputs are no images. */
function imageShape(inputShape: readonly number[]): [number, number, number] {
  const [height = 0, width = 0, channels = 0] = inputShape;
  if (inputShape.length !== 3 || Math.min(height, width) < 8 || channels < 1) {
    throw new EquipoiseError(
      "settings/invalid",
      `A ResNet takes images of at least 8 by 8 pixels; these inputs are [${inputShape}]. Choose linear or mlp for them.`,
    );
  }
  return [height, width, channels];
}

function startLayers(spec: NetworkSpec, channels: number, blocksPerStage: number): Layers {
  const normal = normalSource(spec.seed);
  const stem = createUnit("stem", [channels, stages[0]], 1, normal);
  let inputs: number = stages[0];
  const blocks = stages.flatMap((outputs, stage) =>
    Array.from({ length: blocksPerStage }, (_, i): Block => {
      const name = `stage${stage + 1}/block${i + 1}`;
      const first = createUnit(`${name}/first`, [inputs, outputs], stage > 0 && i === 0 ? 2 : 1, normal);
      inputs = outputs;
      return { first, second: createUnit(`${name}/second`, [outputs, outputs], 1, normal) };
    }),
  );
  return { stem, blocks, head: createHead(spec, inputs, normal) };
}

function forward(layers: Layers, x: tf.Tensor4D): Trace {
  const stem = unitForward(layers.stem, x, true);
  let h = stem.normalised.output;
  const blocks = layers.blocks.map((block): BlockTrace => {
    const first = unitForward(block.first, h, true);
    const second = unitForward(block.second, first.normalised.output, false);
    h = addRelu(second.normalised.output, shortcut(h, second.convolved.shape));
    return { first, second, output: h };
  });
  const features = pool(h);
  return { stem, blocks, features, logits: headLogits(layers.head, features) };
}

function pool(h: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(h, [1, 2]) as tf.Tensor2D;
}

/** The features of images, `[rows, 64]`. */
function evaluate(layers: Layers, folded: readonly FoldedUnit[], x: tf.Tensor4D): tf.Tensor2D {
  let next = 0;
  const apply = ({ stride }: Unit, input: tf.Tensor4D, relu: boolean): tf.Tensor4D =>
    unitEvaluate(input, folded[next++] as FoldedUnit, stride, relu);
  let h = apply(layers.stem, x, true);
  for (const { first, second } of layers.blocks) {
    // A net of this depth would hold all of its layers' outputs at once without a scope for each block.
    const output = tf.tidy(() => {
      const y = apply(second, apply(first, h, true), false);
      return addRelu(y, shortcut(h, y.shape));
    });
    h.dispose();
    h = output;
  }
  return pool(h);
}

/** The input of a block in the shape of its output. */
function shortcut(x: tf.Tensor4D, shape: readonly number[]): tf.Tensor4D {
  const added = (shape[3] ?? 0) - x.shape[3];
  if (added === 0) return x;
  // Pooling over single pixels, two apart, takes every second one.
  const every = tf.avgPool(x, 1, 2, "same");
  const before = Math.floor(added / 2);
  return tf.pad(every, [
    [0, 0],
    [0, 0],
    [0, 0],
    [before, added - before],
  ]);
}

/** Gradient of `shortcut` with respect to its input. */
function shortcutGradient(outer: tf.Tensor4D, input: tf.Tensor4D): tf.Tensor4D {
  const channels = input.shape[3];
  const added = outer.shape[3] - channels;
  if (added === 0) return outer;
  const [rows, height, width] = outer.shape;
  const dy = tf.slice(outer, [0, 0, 0, Math.floor(added / 2)], [rows, height, width, channels]);
  const attrs = { filterSize: 1, strides: 2, pad: "same" };
  return run("AvgPoolGrad", { dy, input }, attrs)[0] as tf.Tensor4D;
}

/** Gradients in the order of the net's parameters. */
function backward(layers: Layers, trace: Trace, gradient: tf.Tensor2D): tf.Tensor[] {
  const { stem, blocks, features } = trace;
  const head = headGradients(layers.head, features, gradient, true);
  const last = blocks.at(-1)?.output ?? stem.normalised.output;
  let outer = spreadOverPixels(head.input as tf.Tensor2D, last);
  const gradients: tf.Tensor[][] = [head.parameters];
  for (let i = blocks.length - 1; i >= 0; i--) {
    const made = blockBackward(layers.blocks[i] as Block, blocks[i] as BlockTrace, outer);
    gradients.unshift(made.parameters);
    outer.dispose();
    outer = made.input;
  }
  const stemOutput = stem.normalised.output;
  const inner = unitBackward(layers.stem, stem, reluGradient(outer, stemOutput), false);
  gradients.unshift([...inner.parameters]);
  return gradients.flat();
}

function blockBackward(
  block: Block,
  { first, second, output }: BlockTrace,
  outer: tf.Tensor4D,
): { parameters: tf.Tensor[]; input: tf.Tensor4D } {
  return scoped(() => {
    const masked = reluGradient(outer, output);
    const upper = unitBackward(block.second, second, masked, true);
    const hidden = reluGradient(upper.input as tf.Tensor4D, first.normalised.output);
    const lower = unitBackward(block.first, first, hidden, true);
    const input = tf.add(lower.input as tf.Tensor4D, shortcutGradient(masked, first.input)) as tf.Tensor4D;
    return { parameters: [...lower.parameters, ...upper.parameters], input };
  });
}

/** The gradient of a mean over pixels: the same share for each. */
function spreadOverPixels(gradient: tf.Tensor2D, like: tf.Tensor4D): tf.Tensor4D {
  const [rows, height, width, channels] = like.shape;
  return tf.tidy(() => {
    const share = gradient.div(height * width).reshape([rows, 1, 1, channels]);
    return share.mul(tf.ones(like.shape)) as tf.Tensor4D;
  });
}

/** The trace of a unit, in the order of the net's units. */
function unitTrace({ stem, blocks }: Trace, unit: number): UnitTrace {
  if (unit === 0) return stem;
  const block = blocks[Math.floor((unit - 1) / 2)] as BlockTrace;
  return unit % 2 === 1 ? block.first : block.second;
}
