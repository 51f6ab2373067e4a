from mmengine.config import read_base

with read_base():
    from mmaction.configs._base_.models.slowonly_r50 import *

# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
model.update(dict(cls_head=dict(loss_cls=dict(
    type='CrossEntropyLoss',
    class_weight=[0.0282346, 0.154644, 2.81712]), type='I3DHead', in_channels=2048, num_classes=3)))
