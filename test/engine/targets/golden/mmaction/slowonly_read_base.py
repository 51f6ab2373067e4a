from mmengine.config import read_base

with read_base():
    from mmaction.configs._base_.models.slowonly_r50 import *

model.update(dict(cls_head=dict(type='I3DHead', in_channels=2048, num_classes=3)))
