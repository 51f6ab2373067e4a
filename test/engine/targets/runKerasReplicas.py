"""Trains with generated Keras losses under a strategy of two replicas, and without one, on the same batches."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import keras
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(2)
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
keras.config.set_floatx("float64")


def loss_of(source: str) -> keras.losses.Loss:
    space: dict = {"__name__": "generated"}
    exec(compile(source, "generated.py", "exec"), space)
    base = space.get("MemoryLoss", keras.losses.Loss)
    (found,) = [
        each for each in space.values() if isinstance(each, type) and issubclass(each, base) and each is not base
    ]
    return found()


def trained(case: dict, strategy: tf.distribute.Strategy) -> dict:
    """Weights and memory after an epoch of a linear head, whose batches the strategy splits."""
    x, y = np.array(case["x"]), np.array(case["y"])
    with strategy.scope():
        criterion = loss_of(case["source"])
        model = keras.Sequential([keras.layers.Input([x.shape[1]]), keras.layers.Dense(case["classes"])])
        model.compile(keras.optimizers.SGD(0.5), criterion, jit_compile=False)
    model.set_weights([np.array(case["weights"]), np.zeros(case["classes"])])
    model.fit(x, y, batch_size=case["batch"], epochs=1, shuffle=False, verbose=0)
    memory = criterion.state() if hasattr(criterion, "state") else {}
    return {
        "replicas": strategy.num_replicas_in_sync,
        "weights": [each.ravel().tolist() for each in model.get_weights()],
        "memory": [np.asarray(memory[key]).ravel().tolist() for key in sorted(memory)],
    }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        question = json.load(file)
    two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    one = tf.distribute.get_strategy()
    results = [{"both": trained(case, two), "single": trained(case, one)} for case in question["cases"]]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(results, file)
