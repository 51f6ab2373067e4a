_base_ = [
    '../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs32.py',
    '../_base_/schedules/imagenet_bs256.py', '../_base_/default_runtime.py'
]

model = dict(
    head=dict(
        # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
        loss=dict(
            _delete_=True,
            type='CrossEntropyLoss',
            loss_weight=1.0,
            class_weight=[0.0282346, 0.154644, 2.81712]),
        num_classes=3,
        topk=(1, ),
    ))
