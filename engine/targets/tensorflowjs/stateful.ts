/** TensorFlow.js classes of the losses that collect gradients or counts while they train. */
import type { Settings } from "../code/settings.ts";
import { labelsOnly, labelsOrTargets, lossClass, type Option, type SnippetOf } from "./snippet.ts";

const gradientSums = ["positive", "negative"];

export const equalizationV2: SnippetOf = ({ number, flag }) => {
  const objectness = flag("objectness");
  const targets = objectness
    ? `      const columns = logits.shape[logits.rank - 1] ?? 0;
      const z = logits.reshape([-1, columns]);
      const { targets: ofClass, keep } = targetsOf(z.slice([0, 0], [-1, columns - 1]), labels);
      const targets = tf.concat([ofClass, ofClass.sum(1, true).equal(0).cast("float32")], 1);`
    : "      const { logits: z, targets, keep } = targetsOf(logits, labels);";
  return {
    name: "EqualizationV2Loss",
    helpers: ["targets", "memory"],
    memory: true,
    code: lossClass({
      name: "EqualizationV2Loss",
      about: `Binary cross-entropy that follows the gradient ratio of each class: positives times q, negatives times r.${
        objectness ? "\n\nThe last column of the logits is objectness: 1 on background rows." : ""
      }`,
      labels: labelsOrTargets,
      options: [
        ["gamma", number("gamma"), "steepness of the step from rare to frequent"],
        ["mu", number("mu"), "ratio at which a class counts as half balanced"],
        ["alpha", number("alpha"), "how much more positives of unbalanced classes weigh"],
      ],
      sums: [...gradientSums, "rows"],
      body: `${targets}
      const r = this.onNegatives();
      const q = tf.scalar(1).sub(r).mul(this.alpha).add(1);
${
  objectness
    ? `      const [onPositives, onNegatives] = [q, r].map((weights) => tf.concat([weights, tf.ones([1])]));
      const weights = keep.mul(targets.mul(onPositives).add(tf.scalar(1).sub(targets).mul(onNegatives)));`
    : "      const weights = keep.mul(targets.mul(q).add(tf.scalar(1).sub(targets).mul(r)));"
}
      const loss = weights.mul(binaryCrossEntropy(z, targets)).sum().div(keep.sum().maximum(1));
      const gradient = weights.mul(tf.sigmoid(z).sub(targets));
${
  objectness
    ? `      const classes = columns - 1;
      this.collect(gradient.slice([0, 0], [-1, classes]), targets.slice([0, 0], [-1, classes]));`
    : "      this.collect(gradient, targets);"
}
      this.add("rows", keep.sum().add(tf.zerosLike(r)));
      return loss.asScalar();`,
      methods: `  /** Weights of negatives. Before the first step so large a ratio makes it plain binary cross-entropy. */
  onNegatives() {
    const begun = this.sumOf("rows").greater(0);
    const ratio = tf.where(begun, this.ratio(), tf.fill(begun.shape, ${number("initialRatio")}));
    return tf.sigmoid(ratio.sub(this.mu).mul(this.gamma));
  }`,
    }),
  };
};

const indicators: Readonly<Record<string, string>> = {
  pos: 'this.sumOf("positive")',
  neg: 'this.sumOf("negative")',
  // Before the first step the ratio is 1, which the quotient of the empty sums is not.
  posAndNegCode:
    'tf.where(this.sumOf("rows").greater(0), this.ratio(), tf.onesLike(this.sumOf("rows"))).add(this.sumOf("negative"))',
};

export const softmaxEqualization: SnippetOf = ({ number, choice }) => {
  const withRatio = choice("indicator") === "posAndNegCode";
  const floor = number("floor");
  const shift =
    choice("form") === "v2"
      ? `collected.div(collected.sum().add(${floor})).pow(this.pi).add(1e-9).log()`
      : `collected.maximum(${floor}).log().mul(this.pi)`;
  return {
    name: "SoftmaxEqualizationLoss",
    helpers: ["rows", "labelOf", "mean", "memory"],
    memory: true,
    code: lossClass({
      name: "SoftmaxEqualizationLoss",
      about: `Cross-entropy on logits shifted by pi log of the gradient that each class has collected.

Predict with the plain logits.`,
      labels: labelsOnly,
      options: [["pi", number("pi"), "power of the collected gradient"]],
      sums: withRatio ? [...gradientSums, "rows"] : gradientSums,
      body: `      const { logits: z, oneHot, keep } = rowsOf(logits, labels);
      const collected = ${indicators[choice("indicator")]};
      const shifted = z.add(${shift});
      const loss = meanOverRows(labelOf(tf.logSoftmax(shifted), oneHot).neg(), keep);
      const targets = oneHot.cast("float32");
      const gradient = keep.expandDims(1).mul(tf.softmax(shifted).sub(targets)).div(keep.sum().maximum(1));
      this.collect(gradient, targets);
${withRatio ? '      this.add("rows", keep.sum().add(tf.zerosLike(this.sumOf("rows"))));\n' : ""}      return loss;`,
    }),
  };
};

/** The number to divide by, as JavaScript. */
function divisor({ choice, number }: Settings): string {
  if (choice("normaliser") === "none") return "tf.scalar(1)";
  return choice("normaliser") === "fixed" ? `tf.scalar(${number("divisor")})` : "targets.sum().maximum(1)";
}

const focusing = (settings: Settings): readonly Option[] => [
  ["gamma", settings.number("gammaBase"), "focusing of a balanced class"],
  ["scale", settings.number("scale"), "how much more rare classes are focused"],
];

const focusingOf = `  /** How much each class is focused: more where its gradient ratio, at most 1, is low; at first the ratio is 1. */
  focusing() {
    const rows = this.sumOf("rows");
    const ratio = tf.where(rows.greater(0), this.ratio().minimum(1), tf.onesLike(rows));
    return tf.scalar(1).sub(ratio).mul(this.scale).add(this.gamma);
  }`;

const collected = `      // The gradient of the divided loss, as the authors' hook sees it.
      const { value, grad } = tf.valueAndGrad(lossOf)(z);
      this.collect(grad, targets);
      this.add("rows", keep.sum().add(tf.zerosLike(this.sumOf("rows"))));
      return value.asScalar();`;

export const equalizedFocal: SnippetOf = (settings) => {
  const alpha = Number(settings.number("alpha")) >= 0;
  return {
    name: "EqualizedFocalLoss",
    helpers: ["targets", "focal", "memory"],
    memory: true,
    code: lossClass({
      name: "EqualizedFocalLoss",
      about: "Sigmoid focal loss that focuses more, and weighs more, where a class's gradient ratio is low.",
      labels: labelsOrTargets,
      options: [
        ...focusing(settings),
        ...(alpha ? ([["alpha", settings.number("alpha"), "weight of positives"]] as const) : []),
      ],
      sums: [...gradientSums, "rows"],
      body: `      const { logits: z, targets, keep } = targetsOf(logits, labels);
      const focusing = this.focusing();
      const factor = keep.mul(focusing.div(this.gamma))${alpha ? ".mul(targets.mul(2 * this.alpha - 1).add(1 - this.alpha))" : ""};
      const lossOf = (/** @type {tf.Tensor} */ z) =>
        factor.mul(focal(z, targets, focusing)).sum().div(${divisor(settings)});
${collected}`,
      methods: focusingOf,
    }),
  };
};

export const equalizedQualityFocal: SnippetOf = (settings) => {
  const dynamic =
    "keep.mul(tf.sigmoid(z.mul(tf.scalar(1).sub(targets.mul(2)))).pow(this.gamma)).sum().div(2).maximum(1)";
  return {
    name: "EqualizedQualityFocalLoss",
    helpers: ["targets", "constant", "memory"],
    memory: true,
    takes: "labels, quality",
    code: lossClass({
      name: "EqualizedQualityFocalLoss",
      about:
        "As equalized focal loss, with the quality of a box, such as its overlap, as target on its class.",
      labels: labelsOrTargets,
      more: [["quality", "tf.Tensor", "[rows], from 0 to 1: the target of each row on its class"]],
      options: focusing(settings),
      sums: [...gradientSums, "rows"],
      body: `      const { logits: z, targets, keep } = targetsOf(logits, labels);
      const soft = targets.mul(quality.reshape([-1, 1]));
      const focusing = this.focusing();
      const divisor = ${settings.flag("dynamicNormaliser") ? dynamic : divisor(settings)};
      const factor = keep.mul(focusing.div(this.gamma)).div(divisor);
      const lossOf = (/** @type {tf.Tensor} */ z) => {
        // p - target, from 1 - p where p is near 1: qualities often are 1 too.
        const low = constantOf(z, (z) => z.less(0)).cast("bool");
        const gap = tf.where(
          low,
          tf.sigmoid(z).sub(soft),
          tf.scalar(1).sub(soft).sub(tf.sigmoid(z.neg())),
        );
        return factor.mul(sizeToPower(gap, focusing)).mul(binaryCrossEntropy(z, soft)).sum();
      };
${collected}`,
      methods: focusingOf,
    }).concat(`

/**
 * |x|^power with a gradient of 0 where x is 0; powers above 1.
 *
 * @param {tf.Tensor} x
 * @param {tf.Tensor} power
 */
function sizeToPower(x, power) {
  const away = constantOf(x, (x) => x.notEqual(0)).cast("bool");
  const size = tf.where(away, x.abs(), tf.onesLike(x));
  return tf.where(away, size.log().mul(power).exp(), tf.zerosLike(x));
}`),
  };
};

export const seesaw: SnippetOf = ({ number }) => ({
  name: "SeesawLoss",
  helpers: ["rows", "labelOf", "mean", "constant", "memory"],
  memory: true,
  code: lossClass({
    name: "SeesawLoss",
    about: "Cross-entropy in which a frequent class pushes rarer ones down less, and a wrong one more.",
    labels: labelsOnly,
    options: [
      ["p", number("p"), "mitigation"],
      ["q", number("q"), "compensation"],
    ],
    sums: ["counts"],
    body: `      const { logits: z, oneHot, keep } = rowsOf(logits, labels);
      // The counts of a batch count for it, where the model trains.
      this.add("counts", oneHot.cast("float32").sum(0));
      const logCounts = this.sumOf("counts").maximum(1).log().add(tf.zeros(z.shape));
      const ofLabel = (/** @type {tf.Tensor} */ values) => labelOf(values, oneHot).expandDims(1);
      const mitigation = logCounts.sub(ofLabel(logCounts)).mul(this.p).minimum(0);
      const compensation = constantOf(z, (z) => {
        const logP = tf.logSoftmax(z);
        return logP.sub(ofLabel(logP).maximum(Math.log(${number("floor")}))).mul(this.q).maximum(0);
      });
      const factor = tf.where(oneHot, tf.zerosLike(z), mitigation.add(compensation));
      return meanOverRows(labelOf(tf.logSoftmax(z.add(factor)), oneHot).neg(), keep);`,
  }),
});
