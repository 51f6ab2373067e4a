"""Runs samplers that Equipoise wrote: reads questions, writes what was drawn and what functions gave."""

import json
import sys
import warnings

import numpy as np

try:
    import torch
except ImportError:
    torch = None


def array_of(value, framework):
    if not isinstance(value, list):
        return value
    return torch.tensor(value, dtype=torch.float64) if framework == "pytorch" else np.array(value, np.float64)


def space_of(source: str) -> dict:
    space: dict = {"__name__": "generated"}
    exec(compile(source, "generated.py", "exec"), space)
    return space


def trained_with(question: dict, space: dict) -> dict:
    """Samples of two epochs as the framework hands them to a model."""
    sampler = space[question["name"]](question["labels"], **question["options"])
    epochs = []
    if question["framework"] == "pytorch":
        loader = torch.utils.data.DataLoader(range(len(question["labels"])), batch_size=32, sampler=sampler)
        for epoch in range(2):
            sampler.set_epoch(epoch)
            epochs.append([int(row) for batch in loader for row in batch])
    else:
        import keras

        rows = np.arange(len(question["labels"]), dtype=np.float32)[:, None]
        batches = space["SampledBatches"](rows, rows, sampler, batch_size=32)
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.0), "mse", run_eagerly=True)
        step = model.train_step

        def watched(data):
            epochs[-1].extend(int(row) for row in np.array(data[0]).flatten())
            return step(data)

        model.train_step = watched
        begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: epochs.append([]))
        model.fit(batches, epochs=2, verbose=0, callbacks=[batches.by_epoch(), begin])
    return {"drawn": [epochs]}


def answer(question: dict) -> dict:
    space = space_of(question["source"])
    if question.get("training"):
        return trained_with(question, space)
    if "function" in question:
        arguments = [array_of(each, question["framework"]) for each in question["arguments"]]
        if question["plain"]:
            arguments = question["arguments"]
        given = space[question["function"]](*arguments)
        return {"values": given.tolist() if hasattr(given, "tolist") else given}
    drawn = []
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for rank in range(question["replicas"]):
            sampler = space[question["name"]](
                question["labels"], rank=rank, replicas=question["replicas"], **question["options"]
            )
            epochs = []
            for epoch in question["epochs"]:
                sampler.set_epoch(epoch)
                indices = list(sampler)
                assert len(indices) == len(sampler)
                epochs.append(indices)
            drawn.append(epochs)
    return {"drawn": drawn, "warnings": [str(each.message) for each in told]}


with open(sys.argv[1], encoding="utf-8") as file:
    questions = json.load(file)
answers = []
for question in questions:
    try:
        answers.append(answer(question))
    except Exception as problem:  # noqa: BLE001  each question reports for itself
        answers.append({"error": f"{type(problem).__name__}: {problem}"})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(answers, file)
