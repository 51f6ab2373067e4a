_base_ = ['../_base_/models/upernet_r50.py', '../_base_/datasets/ade20k.py']
model = dict(
    decode_head=dict(
        num_classes=3,
        # cross-entropy and Dice together
        loss_decode=[
            # Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), beta 0.999, weights scaled to mean 1, order a to c, 2026-11-30
            dict(
                type='CrossEntropyLoss',
                use_sigmoid=False,
                loss_weight=1.0,
                class_weight=[0.0282346, 0.154644, 2.81712],
                loss_name='loss_ce'),
            dict(type='DiceLoss', loss_name='loss_dice', loss_weight=3.0),
        ]))
