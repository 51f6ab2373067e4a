"""Runs the Meta Sampler that Equipoise wrote on given noise: reads cases, writes what each step gave."""

import json
import sys
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


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
        lr=settings["metaLr"],
        unit="instance",
    )
    head = torch.nn.Linear(len(case["W0"][0]), len(case["W0"]))
    with torch.no_grad():
        head.weight.copy_(torch.tensor(case["W0"]))
        head.bias.copy_(torch.tensor(case["b0"]))
    optimizer = torch.optim.SGD(
        head.parameters(), lr=settings["lr"], momentum=settings["momentum"], weight_decay=settings["weightDecay"]
    )
    return sampler, head, optimizer


def run(case: dict) -> dict:
    space = space_of(case["source"])
    sampler, head, optimizer = started(case, space)
    features, labels = torch.tensor(case["features"]), torch.tensor(case["instanceLabels"])
    meta = torch.tensor(case["metaFeatures"]), torch.tensor(case["metaLabels"])
    shift = torch.bincount(labels, minlength=len(case["W0"])).double().log()
    result = {"psi0": sampler.psi.tolist(), "steps": []}
    for at, step in enumerate(case["steps"]):
        rows = sampler.draw(len(step["gumbel"]), torch.tensor(step["gumbel"]))
        losses = sampler.step(
            head, optimizer, lambda z, y: F.cross_entropy(z + shift, y), features[rows], labels[rows], *meta
        )
        result["steps"].append({
            "rows": rows.tolist(),
            "innerLoss": losses[0],
            "metaLoss": losses[1],
            "gradPsi": sampler.psi.grad.tolist(),
            "psi": sampler.psi.tolist(),
            "weight": head.weight.tolist(),
            "bias": head.bias.tolist(),
        })
        if at == 0:
            # Stop and go on: another sampler with the state of this one draws the same.
            again = started(case, space)[0]
            again.load_state_dict(sampler.state_dict())
            result["resumed"] = [sampler.draw(20).tolist() == again.draw(20).tolist(), again.psi.tolist()]
    return result


def shares(question: dict) -> dict:
    """How often each class is drawn by either unit, and what the sampler says of it."""
    space, result = space_of(question["source"]), {}
    for unit in ("instance", "class"):
        sampler = space["MetaSampler"](question["labels"], power=0.5, unit=unit, seed=3)
        drawn = torch.tensor(question["labels"])[sampler.draw(4000)]
        result[unit] = (torch.bincount(drawn, minlength=question["classes"]).double() / 4000).tolist()
    result["said"] = sampler.probabilities().tolist()
    first, same, other = (space["MetaSampler"](question["labels"], seed=seed).draw(50).tolist() for seed in (3, 3, 4))
    result["seeded"] = [first == same, first != other]
    return result


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        question = json.load(file)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"cases": [run(case) for case in question["cases"]], "shares": shares(question["shares"])}, file)
