_base_ = ['../_base_/models/upernet_r50.py', '../_base_/datasets/ade20k.py']
model = dict(
    decode_head=dict(
        num_classes=3,
        loss_decode=[
            dict(type='FocalLoss', loss_name='loss_focal', alpha=[0.2, 0.3, 0.5], loss_weight=1.0),
            dict(type='DiceLoss', loss_name='loss_dice', loss_weight=3.0)]))
