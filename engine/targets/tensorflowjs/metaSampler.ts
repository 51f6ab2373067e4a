/** The Meta Sampler as a TensorFlow.js module: it learns how often to draw each class while a linear head trains. */
import { checkCounts } from "../code/settings.ts";
import { metaSamplerHeading, metaSamplerName } from "../samplers/metaSampler.ts";
import { javaScriptCounts, javaScriptHead } from "../tensorflowjs.ts";
import { checks, random } from "./samplerFunctions.ts";

/**
 * One self-contained JavaScript module with the sampler, the counts it was made for and an example, typed in JSDoc. Needs
 * TensorFlow.js 4. Throws `loss/unsuitable` where no class has a sample.
 */
export function metaSamplerAsTensorFlowJs(classes: readonly string[], counts: readonly number[]): string {
  const data = { classes, counts };
  checkCounts(data);
  const example = `    const sampler = new ${metaSamplerName}(labels);
    const optimizer = tf.train.sgd(0.1); // of the head alone
    for (let n = 0; n < steps; n++) {
      const [drawn, balanced] = [batch(sampler.draw(512)), batch(balancedRows())]; // as many of each class
      await sampler.step(head, optimizer, balancedSoftmaxLoss, drawn.x, drawn.y, balanced.x, balanced.y);
      tf.dispose([drawn, balanced]);
    }

where head is tf.layers.dense({ units: classes }) on frozen features, and batch(rows) gathers features x,
[rows, width], and labels y of type int32. Save sampler.state(), which JSON can write, with the head.`;
  return `${javaScriptHead(metaSamplerHeading(data), example)}

import * as tf from "@tensorflow/tfjs";

${javaScriptCounts(data)}

${[checks, random, sampler, helpers].join("\n\n")}
`;
}

const sampler = `/** Draws rows with probabilities that it learns. */
export class ${metaSamplerName} {
  /**
   * labels: class of each training row, 0 to classes - 1.
   * power: how much the start favours rare classes; 0 draws every row alike.
   * temperature: of the Gumbel softmax.
   * learningRate: of the rates, by Adam.
   * unit: "instance" draws among all rows (equation 9), "class" a class first and one of its rows then; the same
   * probabilities, at the cost of draws times classes instead of draws times rows.
   * seed: of the draws, which follow from it and from how many there were before.
   *
   * @param {ArrayLike<number>} labels
   * @param {{
   *   power?: number,
   *   temperature?: number,
   *   learningRate?: number,
   *   unit?: "class" | "instance",
   *   seed?: number
   * }} [options]
   */
  constructor(labels, { power = 0, temperature = 1, learningRate = 0.01, unit = "class", seed = 0 } = {}) {
    if (unit !== "class" && unit !== "instance") throw new Error(\`unit is \${unit}: give "class" or "instance"\`);
    if (!(temperature > 0)) throw new Error(\`temperature is \${temperature}: give more than 0\`);
    this.labels = Int32Array.from(labels);
    const wrong = this.labels.findIndex((label) => label < 0 || label >= CLASSES.length);
    if (wrong >= 0) {
      throw new Error(\`sample \${wrong} has label \${this.labels[wrong]}, outside 0 to \${CLASSES.length - 1}\`);
    }
    if (this.labels.length === 0) throw new Error("there is no sample, so nothing can be drawn");
    /** @type {number[][]} */
    this.members = CLASSES.map(() => []);
    for (const [i, label] of this.labels.entries()) this.members[label]?.push(i);
    this.counts = this.members.map((rows) => rows.length);
    checkCounts(this.counts);
    this.psi = initialPsi(this.counts, power);
    /** Of the last meta loss by psi. */
    this.gradient = CLASSES.map(() => 0);
    /** Adam's moments. */
    this.first = CLASSES.map(() => 0);
    this.second = CLASSES.map(() => 0);
    this.temperature = temperature;
    this.learningRate = learningRate;
    this.unit = unit;
    this.seed = seed;
    this.steps = 0;
    this.draws = 0;
    /**
     * Of each drawn row: its class, its soft weight and the sums of soft weights by class.
     * @type {{ k: number, soft: number, classSums: readonly number[] }[]}
     */
    this.last = [];
  }

  /** Probability of each class in a draw. */
  probabilities() {
    const rates = this.counts.map((n, k) => n * Math.exp(logSigmoid(this.psi[k] ?? 0)));
    const sum = rates.reduce((a, b) => a + b, 0);
    return rates.map((rate) => rate / sum);
  }

  /**
   * Indices of rows, with replacement. \`noise\` gives Gumbel noise of a draw and a row or class; drawn by default.
   *
   * @param {number} size
   * @param {(draw: number, at: number) => number} [noise]
   */
  draw(size, noise) {
    const random = randomFrom([this.seed, this.draws++]);
    const gumbel = noise ?? (() => -Math.log(-Math.log(Math.max(random(), Number.MIN_VALUE))));
    const byClass = this.unit === "class";
    const logRates = this.psi.map(logSigmoid);
    const logits = byClass
      ? logRates.map((rate, k) => rate + Math.log(this.counts[k] ?? 0))
      : Array.from(this.labels, (label) => logRates[label] ?? 0);
    this.last = [];
    return Int32Array.from({ length: size }, (_, b) => {
      const { soft, largest } = softmax(logits.map((logit, i) => (logit + gumbel(b, i)) / this.temperature));
      const k = byClass ? largest : (this.labels[largest] ?? 0);
      const sumOf = (/** @type {number[]} */ rows) => rows.reduce((sum, i) => sum + (soft[i] ?? 0), 0);
      this.last.push({ k, soft: soft[largest] ?? 0, classSums: byClass ? soft : this.members.map(sumOf) });
      const rows = this.members[k] ?? [];
      return byClass ? (rows[Math.floor(random() * rows.length)] ?? 0) : largest;
    });
  }

  /**
   * One step of the head on the rows that were drawn last, and one of the rates. Gives both losses.
   *
   * The criterion takes logits and labels and averages over rows; regularisers of the head count. The look-ahead has
   * the batch and the optimiser of the real step, so it is the real step.
   *
   * @param {tf.layers.Layer} head dense, without an activation
   * @param {tf.SGDOptimizer} optimizer of tf.train.sgd or tf.train.momentum
   * @param {(logits: tf.Tensor2D, labels: tf.Tensor1D) => tf.Scalar} criterion
   * @param {tf.Tensor2D} features
   * @param {tf.Tensor1D} labels
   * @param {tf.Tensor2D} metaFeatures
   * @param {tf.Tensor1D} metaLabels
   * @returns {Promise<[loss: number, metaLoss: number]>}
   */
  async step(head, optimizer, criterion, features, labels, metaFeatures, metaLabels) {
    if (labels.size !== this.last.length) {
      throw new Error(\`the last draw has \${this.last.length} rows, and these are \${labels.size}\`);
    }
    if (head.getConfig()["activation"] !== "linear") {
      throw new Error("the head must give plain logits: make it without an activation");
    }
    const { learningRate, useNesterov } = optimizer.getConfig();
    // By name: TensorFlow.js says of every optimiser that it is an instance of SGDOptimizer.
    if (!["SGD", "Momentum"].includes(optimizer.getClassName()) || useNesterov) {
      throw new Error("the gradient of the rates is that of tf.train.sgd or tf.train.momentum without Nesterov");
    }
    const results = tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((/** @type {tf.Tensor2D} */ z) => criterion(z, labels))(
        logitsOf(head, features),
      );
      const variables = head.trainableWeights.map((weight) => /** @type {tf.Variable} */ (weight.read()));
      // Has the gradient of the criterion, which may learn and so is asked once only.
      const linear = () => tf.addN([tf.sum(tf.mul(logitsOf(head, features), grad)), ...head.calculateLosses()]);
      optimizer.applyGradients(tf.variableGrads(() => tf.sum(linear()), variables).grads);
      const wanted = tf.oneHot(metaLabels, CLASSES.length);
      const meta = tf.variableGrads(
        () => tf.sum(tf.losses.softmaxCrossEntropy(wanted, logitsOf(head, metaFeatures))),
        variables,
      );
      const [kernel, bias] = variables.map(({ name }) => meta.grads[name]);
      if (!kernel) throw new Error("the head has no weights to train");
      const along = tf.matMul(features, /** @type {tf.Tensor2D} */ (kernel));
      const agreement = tf.sum(tf.mul(grad, bias ? tf.add(along, bias) : along), 1);
      return [value, meta.value, tf.mul(agreement, labels.size)];
    });
    const [loss, metaLoss, agreement] = await Promise.all(results.map((each) => each.data()));
    tf.dispose(results);
    this.learn(agreement ?? [], Number(learningRate));
    return [loss?.[0] ?? NaN, metaLoss?.[0] ?? NaN];
  }

  /**
   * Moves the rates: Adam on the gradient of the meta loss by psi.
   *
   * agreement: of each drawn row the gradient of its loss by the head times that of the meta loss after the step.
   * learningRate: of the head.
   *
   * @param {ArrayLike<number>} agreement
   * @param {number} learningRate
   */
  learn(agreement, learningRate) {
    const slope = this.psi.map((psi) => Math.exp(logSigmoid(-psi)));
    this.gradient = CLASSES.map(() => 0);
    for (const [b, { k: drawn, soft, classSums }] of this.last.entries()) {
      // The loss of the step is linear in the straight-through factors, so first derivatives are enough.
      const factor = ((-learningRate / this.last.length) * (agreement[b] ?? 0) * soft) / this.temperature;
      for (const [k, sum] of classSums.entries()) {
        this.gradient[k] = (this.gradient[k] ?? 0) + factor * (slope[k] ?? 0) * ((k === drawn ? 1 : 0) - sum);
      }
    }
    this.steps++;
    this.first = this.gradient.map((g, k) => 0.9 * (this.first[k] ?? 0) + 0.1 * g);
    this.second = this.gradient.map((g, k) => 0.999 * (this.second[k] ?? 0) + 0.001 * g ** 2);
    this.psi = this.psi.map((psi, k) => {
      const mean = (this.first[k] ?? 0) / (1 - 0.9 ** this.steps);
      const spread = Math.sqrt((this.second[k] ?? 0) / (1 - 0.999 ** this.steps)) + 1e-8;
      return psi - (this.learningRate * mean) / spread;
    });
  }

  /** All that changes from step to step. */
  state() {
    const { psi, first, second, steps, draws } = this;
    return { psi: [...psi], first: [...first], second: [...second], steps, draws };
  }

  /** @param {ReturnType<${metaSamplerName}["state"]>} state */
  restore({ psi, first, second, steps, draws }) {
    if (psi.length !== CLASSES.length) {
      throw new Error(\`the state is of \${psi.length} classes, and there are \${CLASSES.length}\`);
    }
    Object.assign(this, { psi: [...psi], first: [...first], second: [...second], steps, draws });
  }
}`;

const helpers = `/**
 * @param {tf.layers.Layer} head
 * @param {tf.Tensor2D} features
 */
function logitsOf(head, features) {
  return /** @type {tf.Tensor2D} */ (head.apply(features));
}

/**
 * Logits of rates that grow with (n/N)^-power, in the middle of their range; 0 for classes without a sample.
 *
 * @param {readonly number[]} counts
 * @param {number} power
 */
function initialPsi(counts, power) {
  const total = counts.reduce((a, b) => a + b, 0);
  const present = counts.filter((n) => n > 0).map((n) => (n / total) ** -power);
  const span = present.reduce((a, b) => Math.min(a, b)) + present.reduce((a, b) => Math.max(a, b));
  return counts.map((n) => {
    const u = (n / total) ** -power;
    return n > 0 ? Math.log(u / (span - u)) : 0;
  });
}

/** @param {number} x */
function logSigmoid(x) {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}

/** @param {readonly number[]} logits */
function softmax(logits) {
  const largest = logits.reduce((best, logit, i) => (logit > (logits[best] ?? 0) ? i : best), 0);
  const powers = logits.map((logit) => Math.exp(logit - (logits[largest] ?? 0)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return { soft: powers.map((power) => power / sum), largest };
}`;
