# Copyright (c) OpenMMLab. All rights reserved.
from mmengine.config import read_base

with read_base():
    from mmdet.configs._base_.models.mask_rcnn_r50_fpn import *
    from mmdet.configs._base_.datasets.coco_instance import *
    from mmdet.configs._base_.schedules.schedule_1x import *
    from mmdet.configs._base_.default_runtime import *

from mmdet.models.losses import CrossEntropyLoss

model.merge(
    dict(
        roi_head=dict(
            bbox_head=dict(num_classes=3),
            mask_head=dict(num_classes=3))))
# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, background 1 last, order a to c, 2026-11-30
model.roi_head.bbox_head.loss_cls = dict(
    type='CrossEntropyLoss',
    use_sigmoid=False,
    loss_weight=1.0,
    class_weight=[0.0282346, 0.154644, 2.81712, 1.0])
