from mmengine.config import read_base

with read_base():
    from mmpretrain.configs._base_.datasets.imagenet_bs64_swin_224 import *
    from mmpretrain.configs._base_.models.convnext_base import *

from mmpretrain.models import LabelSmoothLoss

model.merge(dict(head=dict(num_classes=3, loss=dict(type=LabelSmoothLoss, label_smooth_val=0.1))))
train_dataloader.merge(dict(batch_size=128))
