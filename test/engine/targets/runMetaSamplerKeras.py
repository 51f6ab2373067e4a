"""Runs the Meta Sampler for Keras that Equipoise wrote on given noise: reads cases, writes what each step gave."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import keras
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
keras.config.set_floatx("float64")


def space_of(source: str) -> dict:
    space: dict = {"__name__": "generated"}
    exec(compile(source, "generated.py", "exec"), space)
    return space


def started(case: dict, space: dict):
    settings = case["params"]
    sampler = space["MetaSampler"](
        case["instanceLabels"],
        power=settings["initPow"],
        temperature=settings["temperature"],
        learning_rate=settings["metaLr"],
        unit="instance",
    )
    # The decay of the golden vectors is a gradient; that of Keras optimisers is apart from it, and L2 rounds to 32 bits.
    decay = lambda weights: settings["weightDecay"] / 2 * keras.ops.sum(weights**2)
    kernel = np.array(case["W0"]).T
    head = keras.layers.Dense(kernel.shape[1], kernel_regularizer=decay, bias_regularizer=decay)
    head.build((None, kernel.shape[0]))
    head.set_weights([kernel, np.array(case["b0"])])
    # Keras rounds the momentum to 32 bits where it is a plain number.
    return sampler, head, keras.optimizers.SGD(settings["lr"], momentum=np.float64(settings["momentum"]))


def run(case: dict) -> dict:
    space = space_of(case["source"])
    sampler, head, optimizer = started(case, space)
    features, labels = np.array(case["features"]), np.array(case["instanceLabels"])
    meta = np.array(case["metaFeatures"]), np.array(case["metaLabels"])
    criterion = space_of(case["criterion"])["BalancedSoftmaxLoss"]()
    result = {"psi0": sampler.psi.tolist(), "steps": []}
    for at, step in enumerate(case["steps"]):
        rows = sampler.draw(len(step["gumbel"]), np.array(step["gumbel"]))
        losses = sampler.step(head, optimizer, criterion, features[rows], labels[rows], *meta)
        kernel, bias = head.get_weights()
        result["steps"].append({
            "rows": rows.tolist(),
            "innerLoss": losses[0],
            "metaLoss": losses[1],
            "gradPsi": sampler.gradient.tolist(),
            "psi": sampler.psi.tolist(),
            "weight": kernel.T.tolist(),
            "bias": bias.tolist(),
        })
        if at == 0:
            # Stop and go on: another sampler with the state of this one draws the same.
            again = started(case, space)[0]
            again.restore(sampler.state())
            result["resumed"] = [sampler.draw(20).tolist() == again.draw(20).tolist(), again.psi.tolist()]
            assert np.array_equal(sampler.state()["draws"], again.state()["draws"])
    return result


def shares(question: dict) -> dict:
    """How often each class is drawn by either unit, what the sampler says of it, and whether its seed decides."""
    space, result = space_of(question["source"]), {}
    for unit in ("instance", "class"):
        sampler = space["MetaSampler"](question["labels"], power=0.5, unit=unit, seed=3)
        drawn = np.array(question["labels"])[sampler.draw(4000)]
        result[unit] = (np.bincount(drawn, minlength=question["classes"]) / 4000).tolist()
    result["said"] = sampler.probabilities().tolist()
    first, same, other = (space["MetaSampler"](question["labels"], seed=seed).draw(50).tolist() for seed in (3, 3, 4))
    result["seeded"] = [first == same, first != other]
    return result


def refusals(question: dict) -> list:
    """What is said of heads and optimisers whose steps have another gradient."""
    sampler = space_of(question["source"])["MetaSampler"](question["labels"])
    rows = sampler.draw(8)
    given = np.ones((8, 2)), np.array(question["labels"])[rows]
    told = []
    for activation, optimizer in (
        ("softmax", keras.optimizers.SGD(0.1)),
        (None, keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)),
        (None, keras.optimizers.Adam(0.1)),
    ):
        head = keras.layers.Dense(question["classes"], activation=activation)
        try:
            sampler.step(head, optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), *given, *given)
        except ValueError as problem:
            told.append(str(problem))
    return told


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        question = json.load(file)
    answer = {
        "cases": [run(case) for case in question["cases"]],
        "shares": shares(question["shares"]),
        "refusals": refusals(question["shares"]),
    }
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(answer, file)
