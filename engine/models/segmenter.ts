/**
 * A small net with logits for every pixel: two convolutions at half the size look around, what they found goes back to
 * full size beside the fine first layer, and one more joins both. In the manner of U-Net (Ronneberger et al. 2015,
 * arXiv 1505.04597) with a single step down.
 */
import * as tf from "@tensorflow/tfjs";
import { EquipoiseError } from "#protocol/errors.ts";
import { reluGradient } from "../backends/operations.ts";
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
import { createHead, headGradients, headLogits, headParameters } from "./head.ts";
import type { Batch, LogitsToGradient, Network, NetworkSpec, NetworkState, Update } from "./network.ts";
import { applyUpdate, disposeParameters, restoreParameters, saveParameters } from "./parameters.ts";
import { release, scoped } from "./scope.ts";
import { normalSource } from "./start.ts";

const [fine, coarse, joint] = [16, 32, 32] as const;
/** Pixels that are looked at together outside training. */
const evaluationPixels = 128_000;

/** In this order: at full size, at half size twice, at full size again. */
type Units = readonly [Unit, Unit, Unit, Unit];

type Trace = {
  readonly first: UnitTrace;
  readonly down: UnitTrace;
  readonly around: UnitTrace;
  readonly join: UnitTrace;
  readonly features: tf.Tensor2D;
  readonly logits: tf.Tensor2D;
};

/** Returns the net at its start. Its rows of logits are those of pixels, image by image, row by row. */
export function createSegmenter(spec: NetworkSpec): Network {
  const [height, width, channels] = imageShape(spec.inputShape);
  const shape: [number, number, number] = [height, width, channels];
  const size = height * width * channels;
  const pixels = height * width;
  const normal = normalSource(spec.seed);
  const units: Units = [
    createUnit("first", [channels, fine], 1, normal),
    createUnit("down", [fine, coarse], 2, normal),
    createUnit("around", [coarse, coarse], 1, normal),
    createUnit("join", [fine + coarse, joint], 1, normal),
  ];
  const head = createHead(spec, joint, normal);
  const parameters = [...units.flatMap(unitParameters), ...headParameters(head)];

  function forward(x: tf.Tensor4D): Trace {
    const first = unitForward(units[0], x, true);
    const down = unitForward(units[1], first.normalised.output, true);
    const around = unitForward(units[2], down.normalised.output, true);
    const beside = besideUpsampled(first.normalised.output, around.normalised.output);
    const join = unitForward(units[3], beside, true);
    const features = join.normalised.output.reshape<tf.Tensor2D>([x.shape[0] * pixels, joint]);
    return { first, down, around, join, features, logits: headLogits(head, features) };
  }

  /** Gradients in the order of the parameters. */
  function backward(trace: Trace, gradient: tf.Tensor2D): tf.Tensor[] {
    const { first, down, around, join, features } = trace;
    const ofHead = headGradients(head, features, gradient, true);
    const through = (unit: Unit, own: UnitTrace, outer: tf.Tensor4D, wantsInput: boolean) =>
      unitBackward(unit, own, reluGradient(outer, own.normalised.output), wantsInput);
    const outer = (ofHead.input as tf.Tensor2D).reshape<tf.Tensor4D>(join.normalised.output.shape);
    const joined = through(units[3], join, outer, true);
    const [direct, upsampled] = tf.split(joined.input as tf.Tensor4D, [fine, coarse], 3);
    // Each coarse pixel went to four: its gradient is their sum.
    const summed = tf.avgPool(upsampled as tf.Tensor4D, 2, 2, "same").mul<tf.Tensor4D>(4);
    const looked = through(units[2], around, summed, true);
    const stepped = through(units[1], down, looked.input as tf.Tensor4D, true);
    const begun = through(
      units[0],
      first,
      tf.add(direct as tf.Tensor4D, stepped.input as tf.Tensor4D),
      false,
    );
    return [begun, stepped, looked, joined].flatMap((made) => [...made.parameters]).concat(ofHead.parameters);
  }

  async function step(batch: Batch, gradientOf: LogitsToGradient, update: Update): Promise<void> {
    checkBatch(batch, size);
    const x = tf.tensor4d(batch.inputs, [batch.rows, ...shape]);
    const trace = scoped(() => forward(x));
    try {
      const gradient = gradientOf((await trace.logits.data()) as Float32Array);
      const rows = batch.rows * pixels;
      checkGradient(gradient, rows, spec.classes);
      const gradients = scoped(() => backward(trace, tf.tensor2d(gradient, [rows, spec.classes])));
      applyUpdate(parameters, gradients, update);
      for (const [i, own] of [trace.first, trace.down, trace.around, trace.join].entries())
        updateStatistics(units[i] as Unit, own);
    } finally {
      release(x, trace);
    }
  }

  /** Writes `width` numbers for each pixel. */
  async function look(
    batch: Batch,
    numbers: number,
    make: (features: tf.Tensor2D) => tf.Tensor2D,
  ): Promise<Float32Array> {
    checkBatch(batch, size);
    const result = new Float32Array(batch.rows * pixels * numbers);
    const folded = units.map(foldUnit);
    try {
      const most = Math.max(1, Math.floor(evaluationPixels / pixels));
      for (let start = 0; start < batch.rows; start += most) {
        const rows = Math.min(most, batch.rows - start);
        const block = batch.inputs.subarray(start * size, (start + rows) * size);
        const made = tf.tidy(() => make(evaluate(folded, tf.tensor4d(block, [rows, ...shape]))));
        result.set((await made.data()) as Float32Array, start * pixels * numbers);
        made.dispose();
      }
    } finally {
      tf.dispose(folded);
    }
    return result;
  }

  function evaluate(folded: readonly FoldedUnit[], x: tf.Tensor4D): tf.Tensor2D {
    const apply = (i: 0 | 1 | 2 | 3, input: tf.Tensor4D): tf.Tensor4D =>
      unitEvaluate(input, folded[i] as FoldedUnit, units[i].stride, true);
    const first = apply(0, x);
    const around = apply(2, apply(1, first));
    return apply(3, besideUpsampled(first, around)).reshape([x.shape[0] * pixels, joint]);
  }

  return {
    classes: spec.classes,
    featureSize: joint,
    step,
    logits: (batch) => look(batch, spec.classes, (features) => headLogits(head, features)),
    features: (batch) => look(batch, joint, (features) => features),
    save: async () => ({ ...(await saveParameters(parameters)), ...(await saveStatistics(units)) }),
    restore(state: NetworkState) {
      restoreParameters(parameters, state);
      restoreStatistics(units, state);
    },
    dispose() {
      disposeParameters(parameters);
      for (const { mean, variance } of units) tf.dispose([mean, variance]);
    },
  };
}

/** Both at the size of the first, channels beside each other. */
function besideUpsampled(full: tf.Tensor4D, half: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = full.shape;
  return tf.concat([full, tf.image.resizeNearestNeighbor(half, [height, width])], 3);
}

/** @throws EquipoiseError `settings/invalid` where the inputs are no images that can be halved. */
function imageShape([height = 0, width = 0, channels = 0, ...rest]: readonly number[]): [
  number,
  number,
  number,
] {
  if (rest.length > 0 || channels < 1 || height % 2 !== 0 || width % 2 !== 0 || Math.min(height, width) < 4) {
    throw new EquipoiseError(
      "settings/invalid",
      "The segmentation net takes images of an even number of pixels a side. Choose another model for these inputs.",
    );
  }
  return [height, width, channels];
}
