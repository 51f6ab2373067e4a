"""Trains a small net on our images."""
import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"


def train(model, loader, epochs=1):
    # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), inverse, weights scaled to mean 1, order a to c, 2026-11-30
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1, weight=torch.tensor([0.00570342, 0.142586, 2.85171], device=device))  # smooth
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
    return model


if __name__ == "__main__":
    torch.manual_seed(0)
    data = torch.utils.data.TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
    train(nn.Linear(8, 3).to(device), torch.utils.data.DataLoader(data, batch_size=16))
    print("trained")
