"""Runs Keras losses that Equipoise wrote: reads a list of cases, writes loss and gradient of each of their steps."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import keras
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def loss_of(source: str) -> keras.losses.Loss:
    space: dict = {"__name__": "generated"}
    exec(compile(source, "generated.py", "exec"), space)
    base = space.get("MemoryLoss", keras.losses.Loss)
    (found,) = [
        each for each in space.values() if isinstance(each, type) and issubclass(each, base) and each is not base
    ]
    first = found()
    # As Keras does it when it loads a model.
    return found.from_config(first.get_config())


def state_of(criterion: keras.losses.Loss) -> dict:
    return criterion.state() if hasattr(criterion, "state") else {}


def same(a: dict, b: dict) -> bool:
    return all(np.array_equal(a[key], b[key]) for key in a)


def run(case: dict) -> list:
    dtype = "float64" if case["bits"] == 64 else "float32"
    keras.config.set_floatx(dtype)
    criterion = loss_of(case["source"])
    steps = []
    for step in case["steps"]:
        stored = tf.Variable(np.array(step["logits"], dtype))
        labels = np.array(step.get("targets", step.get("labels")))
        if "quality" in step:
            labels = np.stack([labels, np.array(step["quality"])], axis=1)
        start = state_of(criterion)
        try:
            with tf.GradientTape() as tape:
                logits = stored * case["logitScale"]
                if "mask" in step:
                    loss = criterion.masked(tf.constant(labels), logits, np.array(step["mask"]))
                else:
                    loss = criterion(labels, logits)
        except tf.errors.InvalidArgumentError as problem:
            steps.append({"error": str(problem)})
            continue
        gradient = tape.gradient(loss, stored)
        before = state_of(criterion)
        if before:
            criterion.learning.assign(False)
            criterion(labels, tf.constant(stored) * case["logitScale"])
            criterion.learning.assign(True)
        steady = same(before, state_of(criterion))
        moved = not same(start, before)
        grad = gradient.numpy().flatten().tolist()
        steps.append({"loss": repr(float(loss)), "grad": grad, "steady": steady, "moved": moved})
    return steps


with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
results = []
for case in cases:
    try:
        results.append({"steps": run(case)})
    except Exception as problem:  # noqa: BLE001  each case reports for itself
        results.append({"failure": f"{type(problem).__name__}: {problem}"})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(results, file)
