_base_ = ['../_base_/models/pspnet_r50-d8.py', '../_base_/datasets/cityscapes.py']
model = dict(
    decode_head=dict(
        num_classes=4,
        loss_decode=dict(
            type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0, avg_non_ignore=True,
            class_weight=[0.8, 1.1, 1.6, 0.5])),
    auxiliary_head=dict(num_classes=4))
