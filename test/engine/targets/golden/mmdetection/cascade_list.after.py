_base_ = ["../_base_/datasets/coco_detection.py", "../_base_/default_runtime.py"]
model = dict(
    type="CascadeRCNN",
    roi_head=dict(
        type="CascadeRoIHead",
        num_stages=3,
        stage_loss_weights=[1, 0.5, 0.25],
        bbox_head=[
            dict(
                type="Shared2FCBBoxHead",
                in_channels=256,
                num_classes=3,
                # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), Seesaw counts while it trains, order a to c, 2026-11-30
                loss_cls=dict(type="SeesawLoss", p=0.8, q=2.0, num_classes=3, loss_weight=1.0),
                loss_bbox=dict(type="SmoothL1Loss", beta=1.0, loss_weight=1.0),
            ),
            # second stage, with tighter boxes
            dict(
                type="Shared2FCBBoxHead",
                in_channels=256,
                num_classes=3,
                loss_cls=dict(type="SeesawLoss", p=0.8, q=2.0, num_classes=3, loss_weight=1.0),
                loss_bbox=dict(type="SmoothL1Loss", beta=1.0, loss_weight=1.0),
            ),
            dict(
                type="Shared2FCBBoxHead",
                in_channels=256,
                num_classes=3,
                loss_cls=dict(type="SeesawLoss", p=0.8, q=2.0, num_classes=3, loss_weight=1.0),
                loss_bbox=dict(type="SmoothL1Loss", beta=1.0, loss_weight=1.0),
            ),
        ],
    ),
)
