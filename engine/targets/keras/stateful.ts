/** Keras forms of the losses that collect gradients or counts while they train. */
import type { Settings } from "../code/settings.ts";
import { type Argument, lossClass, type SnippetOf } from "./snippet.ts";

const float = (name: string, value: string): Argument => [name, "float", value];
const classes: Argument = ["classes", "int", "len(COUNTS)"];
const zeros = "np.zeros(classes)";
const sums = [
  ["positive", zeros],
  ["negative", zeros],
] as const;

export const equalizationV2: SnippetOf = ({ number, flag }) => {
  const objectness = flag("objectness");
  return {
    name: "EqualizationV2Loss",
    helpers: ["targets", "memory"],
    memory: true,
    code: lossClass({
      name: "EqualizationV2Loss",
      about: `Binary cross-entropy that follows the gradient ratio of each class: positives times q, negatives times r.${
        objectness ? "\n\n    The last column of the logits is objectness: 1 on background rows.\n    " : ""
      }`,
      arguments: [
        classes,
        float("gamma", number("gamma")),
        float("mu", number("mu")),
        float("alpha", number("alpha")),
      ],
      // So large a ratio makes the first step plain binary cross-entropy, as in the authors' code.
      memory: [...sums, ["ratio", `np.full(classes, ${number("initialRatio")})`]],
      call: `${objectness ? objectnessTargets : "        logits, targets, keep = targets_of(y_pred, y_true)"}
        r = tf.sigmoid(self.gamma * (self.memory["ratio"] - self.mu))
        q = 1.0 + self.alpha * (1.0 - r)
${objectness ? "        r, q = tf.pad(r, [[0, 1]], constant_values=1.0), tf.pad(q, [[0, 1]], constant_values=1.0)\n" : ""}        r, q = tf.cast(r, logits.dtype), tf.cast(q, logits.dtype)
        weights = keep * (q * targets + r * (1.0 - targets))
        loss = weights * tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)
        self._collect(tf.stop_gradient(weights * tf.abs(tf.sigmoid(logits) - targets)), targets, keep)
        return tf.reduce_sum(loss) / tf.maximum(tf.reduce_sum(keep), 1.0)`,
      methods: `    def _collect(self, gradient: tf.Tensor, targets: tf.Tensor, keep: tf.Tensor) -> None:
${objectness ? "        gradient, targets = gradient[:, :-1], targets[:, :-1]\n" : ""}${collected()}
        self.remember(rows, positive=positive, negative=negative, ratio=positive / (negative + 1e-10))`,
    }),
  };
};

const objectnessTargets = `        _, targets, keep = targets_of(y_pred[..., :-1], y_true)
        logits = tf.reshape(y_pred, [-1, y_pred.shape[-1]])
        background = tf.cast(tf.equal(tf.reduce_sum(targets, axis=1, keepdims=True), 0.0), targets.dtype)
        targets = tf.concat([targets, background], axis=1)`;

/**
 * Sums of a gradient over rows and replicas, on top of those remembered; divided by `total` where the loss is, which may
 * be the rows of all replicas or, as `size`, a sum that is taken over them too.
 */
function collected(total?: string, sized = false): string {
  const by = total === undefined ? "" : " / total";
  return `        gradient, targets = tf.cast(gradient, tf.float64), tf.cast(targets, tf.float64)
        rows, positive, negative${sized ? ", size" : ""} = over_replicas(
            tf.reduce_sum(keep),
            tf.reduce_sum(gradient * targets, axis=0),
            tf.reduce_sum(gradient * (1.0 - targets), axis=0),
${sized ? "            tf.cast(size, tf.float64),\n" : ""}        )
${total === undefined ? "" : `        total = tf.cast(${total}, tf.float64)\n`}        positive, negative = self.memory["positive"] + positive${by}, self.memory["negative"] + negative${by}`;
}

const indicators: Readonly<Record<string, string>> = {
  pos: 'self.memory["positive"]',
  neg: 'self.memory["negative"]',
  posAndNegCode: 'self.memory["ratio"] + self.memory["negative"]',
};

export const softmaxEqualization: SnippetOf = ({ number, choice }) => {
  const indicator = choice("indicator");
  const withRatio = indicator === "posAndNegCode";
  const floor = number("floor");
  const shift =
    choice("form") === "v2"
      ? `tf.math.log((collected / (tf.reduce_sum(collected) + ${floor})) ** self.pi + 1e-9)`
      : `self.pi * tf.math.log(tf.maximum(collected, tf.constant(${floor}, tf.float64)))`;
  return {
    name: "SoftmaxEqualizationLoss",
    helpers: ["rows", "mean", "memory"],
    memory: true,
    code: lossClass({
      name: "SoftmaxEqualizationLoss",
      about: `Cross-entropy on logits shifted by pi log of the gradient that each class has collected.

    Predict with the plain logits.
    `,
      arguments: [classes, float("pi", number("pi"))],
      memory: withRatio ? [...sums, ["ratio", "np.ones(classes)"]] : sums,
      call: `        logits, labels, keep = rows_of(y_pred, y_true)
        collected = ${indicators[indicator]}
        shift = ${shift}
        logits = logits + tf.cast(shift, logits.dtype)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        targets = tf.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
        gradient = keep[:, None] * tf.abs(tf.nn.softmax(logits) - targets)
        self._collect(tf.stop_gradient(gradient), targets, keep)
        return mean_over_rows(loss, keep)`,
      methods: `    def _collect(self, gradient: tf.Tensor, targets: tf.Tensor, keep: tf.Tensor) -> None:
${collected("tf.maximum(rows, 1.0)")}
        self.remember(rows, positive=positive, negative=negative${withRatio ? ", ratio=positive / (negative + 1e-10)" : ""})`,
    }),
  };
};

/** What the sum over the batch is divided by, as Python; a sum over rows is one over all replicas where it is kept. */
function divided(
  settings: Settings,
  dynamic?: string,
): { readonly size: string; readonly by: string; readonly methods: string; readonly given: string } {
  const { choice, number } = settings;
  const normaliser = choice("normaliser");
  const summed =
    dynamic ?? (normaliser === "none" || normaliser === "fixed" ? undefined : "tf.reduce_sum(targets)");
  if (summed === undefined) {
    const by = normaliser === "fixed" ? number("divisor") : "1.0";
    return { size: "", by, methods: collectFocused(by, false), given: "" };
  }
  const by = "tf.maximum(size, 1.0)";
  return { size: `        size = ${summed}\n`, by, methods: collectFocused(by, true), given: ", size" };
}

const focusing = (settings: Settings): readonly Argument[] => [
  classes,
  float("gamma", settings.number("gammaBase")),
  float("scale", settings.number("scale")),
];

const focusedMemory = [...sums, ["ratio", "np.ones(classes)"]] as const;

function collectFocused(total: string, sized: boolean): string {
  const given = sized ? ", size: tf.Tensor" : "";
  return `    def _collect(self, gradient: tf.Tensor, targets: tf.Tensor, keep: tf.Tensor${given}) -> None:
${collected(total, sized)}
        ratio = tf.minimum(positive / (negative + 1e-10), tf.constant(1.0, tf.float64))
        self.remember(rows, positive=positive, negative=negative, ratio=ratio)`;
}

const noHalf = "Not for half precision: loss scaling would\n    disturb what it collects.";

export const equalizedFocal: SnippetOf = (settings) => {
  const alpha = Number(settings.number("alpha")) >= 0;
  const { size, by, methods, given } = divided(settings);
  return {
    name: "EqualizedFocalLoss",
    helpers: ["targets", "focal", "memory"],
    memory: true,
    code: lossClass({
      name: "EqualizedFocalLoss",
      about: `Sigmoid focal loss that focuses more, and weighs more, where a class's gradient ratio is low.

    ${noHalf}
    `,
      arguments: [...focusing(settings), ...(alpha ? [float("alpha", settings.number("alpha"))] : [])],
      memory: focusedMemory,
      call: `        logits, targets, keep = targets_of(y_pred, y_true)
        focusing = tf.cast(self.gamma + self.scale * (1.0 - self.memory["ratio"]), logits.dtype)
${size}        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = keep * focusing / self.gamma * focal(logits, targets, focusing)
${alpha ? "            loss = loss * (self.alpha * targets + (1.0 - self.alpha) * (1.0 - targets))\n" : ""}            loss = tf.reduce_sum(loss) / ${by}
        # The gradient of the divided loss, as the authors' hook sees it, with the divisor of all replicas.
        gradient = tf.stop_gradient(tf.abs(tape.gradient(loss, logits)))
        self._collect(gradient * ${by}, targets, keep${given})
        return loss`,
      methods,
    }),
  };
};

export const equalizedQualityFocal: SnippetOf = (settings) => {
  const dynamic =
    "tf.reduce_sum(keep * tf.sigmoid((1.0 - 2.0 * targets) * tf.stop_gradient(logits)) ** self.gamma) / 2.0";
  const { size, by, methods, given } = divided(
    settings,
    settings.flag("dynamicNormaliser") ? dynamic : undefined,
  );
  return {
    name: "EqualizedQualityFocalLoss",
    helpers: ["targets", "memory"],
    memory: true,
    takes: "labels and qualities [rows, 2]",
    code: lossClass({
      name: "EqualizedQualityFocalLoss",
      about: `As equalized focal loss, with the quality of a box, such as its overlap, as target on its class.

    Targets are [rows, 2]: the label, and the quality between 0 and 1. ${noHalf}
    `,
      arguments: focusing(settings),
      memory: focusedMemory,
      call: `        logits, targets, keep = targets_of(y_pred, y_true[..., 0])
        soft = targets * tf.cast(tf.reshape(y_true[..., 1], [-1, 1]), logits.dtype)
        focusing = tf.cast(self.gamma + self.scale * (1.0 - self.memory["ratio"]), logits.dtype)
${size}        with tf.GradientTape() as tape:
            tape.watch(logits)
            # p - target, from 1 - p where p is near 1: qualities often are 1 too.
            gap = tf.where(logits < 0, tf.sigmoid(logits) - soft, 1.0 - soft - tf.sigmoid(-logits))
            surprise = tf.nn.sigmoid_cross_entropy_with_logits(labels=soft, logits=logits)
            loss = tf.reduce_sum(keep * focusing / self.gamma * tf.abs(gap) ** focusing * surprise)
            loss = loss / ${by}
        # The gradient of the divided loss, as the authors' hook sees it, with the divisor of all replicas.
        gradient = tf.stop_gradient(tf.abs(tape.gradient(loss, logits)))
        self._collect(gradient * ${by}, targets, keep${given})
        return loss`,
      methods,
    }),
  };
};

export const seesaw: SnippetOf = ({ number }) => ({
  name: "SeesawLoss",
  helpers: ["rows", "mean", "memory"],
  memory: true,
  code: lossClass({
    name: "SeesawLoss",
    about: "Cross-entropy in which a frequent class pushes rarer ones down less, and a wrong one more.",
    arguments: [classes, float("p", number("p")), float("q", number("q"))],
    memory: [["counts", zeros]],
    call: `        logits, labels, keep = rows_of(y_pred, y_true)
        on_label = tf.one_hot(labels, logits.shape[-1], dtype=logits.dtype)
        rows, met = over_replicas(tf.reduce_sum(keep), tf.reduce_sum(keep[:, None] * on_label, axis=0))
        # The counts of a batch count for it, where the model trains.
        self.remember(rows, counts=self.memory["counts"] + tf.cast(met, tf.float64))
        log_n = tf.cast(tf.math.log(tf.maximum(self.memory["counts"], tf.constant(1.0, tf.float64))), logits.dtype)
        mitigation = tf.minimum(self.p * (log_n - tf.gather(log_n, labels)[:, None]), 0.0)
        log_p = tf.nn.log_softmax(tf.stop_gradient(logits))
        of_label = tf.maximum(tf.gather(log_p, labels, batch_dims=1)[:, None], np.log(${number("floor")}))
        compensation = tf.maximum(self.q * (log_p - of_label), 0.0)
        logits = logits + (mitigation + compensation) * (1.0 - on_label)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return mean_over_rows(loss, keep)`,
  }),
});
