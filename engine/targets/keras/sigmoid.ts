/** Keras forms of the sigmoid losses without memory. */
import { counts, effectiveHelper, lossClass, type SnippetOf } from "./snippet.ts";
import { rareClasses } from "./softmax.ts";

const start = "        logits, targets, keep = targets_of(y_pred, y_true)";
const bce = "tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)";
const overPositives = "tf.maximum(tf.reduce_sum(targets), 1.0)";

export const binaryCrossEntropy: SnippetOf = ({ choice }) => {
  const all = choice("reduction") === "meanAll";
  return {
    name: "BinaryCrossEntropyLoss",
    helpers: ["targets"],
    code: lossClass({
      name: "BinaryCrossEntropyLoss",
      about: `Binary cross-entropy on each class, ${all ? "mean over all elements" : "summed over classes, mean over rows"}.`,
      call: `${start}
        loss = ${bce}
        return tf.reduce_sum(keep * loss) / tf.maximum(tf.reduce_sum(keep)${all ? " * logits.shape[-1]" : ""}, 1.0)`,
    }),
  };
};

export const sigmoidFocal: SnippetOf = ({ number }) => {
  const weigh = Number(number("alpha")) >= 0;
  return {
    name: "SigmoidFocalLoss",
    helpers: ["targets", "focal"],
    code: lossClass({
      name: "SigmoidFocalLoss",
      about: "Focal loss on each class, divided by the number of positive targets, at least 1.",
      arguments: [
        ["gamma", "float", number("gamma")],
        ...(weigh ? ([["alpha", "float", number("alpha")]] as const) : []),
      ],
      call: `${start}
        loss = focal(logits, targets, self.gamma)
${weigh ? "        loss = loss * (self.alpha * targets + (1.0 - self.alpha) * (1.0 - targets))\n" : ""}        return tf.reduce_sum(keep * loss) / ${overPositives}`,
    }),
  };
};

const ofRow =
  "        weights = tf.linalg.matvec(targets, tf.constant(self.weights, targets.dtype))[:, None]";

export const classBalancedSigmoid: SnippetOf = (settings) => ({
  name: "ClassBalancedSigmoidLoss",
  helpers: ["targets", effectiveHelper(settings)],
  code: lossClass({
    name: "ClassBalancedSigmoidLoss",
    about:
      "Binary cross-entropy; the weight of a row's class multiplies all its columns, negatives included.",
    arguments: [counts, ["beta", "float", settings.number("beta")]],
    setup: "        self.weights = class_weights(counts, beta)",
    call: `${start}
        loss = ${bce}
${ofRow}
        return tf.reduce_sum(keep * weights * loss) / ${overPositives}`,
  }),
});

export const classBalancedFocal: SnippetOf = (settings) => ({
  name: "ClassBalancedFocalLoss",
  helpers: ["targets", "focal", effectiveHelper(settings)],
  code: lossClass({
    name: "ClassBalancedFocalLoss",
    about: "Sigmoid focal loss; the weight of a row's class multiplies all its columns, in place of alpha.",
    arguments: [
      counts,
      ["beta", "float", settings.number("beta")],
      ["gamma", "float", settings.number("gamma")],
    ],
    setup: "        self.weights = class_weights(counts, beta)",
    call: `${start}
        loss = focal(logits, targets, self.gamma)
${ofRow}
        return tf.reduce_sum(keep * weights * loss) / ${overPositives}`,
  }),
});

export const equalization: SnippetOf = (settings) => ({
  name: "EqualizationLoss",
  helpers: ["targets"],
  code: lossClass({
    name: "EqualizationLoss",
    about: "Binary cross-entropy without the negatives that rows of other classes give to rare classes.",
    arguments: [counts],
    setup: rareClasses(settings),
    call: `${start}
        loss = ${bce}
        # Background rows keep all their negatives.
        foreground = tf.reduce_sum(targets, axis=1, keepdims=True) > 0
        spared = foreground & self.rare & tf.equal(targets, 0.0)
        loss = tf.where(spared, 0.0, keep * loss)
        return tf.reduce_sum(loss) / tf.maximum(tf.reduce_sum(keep), 1.0)`,
  }),
});
