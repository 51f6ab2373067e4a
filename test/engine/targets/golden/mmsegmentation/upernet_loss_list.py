_base_ = ['../_base_/models/upernet_r50.py', '../_base_/datasets/ade20k.py']
model = dict(
    decode_head=dict(
        num_classes=3,
        # cross-entropy and Dice together
        loss_decode=[
            dict(type='CrossEntropyLoss', loss_name='loss_ce', loss_weight=1.0),
            dict(type='DiceLoss', loss_name='loss_dice', loss_weight=3.0),
        ]))
