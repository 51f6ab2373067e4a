"""PyTorch's side of training.mjs: a task as JSON on each line in, milliseconds a step on each line out."""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    """Residual block with the parameter-free shortcut, He et al. 2016, option A."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.stride, self.added = stride, (outputs - inputs) // 2

    def forward(self, x):
        y = F.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        if self.stride == 2:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.added, self.added))
        return F.relu(y + x)


class ResNet(nn.Module):
    def __init__(self, depth, classes):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        blocks, inputs = [], 16
        for stride, outputs in ((1, 16), (2, 32), (2, 64)):
            for i in range((depth - 2) // 6):
                blocks.append(Block(inputs, outputs, stride if i == 0 else 1))
                inputs = outputs
        self.blocks, self.head = nn.Sequential(*blocks), nn.Linear(64, classes)

    def forward(self, x):
        return self.head(self.blocks(F.relu(self.norm(self.stem(x)))).mean((2, 3)))


def network(task):
    features, classes = task["inputShape"][0], task["classes"]
    if task["model"] == "linear":
        return nn.Linear(features, classes), torch.randn(task["batch"], features)
    if task["model"] == "mlp":
        layers = nn.Sequential(nn.Linear(features, 128), nn.ReLU(), nn.Linear(128, classes))
        return layers, torch.randn(task["batch"], features)
    height, width, channels = task["inputShape"]
    images = torch.randn(task["batch"], channels, height, width)
    return ResNet(int(task["model"].removeprefix("resnet")), classes), images


def main():
    torch.manual_seed(1)
    made = {}
    for line in sys.stdin:
        task = json.loads(line)
        torch.set_num_threads(task["threads"])
        device = torch.device(task["device"])
        if line not in made:
            net, x = network(task)
            made[line] = net.to(device), x.to(device)
        net, x = made[line]
        y = (torch.arange(task["batch"]) % task["classes"]).to(device)
        optimiser = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=1e-4, nesterov=True)

        def step():
            optimiser.zero_grad()
            F.cross_entropy(net(x), y).backward()
            optimiser.step()
            if device.type == "cuda":
                torch.cuda.synchronize()

        step()
        start, before, steps = time.perf_counter(), time.process_time(), 0
        while steps == 0 or time.perf_counter() - start < task["seconds"]:
            step()
            steps += 1
        now, first = (time.perf_counter(), start) if task["byClock"] else (time.process_time(), before)
        print((now - first) * 1000 / steps, flush=True)


main()
