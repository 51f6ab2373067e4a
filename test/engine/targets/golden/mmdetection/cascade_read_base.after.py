from mmengine.config import read_base

with read_base():
    from .bases.cascade_rcnn import *
    from mmdet.configs._base_.datasets.coco_detection import *

model.backbone.depth = 101

model.merge(dict(roi_head=dict(bbox_head=[
    dict(
        type='Shared2FCBBoxHead',
        in_channels=256,
        num_classes=3,
        reg_class_agnostic=True,
        # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, background 1 last, order a to c, 2026-11-30
        loss_cls=dict(
            type='CrossEntropyLoss',
            use_sigmoid=False,
            loss_weight=1.0,
            class_weight=[0.0282346, 0.154644, 2.81712, 1.0]),
        loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=1.0)),
    # the second stage counts half
    dict(
        type='Shared2FCBBoxHead',
        in_channels=256,
        num_classes=3,
        reg_class_agnostic=True,
        loss_cls=dict(
            type='CrossEntropyLoss',
            use_sigmoid=False,
            loss_weight=0.5,
            class_weight=[0.0282346, 0.154644, 2.81712, 1.0]),
        loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=1.0))
])))
