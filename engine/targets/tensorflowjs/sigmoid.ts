/** TensorFlow.js functions of the sigmoid losses without memory. */
import { effectiveHelper } from "./helpers.ts";
import { counts, labelsOrTargets, lossFunction, type SnippetOf } from "./snippet.ts";
import { rareClasses } from "./softmax.ts";

const rows = "    const { logits: z, targets, keep } = targetsOf(logits, labels);";
const overPositives = ".sum().div(targets.sum().maximum(1)).asScalar()";

export const binaryCrossEntropy: SnippetOf = ({ choice }) => {
  const all = choice("reduction") === "meanAll";
  return {
    name: "binaryCrossEntropyLoss",
    helpers: ["targets"],
    code: lossFunction({
      name: "binaryCrossEntropyLoss",
      about: `Binary cross-entropy on each class, ${all ? "mean over all elements" : "summed over classes, mean over rows"}.`,
      labels: labelsOrTargets,
      body: `${rows}
    const loss = keep.mul(binaryCrossEntropy(z, targets)).sum();
    return loss.div(keep.sum()${all ? ".mul(z.shape[1] ?? 1)" : ""}.maximum(1)).asScalar();`,
    }),
  };
};

export const sigmoidFocal: SnippetOf = ({ number }) => {
  const weigh = Number(number("alpha")) >= 0;
  return {
    name: "sigmoidFocalLoss",
    helpers: ["targets", "focal"],
    code: lossFunction({
      name: "sigmoidFocalLoss",
      about: "Focal loss on each class, divided by the number of positive targets, at least 1.",
      labels: labelsOrTargets,
      options: [
        ["gamma", number("gamma"), "focusing"],
        ...(weigh ? ([["alpha", number("alpha"), "weight of positives"]] as const) : []),
      ],
      body: `${rows}
    const loss = focal(z, targets, gamma)${weigh ? ".mul(targets.mul(2 * alpha - 1).add(1 - alpha))" : ""};
    return keep.mul(loss)${overPositives};`,
    }),
  };
};

export const classBalancedSigmoid: SnippetOf = (settings) => ({
  name: "classBalancedSigmoidLoss",
  helpers: ["targets", "rowWeights", effectiveHelper(settings)],
  code: lossFunction({
    name: "classBalancedSigmoidLoss",
    about:
      "Binary cross-entropy; the weight of a row's class multiplies all its columns, negatives included.",
    labels: labelsOrTargets,
    options: [counts, ["beta", settings.number("beta"), "0 is no weighting, towards 1 inverse frequency"]],
    body: `${rows}
    const weights = rowWeights(targets, classWeights(counts, beta));
    return keep.mul(weights).mul(binaryCrossEntropy(z, targets))${overPositives};`,
  }),
});

export const classBalancedFocal: SnippetOf = (settings) => ({
  name: "classBalancedFocalLoss",
  helpers: ["targets", "focal", "rowWeights", effectiveHelper(settings)],
  code: lossFunction({
    name: "classBalancedFocalLoss",
    about: "Sigmoid focal loss; the weight of a row's class multiplies all its columns, in place of alpha.",
    labels: labelsOrTargets,
    options: [
      counts,
      ["beta", settings.number("beta"), "0 is no weighting, towards 1 inverse frequency"],
      ["gamma", settings.number("gamma"), "focusing"],
    ],
    body: `${rows}
    const weights = rowWeights(targets, classWeights(counts, beta));
    return keep.mul(weights).mul(focal(z, targets, gamma))${overPositives};`,
  }),
});

export const equalization: SnippetOf = (settings) => ({
  name: "equalizationLoss",
  helpers: ["targets"],
  code: lossFunction({
    name: "equalizationLoss",
    about: "Binary cross-entropy without the negatives that rows of other classes give to rare classes.",
    labels: labelsOrTargets,
    options: [counts],
    body: `${rows}
${rareClasses(settings)}
    const loss = keep.mul(binaryCrossEntropy(z, targets));
    // Background rows keep all their negatives.
    const foreground = targets.sum(1, true).greater(0);
    const spared = foreground.logicalAnd(rare).logicalAnd(targets.equal(0));
    return tf.where(spared, tf.zerosLike(loss), loss).sum().div(keep.sum().maximum(1)).asScalar();`,
  }),
});
