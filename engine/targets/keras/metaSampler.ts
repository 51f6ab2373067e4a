/** The Meta Sampler for Keras 3: it learns how often to draw each class while a linear head trains. */
import { pythonCounts, pythonHead } from "../code/python.ts";
import { checkCounts } from "../code/settings.ts";
import { metaSamplerHeading, metaSamplerInPython, metaSamplerName } from "../samplers/metaSampler.ts";

/**
 * One self-contained Python file with the sampler and the counts it was made for. Needs Keras 3 on TensorFlow, NumPy and
 * Python 3.9. Throws `loss/unsuitable` where no class has a sample.
 */
export function metaSamplerAsKeras(classes: readonly string[], counts: readonly number[]): string {
  const data = { classes, counts };
  checkCounts(data);
  const example = `    sampler = ${metaSamplerName}(labels)
    optimizer = keras.optimizers.SGD(0.1)  # of the head alone: keras.layers.Dense(classes) on frozen features
    for _ in range(steps):
        rows = sampler.draw(512)
        meta = balanced_rows()  # as many of each class
        sampler.step(head, optimizer, balanced_softmax, features[rows], labels[rows], features[meta], labels[meta])

Save it with the head and the optimiser: \`np.savez("sampler.npz", **sampler.state())\`, and go on with
\`sampler.restore(np.load("sampler.npz"))\`.`;
  return `${pythonHead(metaSamplerHeading(data), example, "Made by Equipoise from the counts below.")}

import warnings
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

${pythonCounts(data)}


${sampler}


${helpers}
`;
}

const sampler = `${metaSamplerInPython("learning_rate", "of the draws, which follow from it and from how many there were before")}
        self.labels = np.asarray(labels).astype(np.int64)
        if self.labels.size == 0 or self.labels.min() < 0 or self.labels.max() >= len(CLASSES):
            raise ValueError(f"labels must be 0 to {len(CLASSES) - 1}, and at least one")
        self.counts = np.bincount(self.labels, minlength=len(CLASSES))
        for name, now, then in zip(CLASSES, self.counts, COUNTS):
            if now != then:
                told = f"{name} has {now} samples, this file was made for {then}: the labels decide"
                warnings.warn(told, stacklevel=2)
        self.members = [(self.labels == k).nonzero()[0] for k in range(len(CLASSES))]
        self.psi = initial_psi(self.counts, power)
        self.gradient = np.zeros(len(CLASSES))  # of the last meta loss by psi
        self.first, self.second = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))  # Adam's moments
        self.temperature, self.learning_rate, self.unit, self.seed = temperature, learning_rate, unit, seed
        self.steps = self.draws = 0
        self.soft = np.zeros(0)

    def probabilities(self) -> np.ndarray:
        """Probability of each class in a draw."""
        rates = self.counts * np.exp(log_sigmoid(self.psi))
        return rates / rates.sum()

    def draw(self, size: int, noise: np.ndarray | None = None) -> np.ndarray:
        """Indices of \`size\` rows, with replacement.

        noise: Gumbel noise [size, rows or classes]; drawn by default.
        """
        generator = np.random.default_rng([self.seed, self.draws])
        self.draws += 1
        by_class = self.unit == "class"
        with np.errstate(divide="ignore"):  # a class without a sample is never drawn: log 0
            logits = log_sigmoid(self.psi) + np.log(self.counts) if by_class else log_sigmoid(self.psi)[self.labels]
        if noise is None:
            noise = generator.gumbel(size=(size, len(logits)))
        soft = softmax((logits + noise) / self.temperature)
        drawn = soft.argmax(axis=1)
        self.soft = soft.max(axis=1)
        if by_class:
            self.drawn_classes, self.class_sums = drawn, soft
            return np.array([generator.choice(self.members[k]) for k in drawn], dtype=np.int64)
        self.drawn_classes = self.labels[drawn]
        self.class_sums = np.stack([soft[:, rows].sum(axis=1) for rows in self.members], axis=1)
        return drawn

    def step(
        self,
        head: keras.layers.Dense,
        optimizer: keras.optimizers.SGD,
        criterion: Callable[[np.ndarray, tf.Tensor], tf.Tensor],
        features: np.ndarray,
        labels: np.ndarray,
        meta_features: np.ndarray,
        meta_labels: np.ndarray,
    ) -> tuple[float, float]:
        """One step of the head on the rows that were drawn last, and one of the rates. Gives both losses.

        The criterion takes labels and logits, as Keras losses do, and averages over rows; regularisers of the head
        count. The look-ahead has the batch and the optimiser of the real step, so it is the real step.
        """
        if len(labels) != len(self.soft):
            raise ValueError(f"the last draw has {len(self.soft)} rows, and these are {len(labels)}")
        if head.activation is not keras.activations.linear:
            raise ValueError("the head must give plain logits: make it without an activation")
        if not isinstance(optimizer, keras.optimizers.SGD) or optimizer.nesterov:
            raise ValueError("the gradient of the rates is that of keras.optimizers.SGD without nesterov")
        features = tf.convert_to_tensor(features, head.compute_dtype)
        # Before the step, after which a schedule has moved on.
        learning_rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        with tf.GradientTape() as tape:
            logits = head(features)
            loss = criterion(labels, logits)
            total = tf.add_n([loss, *head.losses])
        slopes, *gradients = tape.gradient(total, [logits, *head.trainable_variables])
        optimizer.apply_gradients(zip(gradients, head.trainable_variables))
        with tf.GradientTape() as tape:
            meta_logits = head(tf.convert_to_tensor(meta_features, head.compute_dtype))
            meta_loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(meta_labels, meta_logits))
        kernel, *bias = tape.gradient(meta_loss, head.trainable_variables)
        along = tf.add_n([tf.matmul(features, kernel), *(tf.broadcast_to(each, logits.shape) for each in bias)])
        self.learn(slopes.numpy() * len(labels), along.numpy(), learning_rate)
        return float(loss), float(meta_loss)

    def learn(self, residuals: np.ndarray, along: np.ndarray, learning_rate: float) -> None:
        """Moves the rates: Adam on the gradient of the meta loss by psi.

        residuals: gradient of each drawn row's loss by its logits, [draws, classes].
        along: the same rows through the gradient of the meta loss by the head after its step, [draws, classes].
        learning_rate: of the head.
        """
        agreement = (residuals.astype(np.float64) * along).sum(axis=1)
        # The loss of the step is linear in the straight-through factors, so first derivatives are enough.
        factors = -learning_rate / len(agreement) * agreement * self.soft / self.temperature
        hit = self.drawn_classes[:, None] == np.arange(len(CLASSES))
        slope = np.exp(log_sigmoid(-self.psi))
        self.gradient = slope * (factors[:, None] * (hit - self.class_sums)).sum(axis=0)
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * self.gradient
        self.second = 0.999 * self.second + 0.001 * self.gradient**2
        mean = self.first / (1.0 - 0.9**self.steps)
        spread = np.sqrt(self.second / (1.0 - 0.999**self.steps)) + 1e-8
        self.psi = self.psi - self.learning_rate * mean / spread

    def state(self) -> dict[str, np.ndarray]:
        """All that changes from step to step."""
        floats = {"psi": self.psi.copy(), "first": self.first.copy(), "second": self.second.copy()}
        return {**floats, "steps": np.array(self.steps), "draws": np.array(self.draws)}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        if np.shape(state["psi"]) != self.psi.shape:
            raise ValueError(f"the state is of {np.size(state['psi'])} classes, and there are {len(CLASSES)}")
        self.psi, self.first, self.second = (np.array(state[each], np.float64) for each in ("psi", "first", "second"))
        self.steps, self.draws = int(state["steps"]), int(state["draws"])`;

const helpers = `def initial_psi(counts: np.ndarray, power: float) -> np.ndarray:
    """Logits of rates that grow with (n/N)^-power, in the middle of their range; 0 for classes without a sample."""
    present = counts > 0
    u = (counts[present] / counts.sum()) ** -power
    v = u / (u.min() + u.max())
    psi = np.zeros(len(counts))
    psi[present] = np.log(v / (1.0 - v))
    return psi


def log_sigmoid(x: np.ndarray) -> np.ndarray:
    return -np.logaddexp(0.0, -x)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Along rows."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)`;
