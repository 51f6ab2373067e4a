_base_ = ['./bases/cascade-rcnn.py', '../../_base_/datasets/lvis_v1_instance.py']

model = dict(
    backbone=dict(depth=101),
    roi_head=dict(
        bbox_head=[
            dict(
                type='Shared2FCBBoxHead',
                in_channels=256,
                num_classes=3,
                reg_class_agnostic=True,
                # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), Seesaw counts while it trains, order a to c, 2026-11-30
                loss_cls=dict(type='SeesawLoss', p=0.8, q=2.0, num_classes=3, loss_weight=1.0),
                loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=1.0)),
            # the second stage counts half
            dict(
                type='Shared2FCBBoxHead',
                in_channels=256,
                num_classes=3,
                reg_class_agnostic=True,
                loss_cls=dict(type='SeesawLoss', p=0.8, q=2.0, num_classes=3, loss_weight=0.5),
                loss_bbox=dict(type='SmoothL1Loss', beta=1.0, loss_weight=1.0))
        ],
        # masks stay as they are
        mask_head=dict(num_classes=3)))
