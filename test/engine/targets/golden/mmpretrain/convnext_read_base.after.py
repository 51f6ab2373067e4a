from mmengine.config import read_base

with read_base():
    from mmpretrain.configs._base_.datasets.imagenet_bs64_swin_224 import *
    from mmpretrain.configs._base_.models.convnext_base import *

from mmpretrain.models import LabelSmoothLoss

# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
model.merge(dict(head=dict(num_classes=3, loss=dict(
    _delete_=True,
    type='CrossEntropyLoss',
    loss_weight=1.0,
    class_weight=[0.0282346, 0.154644, 2.81712]))))
train_dataloader.merge(dict(batch_size=128))
