import torch
from torch.utils.data import DataLoader
from equipoise_loss import SeesawLoss
from equipoise_recorder import RecordedLoss
from torch import nn
from sampler import ProgressiveSampler

sampler = ProgressiveSampler(labels, epochs=90)
loader = DataLoader(data, batch_size=64, sampler=sampler)
warm_up = nn.CrossEntropyLoss(label_smoothing=0.1)
criterion = RecordedLoss(SeesawLoss())
for epoch in range(90):
    sampler.set_epoch(epoch)
    for x, y in loader:
        (warm_up if epoch < 5 else criterion)(net(x), y).backward()
