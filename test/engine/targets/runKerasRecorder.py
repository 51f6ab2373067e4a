"""Runs an instrumented Keras script and writes the logits and labels that its loss saw at each step."""

import json
import os
import runpy
import sys

import keras
import numpy as np
import tensorflow as tf

with open(sys.argv[1], encoding="utf-8") as file:
    question = json.load(file)
sys.path.insert(0, os.path.dirname(question["script"]))
import equipoise_recorder

steps = []
watched = equipoise_recorder.RecordedLoss.watched


def remembered(self, logits, y_true):
    def keep(z, y):
        steps.append({"logits": z.flatten().tolist(), "labels": y.flatten().tolist()})
        return z

    seen = tf.numpy_function(keep, [tf.cast(logits, tf.float64), tf.cast(y_true, tf.int64)], tf.float64)
    with tf.control_dependencies([seen]):
        return watched(self, tf.identity(logits), y_true)


equipoise_recorder.RecordedLoss.watched = remembered
runpy.run_path(question["script"], run_name="__main__")
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump({"steps": steps}, file)
