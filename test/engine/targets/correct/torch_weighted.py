import torch
import torch.nn as nn

criterion = nn.CrossEntropyLoss(weight=torch.tensor([0.2, 1.0, 3.0]))
for x, y in loader:
    loss = criterion(net(x), y)
    loss.backward()
