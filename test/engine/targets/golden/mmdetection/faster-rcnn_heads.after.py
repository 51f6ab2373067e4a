_base_ = './faster-rcnn_r50_fpn_1x_coco.py'

num_classes = 3

# the heads follow our class list
model = dict(
    roi_head=dict(
        bbox_head=dict(
            num_classes=num_classes,  # without background
            # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, background 1 last, order a to c, 2026-11-30
            loss_cls=dict(
                _delete_=True,
                type='CrossEntropyLoss',
                use_sigmoid=False,
                loss_weight=2.0,
                class_weight=[0.0282346, 0.154644, 2.81712, 1.0])),
    ))
optim_wrapper = dict(optimizer=dict(lr=0.01))
