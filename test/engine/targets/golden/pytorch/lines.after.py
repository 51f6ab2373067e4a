import torch
import torch.nn as nn

net = nn.Linear(8, 3)
# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
loss_function = torch.nn.CrossEntropyLoss(
    ignore_index=-1,
    reduction="mean",  # over rows
    weight=torch.tensor([0.0282346, 0.154644, 2.81712]),
)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
loss_function(net(x), y).backward()
print("trained")
