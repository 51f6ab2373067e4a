/** Keras forms of the softmax losses without memory. */
import type { Settings } from "../code/settings.ts";
import { type Argument, counts, effectiveHelper, lossClass, type SnippetOf } from "./snippet.ts";

const float = (name: string, value: string): Argument => [name, "float", value];

const plain = "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)";
const rows = "        logits, labels, keep = rows_of(y_pred, y_true)";

export const crossEntropy: SnippetOf = ({ choice }) => {
  const summed = choice("reduction") === "sum";
  return {
    name: "CrossEntropyLoss",
    helpers: summed ? ["rows"] : ["rows", "mean"],
    code: lossClass({
      name: "CrossEntropyLoss",
      about: `Softmax cross-entropy, ${summed ? "summed" : "averaged"} over rows.`,
      summed,
      call: `${rows}
        loss = ${plain}
        return ${summed ? "tf.reduce_sum(keep * loss)" : "mean_over_rows(loss, keep)"}`,
    }),
  };
};

const weightings: Readonly<Record<string, string>> = {
  none: "np.ones_like(n)",
  inverse: "1.0 / n",
  sqrtInverse: "1.0 / np.sqrt(n)",
};

export const weightedCrossEntropy: SnippetOf = ({ choice, number }) => {
  const perRow = choice("reduction") === "mean";
  const scheme = choice("scheme");
  const beta = number("beta");
  const effective = `(${beta} - 1.0) / np.expm1(n * np.log1p(${beta} - 1.0))`;
  const scaled = "\n        self.weights = self.weights * len(n) / self.weights.sum()";
  return {
    name: "WeightedCrossEntropyLoss",
    helpers: perRow ? ["rows", "mean"] : ["rows"],
    code: lossClass({
      name: "WeightedCrossEntropyLoss",
      about: `Cross-entropy with class weights, divided by ${perRow ? "the number of rows" : "the sum of the weights of the rows"}.`,
      arguments: [counts],
      setup: `        n = np.asarray(counts, dtype="float64")${choice("absent") === "clamp1" ? ".clip(min=1.0)" : ""}
        with np.errstate(divide="ignore"):
            self.weights = np.where(n > 0, ${scheme === "effective" ? effective : weightings[scheme]}, 0.0)${choice("normalize") === "sumToC" ? scaled : ""}`,
      call: `${rows}
        loss = ${plain}
        weights = keep * tf.gather(tf.constant(self.weights, loss.dtype), labels)
        return ${perRow ? "mean_over_rows(weights * loss, keep)" : "tf.math.divide_no_nan(tf.reduce_sum(weights * loss), tf.reduce_sum(weights))"}`,
    }),
  };
};

export const softmaxFocal: SnippetOf = ({ number }) => ({
  name: "SoftmaxFocalLoss",
  helpers: ["rows", "mean"],
  code: lossClass({
    name: "SoftmaxFocalLoss",
    about: "Cross-entropy times (1 - p)^gamma, p the probability of the label; mean over rows.",
    arguments: [float("gamma", number("gamma"))],
    call: `${rows}
        if logits.shape[-1] == 1:
            return 0.0 * tf.reduce_sum(logits)
        log_p = tf.nn.log_softmax(logits)
        on_label = tf.one_hot(labels, logits.shape[-1], on_value=True, off_value=False)
        # log(1 - p) as the sum over the other classes: 1 - p itself would round to 0.
        others = tf.reduce_logsumexp(tf.where(on_label, -np.inf, log_p), axis=1)
        loss = tf.exp(self.gamma * others) * -tf.gather(log_p, labels, batch_dims=1)
        return mean_over_rows(loss, keep)`,
  }),
});

export const classBalancedSoftmax: SnippetOf = (settings) => ({
  name: "ClassBalancedSoftmaxLoss",
  helpers: ["rows", "mean", effectiveHelper(settings)],
  code: lossClass({
    name: "ClassBalancedSoftmaxLoss",
    about: "Cross-entropy, each row times the weight of its class; mean over rows, not over weights.",
    arguments: [counts, float("beta", settings.number("beta"))],
    setup: "        self.weights = class_weights(counts, beta)",
    call: `${rows}
        loss = ${plain}
        return mean_over_rows(tf.gather(tf.constant(self.weights, loss.dtype), labels) * loss, keep)`,
  }),
});

export const classBalancedSoftmaxBce: SnippetOf = (settings) => ({
  name: "ClassBalancedSoftmaxBceLoss",
  helpers: ["rows", "mean", effectiveHelper(settings)],
  code: lossClass({
    name: "ClassBalancedSoftmaxBceLoss",
    about: `Binary cross-entropy on softmax probabilities, logs clamped at -100; mean over all elements.

    Not the loss of the paper, but what a widely copied port computes.
    `,
    arguments: [counts, float("beta", settings.number("beta"))],
    setup: "        self.weights = class_weights(counts, beta)",
    call: `${rows}
        classes = logits.shape[-1]
        log_p = tf.gather(tf.nn.log_softmax(logits), labels, batch_dims=1)
        p = tf.nn.softmax(logits)
        # Only the largest p can be so near 1 that 1 - p rounds to 0: there it is the sum of the others.
        top = tf.one_hot(tf.argmax(p, axis=1), classes, dtype=p.dtype)
        q = tf.where(top > 0, tf.reduce_sum(p * (1.0 - top), axis=1, keepdims=True), 1.0 - p)
        seen = q > np.finfo(q.dtype.as_numpy_dtype).tiny
        log_q = tf.where(seen, tf.math.log(tf.where(seen, q, 1.0)), -100.0)
        log_q = tf.where(tf.one_hot(labels, classes, on_value=True, off_value=False), 0.0, log_q)
        # Clamped in value only, as the port does: the label keeps its gradient.
        log_p = log_p + tf.stop_gradient(tf.maximum(log_p, -100.0) - log_p)
        loss = -(log_p + tf.reduce_sum(tf.maximum(log_q, -100.0), axis=1)) / classes
        return mean_over_rows(tf.gather(tf.constant(self.weights, loss.dtype), labels) * loss, keep)`,
  }),
});

export const balancedSoftmax: SnippetOf = ({ number, choice }) =>
  shifted(
    "BalancedSoftmaxLoss",
    "Cross-entropy on logits shifted by tau log n. Predict with the plain logits.",
    number("tau"),
    choice("absent") === "clamp1"
      ? `        self.shift = tau * np.log(np.asarray(counts, dtype="float64").clip(min=1.0))`
      : `        n = np.asarray(counts, dtype="float64")
        # A class without a sample is taken out of the softmax.
        self.shift = np.where(n > 0, tau * np.log(n.clip(min=1.0)), -np.inf)`,
  );

export const logitAdjustment: SnippetOf = ({ number, choice }) => {
  const clamp = choice("absent") === "clamp1";
  const shift =
    choice("form") === "code"
      ? "        self.shift = np.log(prior**tau + 1e-12)"
      : `        with np.errstate(divide="ignore"):
            self.shift = np.where(n > 0, tau * np.log(prior), -np.inf)`;
  return shifted(
    "LogitAdjustedLoss",
    "Cross-entropy on logits shifted by tau log prior. Predict with the plain logits.",
    number("tau"),
    `        n = np.asarray(counts, dtype="float64")${clamp ? ".clip(min=1.0)" : ""}
        prior = n / n.sum()
${shift}`,
  );
};

function shifted(name: string, about: string, tau: string, setup: string): ReturnType<SnippetOf> {
  return {
    name,
    helpers: ["rows", "mean"],
    code: lossClass({
      name,
      about,
      arguments: [counts, float("tau", tau)],
      setup,
      call: `${rows}
        shift = tf.constant(self.shift, logits.dtype)
        if np.isinf(self.shift).any():
            absent = tf.logical_and(tf.math.is_inf(tf.gather(shift, labels)), keep > 0)
            message = "a label belongs to a class that has no sample in COUNTS: count anew"
            tf.debugging.assert_equal(tf.reduce_any(absent), False, message)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits + shift)
        return mean_over_rows(loss, keep)`,
    }),
  };
}

export const ldam: SnippetOf = (settings) => {
  const perRow = settings.choice("reduction") === "mean";
  return {
    name: "LDAMLoss",
    helpers: [...(perRow ? (["rows", "mean"] as const) : (["rows"] as const)), effectiveHelper(settings)],
    code: lossClass({
      name: "LDAMLoss",
      about: `Cross-entropy with a margin for each class, largest on the rarest.

    Logits must be cosines between -1 and 1: normalise features and weights, no bias. The scale is applied here.
    For deferred re-weighting start with beta 0 and compile anew with a larger one late in training.
    `,
      arguments: [
        counts,
        float("max_margin", settings.number("maxMargin")),
        float("scale", settings.number("scale")),
        float("beta", settings.number("beta")),
      ],
      setup: `        margins = np.asarray(counts, dtype="float64").clip(min=1.0) ** -0.25
        self.margins = max_margin * margins / margins.max()
        self.weights = class_weights(counts, beta)`,
      call: `${rows}
        margins = tf.gather(tf.constant(self.margins, logits.dtype), labels)
        on_label = tf.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
        logits = self.scale * (logits - margins[:, None] * on_label)
        loss = ${plain}
        weights = keep * tf.gather(tf.constant(self.weights, loss.dtype), labels)
        return ${perRow ? "mean_over_rows(weights * loss, keep)" : "tf.math.divide_no_nan(tf.reduce_sum(weights * loss), tf.reduce_sum(weights))"}`,
    }),
  };
};

/** Which classes are rare, as NumPy. */
export function rareClasses({ number, choice, flag }: Settings): string {
  const share = choice("threshold") === "count" ? "n" : "n / n.sum()";
  return `        n = np.asarray(counts, dtype="float64").clip(min=1.0)
        self.rare = ${share} ${flag("inclusive") ? "<=" : "<"} ${number("lambda")}`;
}

export const softmaxEqualization2020: SnippetOf = (settings) => ({
  name: "SoftmaxEqualization2020Loss",
  helpers: ["rows", "mean"],
  code: lossClass({
    name: "SoftmaxEqualization2020Loss",
    about: "Cross-entropy from which rare classes are left out at random where they are not the label.",
    arguments: [counts, float("gamma", settings.number("gamma"))],
    setup: rareClasses(settings),
    call: `        mask = tf.random.uniform(tf.shape(tf.reshape(y_pred, [-1, y_pred.shape[-1]]))) < self.gamma
        return self.masked(y_true, y_pred, mask)`,
    methods: `    def masked(self, y_true: tf.Tensor, y_pred: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """The loss with this mask [rows, classes] in place of a random one: true where a rare class is left out."""
${rows}
        on_label = tf.one_hot(labels, logits.shape[-1], on_value=True, off_value=False)
        left_out = tf.cast(mask, tf.bool) & self.rare & ~on_label
        logits = tf.where(left_out, -np.inf, logits)
        loss = ${plain}
        return mean_over_rows(loss, keep)`,
  }),
});
