"""Trains a linear head on HOG embeddings of long-tailed CIFAR-10 with PyTorch, and tests it after each epoch."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

DATA = Path(__file__).resolve().parent.parent / "cifar10-lt"


def read(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    inputs = torch.from_numpy(np.load(DATA / f"{name}_hog.npy")).float()
    lines = (DATA / f"{name}.txt").read_text().splitlines()
    return inputs, torch.tensor([int(line.split()[-1]) for line in lines])


def main(epochs: int, batch_size: int, learning_rate: float) -> None:
    torch.manual_seed(1)
    (train_x, train_y), (test_x, test_y) = read("train_if100"), read("test")
    mean, deviation = train_x.mean(dim=0), train_x.std(dim=0).clamp_min(1e-6)
    train_x, test_x = (train_x - mean) / deviation, (test_x - mean) / deviation
    model = nn.Linear(train_x.shape[1], 10)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    for epoch in range(epochs):
        for rows in torch.randperm(len(train_x)).split(batch_size):
            optimizer.zero_grad()
            criterion(model(train_x[rows]), train_y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            logits = model(test_x)
            loss = criterion(logits, test_y)
        print(f"epoch {epoch + 1}: test loss {loss:.4f}, accuracy {(logits.argmax(dim=1) == test_y).float().mean():.3f}")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--epochs", type=int, default=5)
    options.add_argument("--batch-size", type=int, default=128)
    options.add_argument("--learning-rate", type=float, default=0.005)
    main(**vars(options.parse_args()))
