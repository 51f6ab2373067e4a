"""Runs generated losses, or the recorder, in two processes on the halves of each batch, and in one on the whole."""

import json
import os
import sys
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def module_of(source: str) -> nn.Module:
    space: dict = {"__name__": "generated", "__file__": __file__}
    exec(compile(source, "generated.py", "exec"), space)
    bases = (nn.Module,)
    (found,) = [each for each in space.values() if isinstance(each, type) and issubclass(each, bases) and each not in bases]
    return found


def losses_of(question: dict, rank: int, world: int) -> list:
    """Loss, gradient of this process's rows and state after each step, for each case."""
    results = []
    for case in question["cases"]:
        criterion = module_of(case["source"])()
        steps = []
        for step in case["steps"]:
            rows = len(step["logits"]) // world
            part = slice(rank * rows, (rank + 1) * rows)
            logits = torch.tensor(step["logits"][part], requires_grad=True)
            loss = criterion(logits, torch.tensor(step["labels"][part]))
            loss.backward()
            state = [each.double().flatten().tolist() for each in criterion.buffers()]
            steps.append({"loss": loss.item(), "grad": logits.grad.tolist(), "state": state})
        results.append(steps)
    return results


def record(question: dict, rank: int, world: int, folder: str) -> None:
    recorded = module_of(question["recorder"])(nn.CrossEntropyLoss(), folder=folder, epochs=1, steps_per_epoch=3)
    for step in question["cases"][0]["steps"]:
        rows = len(step["logits"]) // world
        part = slice(rank * rows, (rank + 1) * rows)
        logits = torch.tensor(step["logits"][part], requires_grad=True)
        recorded(logits, torch.tensor(step["labels"][part])).backward()
    with torch.no_grad():
        recorded(logits, torch.tensor(step["labels"][part]))
    recorded.close()


def replica(rank: int, question: dict, port_file: str, out: str) -> None:
    torch.set_default_dtype(torch.float64)
    dist.init_process_group("gloo", init_method=f"file://{port_file}", rank=rank, world_size=2)
    results = losses_of(question, rank, 2)
    record(question, rank, 2, question["folders"][1])
    with open(f"{out}.{rank}", "w", encoding="utf-8") as file:
        json.dump(results, file)
    dist.destroy_process_group()


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        question = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        mp.spawn(replica, args=(question, os.path.join(folder, "meeting"), out), nprocs=2)
        both = [json.load(open(f"{out}.{rank}", encoding="utf-8")) for rank in range(2)]
    single = losses_of(question, 0, 1)
    record(question, 0, 1, question["folders"][0])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"single": single, "both": both}, file)
