/** Operations that a backend may do in one pass of its own, and that all others compose. */
import * as tf from "@tensorflow/tfjs";

/** Names under which a backend may register its own pass. */
export const ownKernels = {
  nesterovUpdate: "EquipoiseNesterovUpdate",
  /** Output, mean of the batch and inverse of its deviation. */
  normalise: "EquipoiseNormalise",
  /** All that `Normalised` holds, in its order. */
  normaliseAndFollow: "EquipoiseNormaliseAndFollow",
  normaliseGradient: "EquipoiseNormaliseGradient",
  reluGradient: "EquipoiseReluGradient",
  addRelu: "EquipoiseAddRelu",
  columnSums: "EquipoiseColumnSums",
  dense: "EquipoiseDense",
} as const;

export interface NesterovSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * Takes one step of SGD with Nesterov momentum, as `torch.optim.SGD(nesterov=True)` does, changing weight and
 * velocity: g' = g + weightDecay * w, v = momentum * v + g', w = w - learningRate * (g' + momentum * v).
 */
export function updateByNesterov(
  weight: tf.Variable,
  velocity: tf.Variable,
  gradient: tf.Tensor,
  { learningRate, momentum, weightDecay }: NesterovSettings,
): void {
  if (has(ownKernels.nesterovUpdate)) {
    run(ownKernels.nesterovUpdate, { weight, velocity, gradient }, { learningRate, momentum, weightDecay });
    return;
  }
  tf.tidy(() => {
    const slope = weightDecay === 0 ? gradient : gradient.add(weight.mul(weightDecay));
    velocity.assign(velocity.mul(momentum).add(slope));
    weight.assign(weight.sub(slope.add(velocity.mul(momentum)).mul(learningRate)));
  });
}

/** What batch normalisation gives, and its gradient needs. */
export type Normalised = {
  readonly output: tf.Tensor4D;
  /** The running statistics, moved towards those of the batch, `[channels]`. */
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** What the backend keeps for the gradient. */
  readonly saved: readonly tf.Tensor[];
};

/** What a normalisation holds, all `[channels]`. */
export interface Normalisation {
  readonly scale: tf.Tensor1D;
  readonly shift: tf.Tensor1D;
  /** Running mean and variance, for evaluation. */
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

export interface NormaliseSettings {
  readonly epsilon: number;
  /** The share of the batch in the running statistics. */
  readonly momentum: number;
  readonly relu: boolean;
}

/**
 * Batch normalisation over all but the last of four dimensions (Ioffe and Szegedy 2015, algorithm 1):
 * (x - mean) / sqrt(variance + epsilon) * scale + shift, with ReLU where asked. The running variance follows the
 * unbiased one, as PyTorch has it.
 */
export function normalise(x: tf.Tensor4D, of: Normalisation, settings: NormaliseSettings): Normalised {
  const { scale, shift, mean, variance } = of;
  if (has(ownKernels.normaliseAndFollow)) {
    const inputs = { x, scale, shift, mean, variance };
    const [output, nextMean, nextVariance, ...saved] = run(ownKernels.normaliseAndFollow, inputs, {
      ...settings,
    }) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor[]];
    return { output, mean: nextMean, variance: nextVariance, saved };
  }
  return tf.tidy(() => {
    const { output, batchMean, inverse } = normaliseByBatch(x, of, settings);
    const rows = x.size / scale.size;
    const unbiased = inverse
      .square()
      .reciprocal()
      .sub(settings.epsilon)
      .mul(rows / Math.max(1, rows - 1));
    return {
      output,
      mean: mean.add<tf.Tensor1D>(batchMean.sub(mean).mul(settings.momentum)),
      variance: variance.add<tf.Tensor1D>(unbiased.sub(variance).mul(settings.momentum)),
      saved: [batchMean, inverse],
    };
  });
}

/** Output, mean of the batch, and 1 / sqrt(variance + epsilon) of its biased variance. */
function normaliseByBatch(
  x: tf.Tensor4D,
  { scale, shift }: Normalisation,
  { epsilon, relu }: NormaliseSettings,
): { output: tf.Tensor4D; batchMean: tf.Tensor; inverse: tf.Tensor } {
  if (has(ownKernels.normalise)) {
    const made = run(ownKernels.normalise, { x, scale, shift }, { epsilon, relu });
    const [output, batchMean, inverse] = made as [tf.Tensor4D, tf.Tensor, tf.Tensor];
    return { output, batchMean, inverse };
  }
  const { mean, variance } = tf.moments(x, leading(x));
  const inverse = variance.add(epsilon).rsqrt();
  const output = x.sub(mean).mul(inverse).mul(scale).add<tf.Tensor4D>(shift);
  return { output: relu ? output.relu() : output, batchMean: mean, inverse };
}

/** Gradients of a normalisation's input, scale and shift. */
export type NormalisationGradients = {
  readonly input: tf.Tensor4D;
  readonly scale: tf.Tensor1D;
  readonly shift: tf.Tensor1D;
};

/** Gradients of `normalise` without ReLU, from the gradient `outer` of its output. */
export function normaliseGradient(
  x: tf.Tensor4D,
  outer: tf.Tensor4D,
  scale: tf.Tensor1D,
  { saved }: Normalised,
  epsilon: number,
): NormalisationGradients {
  if (has(ownKernels.normaliseGradient)) {
    const kept = Object.fromEntries(saved.map((tensor, i) => [`saved${i}`, tensor]));
    const made = run(ownKernels.normaliseGradient, { x, outer, scale, ...kept }, { epsilon });
    const [input, byScale, byShift] = made as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    return { input, scale: byScale, shift: byShift };
  }
  return tf.tidy(() => {
    const [mean, inverse] = saved as [tf.Tensor1D, tf.Tensor1D];
    const rows = x.size / scale.size;
    const centred = x.sub(mean).mul(inverse);
    const shiftGradient = outer.sum(leading(x));
    const scaleGradient = outer.mul(centred).sum(leading(x));
    const pull = shiftGradient.add(centred.mul(scaleGradient)).div(rows);
    return {
      input: outer.sub(pull).mul(scale.mul(inverse)) as tf.Tensor4D,
      scale: scaleGradient as tf.Tensor1D,
      shift: shiftGradient as tf.Tensor1D,
    };
  });
}

/** `gradient` where the output of a ReLU is positive, else 0. */
export function reluGradient<T extends tf.Tensor>(gradient: T, activated: T): T {
  if (has(ownKernels.reluGradient)) return run(ownKernels.reluGradient, { gradient, activated })[0] as T;
  return tf.tidy(() => gradient.mul(activated.step()));
}

/** max(a + b, 0); both have the same shape. */
export function addRelu<T extends tf.Tensor>(a: T, b: T): T {
  if (has(ownKernels.addRelu)) return run(ownKernels.addRelu, { a, b })[0] as T;
  return tf.tidy(() => a.add(b).relu());
}

/** x w + b, `[rows, outputs]`, with ReLU where asked. */
export function dense(x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D, relu: boolean): tf.Tensor2D {
  if (has(ownKernels.dense)) return run(ownKernels.dense, { x, weight, bias }, { relu })[0] as tf.Tensor2D;
  return tf.fused.matMul({ a: x, b: weight, bias, activation: relu ? "relu" : "linear" }) as tf.Tensor2D;
}

/** Sums over rows, `[columns]`. */
export function columnSums(x: tf.Tensor2D): tf.Tensor1D {
  if (has(ownKernels.columnSums)) return run(ownKernels.columnSums, { x })[0] as tf.Tensor1D;
  return tf.sum(x, 0);
}

/** Runs a kernel of the active backend and returns its outputs. */
export function run(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, unknown> = {},
): tf.Tensor[] {
  const made = tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];
  return Array.isArray(made) ? made : [made];
}

function has(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

function leading({ rank }: tf.Tensor): number[] {
  return Array.from({ length: rank - 1 }, (_, axis) => axis);
}
