/** A recorder of gradient ratios for a user's own Keras training, which writes docs/run-format.md. */
import { pythonCounts, pythonHead, pythonString } from "../code/python.ts";
import { runFolder } from "../code/runFolder.ts";
import { type Counted, checkCounts, datasetText } from "../code/settings.ts";
import { recorderModule } from "../pytorch/recorder.ts";

/**
 * One self-contained Python file with a callback that records what a loss sees. `folder` is where `.equipoise` lies.
 * Needs Keras 3 on TensorFlow and Python 3.9. Throws `loss/unsuitable` where no class has a sample.
 */
export function recorderForKeras(data: Counted, folder = "."): string {
  checkCounts(data);
  const heading = [
    `Records the gradient ratio of each class while Keras trains, for ${datasetText(data)}.`,
    "",
    "Ratio of the absolute gradient of a class's logit on its own samples to that on all others.",
    "Tan et al. 2021, arXiv 2012.08548, equation 3.",
  ];
  const example = `    from ${recorderModule} import Recorder

    recorder = Recorder(keras.losses.SparseCategoricalCrossentropy(from_logits=True), test=(x_test, y_test))
    model.compile(optimizer, loss=recorder.loss)
    model.fit(x, y, epochs=90, callbacks=[recorder])

The model gives logits, without softmax or sigmoid; loss and gradient are those of the loss that it is given.`;
  const made = "Made by Equipoise from the counts below. Writes Equipoise's run format, version 1.";
  return `${pythonHead(heading, example, made)}

${imports}

${pythonCounts(data)}
# Where the folder .equipoise lies, from this file.
FOLDER = ${pythonString(folder)}


${runFolder("keras")}


${recorder}
`;
}

const imports = `import json
import math
import os
import struct
import time
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf`;

const recorder = `class RecordedLoss(keras.losses.Loss):
    """A loss that sums the absolute gradient of its logits on the way back: rows 0, 1 of the epoch, 2, 3 of all."""

    def __init__(self, loss: keras.losses.Loss) -> None:
        super().__init__(name=loss.name, reduction=loss.reduction)
        self.inner = loss
        self.sums = tf.Variable(
            tf.zeros([4, len(CLASSES)], tf.float64),
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.SUM,
            name="gradient_sums",
        )

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> tf.Tensor:
        return self.inner(y_true, self.watched(tf.convert_to_tensor(y_pred), y_true), sample_weight=sample_weight)

    def call(self, y_true: Any, y_pred: Any) -> tf.Tensor:
        return self.inner.call(y_true, y_pred)

    def watched(self, logits: tf.Tensor, y_true: Any) -> tf.Tensor:
        """The same logits, whose gradient is summed on the way back."""

        @tf.custom_gradient
        def identity(x: tf.Tensor) -> tuple[tf.Tensor, Any]:
            def back(gradient: tf.Tensor) -> tf.Tensor:
                targets = targets_of(y_true, x)
                size = tf.cast(tf.abs(tf.reshape(gradient, [-1, x.shape[-1]])[:, : len(CLASSES)]), tf.float64)
                positive = tf.reduce_sum(size * targets, axis=0)
                # Rows that are left out have no gradient.
                negative = tf.reduce_sum(size * (1.0 - targets), axis=0)
                self.sums.assign_add(tf.stack([positive, negative, positive, negative]))
                return gradient

            return tf.identity(x), back

        return identity(logits)


def targets_of(y_true: Any, logits: tf.Tensor) -> tf.Tensor:
    """0 and 1 [rows, classes] from labels or from a matrix of the same shape as the logits."""
    y_true = tf.convert_to_tensor(y_true)
    if y_true.shape.rank == logits.shape.rank and y_true.shape[-1] == logits.shape[-1]:
        return tf.cast(tf.reshape(y_true, [-1, logits.shape[-1]])[:, : len(CLASSES)], tf.float64)
    return tf.one_hot(tf.cast(tf.reshape(y_true, [-1]), tf.int32), len(CLASSES), dtype=tf.float64)


class Recorder(keras.callbacks.Callback):
    """Give \`recorder.loss\` to \`compile\` and the recorder to \`fit\` as a callback.

    Arguments
    ---------
    loss: of (labels, logits), from_logits=True where it has that.
    test: inputs and labels that are predicted at the end of each epoch, for recall by class.
    name: what the run tries, as in equipoise.yaml; by default the name of the loss.
    about: further keys of run.json, such as model="resnet18" or seed=1.

    Make it inside the scope of a distribution strategy; the sums are added over its replicas.
    """

    def __init__(
        self,
        loss: keras.losses.Loss,
        *,
        test: tuple[Any, Any] | None = None,
        name: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        **about: Any,
    ) -> None:
        super().__init__()
        if getattr(loss, "from_logits", True) is False or getattr(loss, "_fn_kwargs", {}).get("from_logits") is False:
            raise ValueError("the gradient of logits is recorded: give the loss from_logits=True, a model without softmax")
        self.loss = RecordedLoss(loss)
        self.test = test
        self.place = Path(__file__).resolve().parent / FOLDER if folder is None else Path(folder)
        names = {
            "sparse_categorical_crossentropy": "cross-entropy",
            "categorical_crossentropy": "cross-entropy",
            "binary_crossentropy": "binary-cross-entropy",
        }
        self.about = {"choice": 0, "loss": name or names.get(loss.name, loss.name), "parameters": {}, "seed": 1, **about}
        self.run: RunFolder | None = None
        self.steps, self.broken = 0, False
        self.pairs: tuple[np.ndarray, np.ndarray] | None = None
        self.scores: dict[str, float] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        self.loss.sums.assign(tf.zeros_like(self.loss.sums))
        self.steps = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch + 1
        sums = self.loss.sums
        sums.assign(tf.concat([tf.zeros([2, len(CLASSES)], tf.float64), tf.convert_to_tensor(sums)[2:]], axis=0))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.steps += 1
        # About ten reports for each factor of ten, and one at the end of each epoch.
        wanted = round(10 ** (round(10 * math.log10(self.steps)) / 10)) == self.steps
        last = self.params.get("steps") == batch + 1
        if self.epoch == 1 and wanted and not last:
            line = {"step": self.steps, "epoch": self.epoch}
            self._write(line, [*self._sums(), [math.nan] * len(CLASSES)])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        recall, self.scores = self._tests()
        line = {"step": self.steps, "epoch": self.epoch, **self.scores}
        if logs and "loss" in logs:
            line["loss"] = float(logs["loss"])
        self._write(line, [*self._sums(), recall])

    def on_train_end(self, logs: Any = None) -> None:
        if self.run is None or self.broken:
            return
        short = self.epoch < int(self.params.get("epochs") or 0)
        state = {"kind": "stopped", "epoch": self.epoch, "step": self.steps} if short else {"kind": "finished", **self.scores}
        try:
            if self.pairs is not None and not short:
                self.run.predictions(*(each.tolist() for each in self.pairs))
            self.run.state(state)
            self.run.close()
            self.run = None
        except OSError as problem:
            self._break(problem)

    def _sums(self) -> list[list[float]]:
        return tf.convert_to_tensor(self.loss.sums).numpy().tolist()

    def _tests(self) -> tuple[list[float], dict[str, float]]:
        """Recall of each class and the scores."""
        if self.test is None:
            return [math.nan] * len(CLASSES), {}
        inputs, labels = self.test
        truth = np.asarray(labels)
        truth = truth.argmax(axis=-1) if truth.ndim > 1 and truth.shape[-1] > 1 else truth.reshape(-1)
        logits = self.model.predict(inputs, verbose=0)[:, : len(CLASSES)]
        self.pairs = (truth.astype(int), logits.argmax(axis=1))
        total = np.bincount(self.pairs[0], minlength=len(CLASSES))
        right = np.bincount(self.pairs[0][self.pairs[0] == self.pairs[1]], minlength=len(CLASSES))
        recall = [float(r / n) if n else math.nan for r, n in zip(right, total)]
        scores = {"accuracy": float(right.sum() / total.sum()), "balancedAccuracy": float(np.nanmean(recall))}
        return recall, scores

    def _write(self, line: dict[str, Any], series: list[list[float]]) -> None:
        if self.broken:
            return
        try:
            self._opened().report(line, series)
        except OSError as problem:
            self._break(problem)

    def _opened(self) -> RunFolder:
        if self.run is None:
            epochs, steps = self.params.get("epochs"), self.params.get("steps")
            self.run = RunFolder(
                self.place,
                {
                    **self.about,
                    "sampler": self.about.get("sampler", "instance-balanced"),
                    **({"epochs": epochs} if epochs else {}),
                    **({"stepsPerEpoch": steps} if steps else {}),
                    "backend": f"Keras {keras.__version__} on TensorFlow {tf.__version__}",
                    "classes": CLASSES,
                    "counts": COUNTS,
                    "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                },
            )
        return self.run

    def _break(self, problem: OSError) -> None:
        # A full disk must not end a training that is not about this record.
        self.broken = True
        warnings.warn(f"Equipoise stops recording gradient ratios: {problem}", stacklevel=3)`;
