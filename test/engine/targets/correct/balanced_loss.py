import torch
from balanced_loss import Loss

criterion = Loss(loss_type="cross_entropy", samples_per_class=[500, 20, 3], beta=0.999, class_balanced=True)
reference = torch.nn.CrossEntropyLoss()
criterion(logits, labels).backward()
