/** TensorFlow.js functions of the softmax losses without memory. */
import type { Settings } from "../code/settings.ts";
import { effectiveHelper } from "./helpers.ts";
import { counts, labelsOnly, lossFunction, type Option, type SnippetOf } from "./snippet.ts";

const rows = "    const { logits: z, oneHot, keep } = rowsOf(logits, labels);";
const crossEntropyOf = "labelOf(tf.logSoftmax(z), oneHot).neg()";
const beta = (settings: Settings): Option => [
  "beta",
  settings.number("beta"),
  "0 is no weighting, towards 1 inverse frequency",
];
const weightOfRow = 'oneHot.cast("float32").mul(tf.tensor1d(weights)).sum(1)';

export const crossEntropy: SnippetOf = ({ choice }) => {
  const summed = choice("reduction") === "sum";
  return {
    name: "crossEntropyLoss",
    helpers: summed ? ["rows", "labelOf"] : ["rows", "labelOf", "mean"],
    code: lossFunction({
      name: "crossEntropyLoss",
      about: `Softmax cross-entropy, ${summed ? "summed" : "averaged"} over rows.`,
      labels: labelsOnly,
      body: `${rows}
    const loss = ${crossEntropyOf};
    return ${summed ? "keep.mul(loss).sum().asScalar()" : "meanOverRows(loss, keep)"};`,
    }),
  };
};

const weightings: Readonly<Record<string, string>> = {
  none: "1",
  inverse: "1 / n",
  sqrtInverse: "1 / Math.sqrt(n)",
};

export const weightedCrossEntropy: SnippetOf = ({ choice, number }) => {
  const perRow = choice("reduction") === "mean";
  const scheme = choice("scheme");
  const b = number("beta");
  const weight =
    scheme === "effective" ? `(${b} - 1) / Math.expm1(n * Math.log1p(${b} - 1))` : weightings[scheme];
  const n = choice("absent") === "clamp1" ? "counts.map((count) => Math.max(count, 1))" : "counts";
  const scaled = choice("normalize") === "sumToC";
  return {
    name: "weightedCrossEntropyLoss",
    helpers: perRow ? ["rows", "labelOf", "mean"] : ["rows", "labelOf"],
    code: lossFunction({
      name: "weightedCrossEntropyLoss",
      about: `Cross-entropy with class weights, divided by ${perRow ? "the number of rows" : "the sum of the weights of the rows"}.`,
      labels: labelsOnly,
      options: [counts],
      body: `${rows}
    const raw = ${n}.map((n) => (n > 0 ? ${weight} : 0));
${
  scaled
    ? `    const sum = raw.reduce((a, b) => a + b, 0);
    const weights = raw.map((weight) => (weight * raw.length) / sum);`
    : "    const weights = raw;"
}
    const ofRow = keep.mul(${weightOfRow});
    const loss = ofRow.mul(${crossEntropyOf});
    return ${perRow ? "meanOverRows(loss, keep)" : "loss.sum().div(ofRow.sum().maximum(1.2e-38)).asScalar()"};`,
    }),
  };
};

export const softmaxFocal: SnippetOf = ({ number }) => ({
  name: "softmaxFocalLoss",
  helpers: ["rows", "labelOf", "mean"],
  code: lossFunction({
    name: "softmaxFocalLoss",
    about: "Cross-entropy times (1 - p)^gamma, p the probability of the label; mean over rows.",
    labels: labelsOnly,
    options: [["gamma", number("gamma"), "focusing"]],
    body: `${rows}
    if (z.shape[1] === 1) return z.sum().mul(0).asScalar();
    const logP = tf.logSoftmax(z);
    // log(1 - p) as the sum over the other classes: 1 - p itself would round to 0.
    const others = tf.logSumExp(tf.where(oneHot, tf.fill(z.shape, -Infinity), logP), 1);
    const loss = tf.exp(others.mul(gamma)).mul(labelOf(logP, oneHot).neg());
    return meanOverRows(loss, keep);`,
  }),
});

export const classBalancedSoftmax: SnippetOf = (settings) => ({
  name: "classBalancedSoftmaxLoss",
  helpers: ["rows", "labelOf", "mean", effectiveHelper(settings)],
  code: lossFunction({
    name: "classBalancedSoftmaxLoss",
    about: "Cross-entropy, each row times the weight of its class; mean over rows, not over weights.",
    labels: labelsOnly,
    options: [counts, beta(settings)],
    body: `${rows}
    const weights = classWeights(counts, beta);
    const loss = ${crossEntropyOf};
    return meanOverRows(loss.mul(${weightOfRow}), keep);`,
  }),
});

export const classBalancedSoftmaxBce: SnippetOf = (settings) => ({
  name: "classBalancedSoftmaxBceLoss",
  helpers: ["rows", "labelOf", "mean", "constant", effectiveHelper(settings)],
  code: lossFunction({
    name: "classBalancedSoftmaxBceLoss",
    about: `Binary cross-entropy on softmax probabilities, logs clamped at -100; mean over all elements.

Not the loss of the paper, but what a widely copied port computes.`,
    labels: labelsOnly,
    options: [counts, beta(settings)],
    body: `${rows}
    const classes = counts.length;
    const weights = classWeights(counts, beta);
    const logP = labelOf(tf.logSoftmax(z), oneHot);
    const p = tf.softmax(z);
    // Only the largest p can be so near 1 that 1 - p rounds to 0: there it is the sum of the others.
    const isTop = constantOf(p, (p) => tf.argMax(p, 1).expandDims(1).equal(tf.range(0, classes, 1, "int32")));
    const top = isTop.cast("float32");
    const rest = p.mul(tf.scalar(1).sub(top)).sum(1, true);
    const q = top.mul(rest).add(tf.scalar(1).sub(top).mul(tf.scalar(1).sub(p)));
    const seen = constantOf(q, (q) => q.greater(1.2e-38)).cast("bool");
    const clamped = tf.where(seen, tf.log(tf.where(seen, q, tf.onesLike(q))), tf.fill(q.shape, -100));
    const logQ = tf.where(oneHot, tf.zerosLike(q), clamped.maximum(-100));
    const loss = clampedInValue(logP).add(logQ.sum(1)).neg().div(classes);
    return meanOverRows(loss.mul(${weightOfRow}), keep);`,
  }).concat(`

/**
 * Clamped at -100 in value only, as the port does: the label keeps its gradient.
 *
 * @type {(x: tf.Tensor) => tf.Tensor}
 */
const clampedInValue = tf.customGrad((x) => ({
  value: /** @type {tf.Tensor} */ (x).maximum(-100),
  gradFunc: (/** @type {tf.Tensor} */ dy) => dy,
}));`),
});

export const balancedSoftmax: SnippetOf = ({ number, choice }) => {
  const clamp = choice("absent") === "clamp1";
  return shifted(
    "balancedSoftmaxLoss",
    "Cross-entropy on logits shifted by tau log n. Predict with the plain logits.",
    number("tau"),
    clamp
      ? "    const shift = counts.map((n) => tau * Math.log(Math.max(n, 1)));"
      : `    // A class without a sample is taken out of the softmax.
    const shift = counts.map((n) => (n > 0 ? tau * Math.log(n) : -Infinity));`,
    !clamp,
  );
};

export const logitAdjustment: SnippetOf = ({ number, choice }) => {
  const clamp = choice("absent") === "clamp1";
  const code = choice("form") === "code";
  return shifted(
    "logitAdjustedLoss",
    "Cross-entropy on logits shifted by tau log prior. Predict with the plain logits.",
    number("tau"),
    `    const n = ${clamp ? "counts.map((count) => Math.max(count, 1))" : "[...counts]"};
    const total = n.reduce((a, b) => a + b, 0);
    const shift = n.map((count) => ${
      code
        ? "Math.log((count / total) ** tau + 1e-12)"
        : "(count > 0 ? tau * Math.log(count / total) : -Infinity)"
    });`,
    !clamp && !code,
  );
};

function shifted(
  name: string,
  about: string,
  tau: string,
  shift: string,
  check: boolean,
): ReturnType<SnippetOf> {
  const message = "a label belongs to a class that has no sample in COUNTS: count anew";
  return {
    name,
    helpers: ["rows", "labelOf", "mean"],
    code: lossFunction({
      name,
      about,
      labels: labelsOnly,
      options: [counts, ["tau", tau, "strength of the shift"]],
      body: `${shift}
${
  check
    ? `    const { logits: z, oneHot, keep } = rowsOf(logits, labels, (label) => {
      if (shift[label] === -Infinity) {
        throw new Error("${message}");
      }
    });`
    : rows
}
    const loss = labelOf(tf.logSoftmax(z.add(tf.tensor1d(shift))), oneHot).neg();
    return meanOverRows(loss, keep);`,
    }),
  };
}

export const ldam: SnippetOf = (settings) => {
  const perRow = settings.choice("reduction") === "mean";
  return {
    name: "ldamLoss",
    helpers: [
      ...(["rows", "labelOf"] as const),
      ...(perRow ? (["mean"] as const) : []),
      effectiveHelper(settings),
    ],
    code: lossFunction({
      name: "ldamLoss",
      about: `Cross-entropy with a margin for each class, largest on the rarest.

Logits must be cosines between -1 and 1: normalise features and weights, no bias. The scale is applied here.
For deferred re-weighting give beta 0 first, and a larger one late in training.`,
      labels: labelsOnly,
      options: [
        counts,
        ["maxMargin", settings.number("maxMargin"), "margin of the rarest class"],
        ["scale", settings.number("scale"), "of the logits"],
        ["beta", settings.number("beta"), "of class weights, 0 is none"],
      ],
      body: `${rows}
    const margins = counts.map((n) => Math.max(n, 1) ** -0.25);
    const largest = margins.reduce((a, b) => Math.max(a, b), 0);
    const margin = oneHot.cast("float32").mul(tf.tensor1d(margins.map((each) => (maxMargin * each) / largest)));
    const weights = classWeights(counts, beta);
    const ofRow = keep.mul(${weightOfRow});
    const loss = ofRow.mul(labelOf(tf.logSoftmax(z.sub(margin).mul(scale)), oneHot).neg());
    return ${perRow ? "meanOverRows(loss, keep)" : "loss.sum().div(ofRow.sum().maximum(1.2e-38)).asScalar()"};`,
    }),
  };
};

/** Which classes are rare, as JavaScript of truth values. */
export function rareClasses({ number, choice, flag }: Settings): string {
  const share = choice("threshold") === "count" ? "n" : "n / total";
  const compared = `${share} ${flag("inclusive") ? "<=" : "<"} ${number("lambda")}`;
  return `    const n = counts.map((count) => Math.max(count, 1));
${choice("threshold") === "count" ? "" : "    const total = n.reduce((a, b) => a + b, 0);\n"}    const rare = tf.tensor1d(n.map((n) => ${compared}), "bool");`;
}

export const softmaxEqualization2020: SnippetOf = (settings) => ({
  name: "softmaxEqualization2020Loss",
  helpers: ["rows", "labelOf", "mean"],
  code: lossFunction({
    name: "softmaxEqualization2020Loss",
    about: "Cross-entropy from which rare classes are left out at random where they are not the label.",
    labels: labelsOnly,
    options: [
      counts,
      ["gamma", settings.number("gamma"), "probability of leaving a rare class out of a row"],
    ],
    more: [["mask", "tf.Tensor | undefined", "replaces the random draw, 1 where a rare class is left out"]],
    body: `${rows}
${rareClasses(settings)}
    const drawn = mask ? mask.reshape(z.shape).cast("bool") : tf.randomUniform(z.shape).less(gamma);
    const leftOut = drawn.logicalAnd(rare).logicalAnd(oneHot.logicalNot());
    const masked = tf.where(leftOut, tf.fill(z.shape, -Infinity), z);
    return meanOverRows(labelOf(tf.logSoftmax(masked), oneHot).neg(), keep);`,
  }),
});
