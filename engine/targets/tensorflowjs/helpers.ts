/** Functions that several losses share in their TensorFlow.js modules. */
import type { Settings } from "../code/settings.ts";

export type HelperId =
  | "rows"
  | "mean"
  | "labelOf"
  | "targets"
  | "focal"
  | "rowWeights"
  | "constant"
  | "effectiveExclude"
  | "effectiveClamp"
  | "memory";

export const helpers: Readonly<Record<HelperId, string>> = {
  rows: `/**
 * Logits [rows, classes], their labels one-hot, and 1 for each row that counts: those labelled -100 are left out.
 *
 * @param {tf.Tensor} given
 * @param {tf.Tensor} labels
 * @param {(label: number) => void} [check] is called with each label that counts
 */
function rowsOf(given, labels, check) {
  const classes = given.shape[given.rank - 1] ?? 0;
  const logits = given.reshape([-1, classes]);
  const flat = labels.flatten().toInt();
  for (const label of flat.dataSync()) {
    if (label === -100) continue;
    if (label < 0 || label >= classes) throw new Error(\`label \${label} is outside 0 to \${classes - 1}\`);
    check?.(label);
  }
  // Compared, as tf.oneHot refuses a single class.
  const oneHot = flat.expandDims(1).equal(tf.range(0, classes, 1, "int32"));
  return { logits, oneHot, keep: flat.notEqual(-100).cast("float32") };
}`,

  mean: `/**
 * The mean of a loss [rows] over the rows that count; 0 where none does.
 *
 * @param {tf.Tensor} loss
 * @param {tf.Tensor} keep
 * @returns {tf.Scalar}
 */
function meanOverRows(loss, keep) {
  return keep.mul(loss).sum().div(keep.sum().maximum(1)).asScalar();
}`,

  labelOf: `/**
 * The value of each row on its label.
 *
 * @param {tf.Tensor} values [rows, classes]
 * @param {tf.Tensor} oneHot [rows, classes], of truth values
 */
function labelOf(values, oneHot) {
  // Chosen, not multiplied: other values may be infinite.
  return tf.where(oneHot, values, tf.zerosLike(values)).sum(1);
}`,

  targets: `/**
 * Logits and their targets, both [rows, classes], and 1 for each row that counts [rows, 1].
 *
 * @param {tf.Tensor} given
 * @param {tf.Tensor} labels
 */
function targetsOf(given, labels) {
  const classes = given.shape[given.rank - 1] ?? 0;
  const logits = given.reshape([-1, classes]);
  if (labels.rank === given.rank && labels.shape[labels.rank - 1] === classes) {
    const targets = labels.reshape([-1, classes]).cast("float32");
    return { logits, targets, keep: tf.onesLike(logits.slice([0, 0], [-1, 1])) };
  }
  const flat = labels.flatten().toInt();
  // Compared, as tf.oneHot refuses a single class.
  const targets = flat.expandDims(1).equal(tf.range(0, classes, 1, "int32")).cast("float32");
  return { logits, targets, keep: flat.notEqual(-100).cast("float32").expandDims(1) };
}

/**
 * Binary cross-entropy of each element.
 *
 * @param {tf.Tensor} logits
 * @param {tf.Tensor} targets
 */
function binaryCrossEntropy(logits, targets) {
  return tf.softplus(logits).sub(targets.mul(logits));
}`,

  focal: `/**
 * (1 - p_t)^gamma times -log p_t of each element.
 *
 * @param {tf.Tensor} logits
 * @param {tf.Tensor} targets
 * @param {tf.Tensor | number} gamma
 */
function focal(logits, targets, gamma) {
  // x is the logit of the right answer, so -log p_t = softplus(-x) and -log(1 - p_t) = softplus(x).
  const x = targets.mul(2).sub(1).mul(logits);
  return tf.exp(tf.softplus(x).mul(gamma).neg()).mul(tf.softplus(x.neg()));
}`,

  constant: `/**
 * What \`compute\` makes of x, as a constant for the gradient.
 *
 * @param {tf.Tensor} x
 * @param {(x: tf.Tensor) => tf.Tensor} compute
 * @returns {tf.Tensor}
 */
function constantOf(x, compute) {
  return tf.customGrad((x) => ({
    value: compute(/** @type {tf.Tensor} */ (x)),
    gradFunc: () => tf.zerosLike(/** @type {tf.Tensor} */ (x)),
  }))(x);
}`,

  rowWeights: `/**
 * The weight of each row's classes [rows, 1].
 *
 * @param {tf.Tensor} targets [rows, classes]
 * @param {readonly number[]} weights
 */
function rowWeights(targets, weights) {
  return targets.mul(tf.tensor1d([...weights])).sum(1, true);
}`,

  effectiveExclude: effective(
    "A class without a sample gets weight 0 and leaves its share to the others.",
    "n > 0 ? (beta - 1) / Math.expm1(n * Math.log1p(beta - 1)) : 0",
  ),
  effectiveClamp: effective(
    "A class without a sample counts as one.",
    "(beta - 1) / Math.expm1(Math.max(n, 1) * Math.log1p(beta - 1))",
  ),

  memory: `/** What a loss remembers: sums that are kept exact, as 32 bits alone would lose millionths beside millions. */
class Memory {
  /**
   * @param {number} classes
   * @param {readonly string[]} names
   */
  constructor(classes, names) {
    this.training = true;
    const zeros = () => tf.tidy(() => tf.variable(tf.zeros([classes]), false));
    /** @type {Record<string, { sum: tf.Variable, lost: tf.Variable }>} */
    this.sums = Object.fromEntries(names.map((name) => [name, { sum: zeros(), lost: zeros() }]));
  }

  /** @param {string} name */
  sumOf(name) {
    const found = this.sums[name];
    if (!found) throw new Error(\`\${name} is not remembered\`);
    return found.sum;
  }

  /**
   * Adds values [classes] to a sum, with what was lost in rounding before (Kahan 1965).
   *
   * @param {string} name
   * @param {tf.Tensor} values
   */
  add(name, values) {
    const found = this.sums[name];
    if (!found || !this.training) return;
    const { sum, lost } = found;
    const exact = values.sub(lost);
    const next = sum.add(exact);
    lost.assign(next.sub(sum).sub(exact).as1D());
    sum.assign(next.as1D());
  }

  /**
   * Adds the absolute gradient of a batch [rows, classes] to \`positive\` and \`negative\`.
   *
   * @param {tf.Tensor} gradient
   * @param {tf.Tensor} targets
   */
  collect(gradient, targets) {
    const size = gradient.abs();
    this.add("positive", size.mul(targets).sum(0));
    this.add("negative", size.mul(tf.scalar(1).sub(targets)).sum(0));
  }

  /** The gradient ratio of each class. */
  ratio() {
    return this.sumOf("positive").div(this.sumOf("negative").add(1e-10));
  }

  /**
   * All that it remembers as plain numbers.
   *
   * @returns {Promise<Record<string, { sum: number[], lost: number[] }>>}
   */
  async state() {
    const read = async (/** @type {tf.Variable} */ variable) => [...(await variable.data())];
    const entries = Object.entries(this.sums).map(async ([name, { sum, lost }]) => [
      name,
      { sum: await read(sum), lost: await read(lost) },
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** @param {Record<string, { sum: number[], lost: number[] }>} state */
  restore(state) {
    tf.tidy(() => {
      for (const [name, { sum, lost }] of Object.entries(this.sums)) {
        const saved = state[name];
        if (!saved) throw new Error(\`the saved state has no \${name}\`);
        sum.assign(tf.tensor1d(saved.sum));
        lost.assign(tf.tensor1d(saved.lost));
      }
    });
  }

  /** Frees its memory on the device. */
  dispose() {
    for (const { sum, lost } of Object.values(this.sums)) {
      sum.dispose();
      lost.dispose();
    }
  }
}`,
};

function effective(about: string, weight: string): string {
  return `/**
 * One over the effective number (1 - beta^n) / (1 - beta) of each class, scaled to average 1.
 * ${about}
 *
 * @param {readonly number[]} counts
 * @param {number} beta
 */
function classWeights(counts, beta) {
  // expm1 and log1p: the plain formula loses its digits where beta is near 1.
  const weights = counts.map((n) => (${weight}));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => (weight * counts.length) / sum);
}`;
}

/** The helper that computes weights of effective numbers under a policy for absent classes. */
export function effectiveHelper(settings: Settings): HelperId {
  return settings.choice("absent") === "clamp1" ? "effectiveClamp" : "effectiveExclude";
}
