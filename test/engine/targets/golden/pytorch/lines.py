import torch
import torch.nn as nn

net = nn.Linear(8, 3)
loss_function = torch.nn.CrossEntropyLoss(
    ignore_index=-1,
    reduction="mean",  # over rows
)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
loss_function(net(x), y).backward()
print("trained")
