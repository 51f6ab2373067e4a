import torch
from torch import nn
from torch.utils.data import DataLoader, WeightedRandomSampler

sampler = WeightedRandomSampler(weights, len(weights))
loader = DataLoader(data, batch_size=64, sampler=sampler)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
for x, y in loader:
    criterion(net(x), y).backward()
