_base_ = ['../_base_/datasets/imagenet_bs64_swin_224.py']
model = dict(
    type='ImageClassifier',
    backbone=dict(type='VisionTransformer', arch='b'),
    head=dict(
        type='VisionTransformerClsHead',
        num_classes=1000,
        in_channels=768,
        loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode='classy_vision'),
    ),
    train_cfg=dict(augments=[dict(type='Mixup', alpha=0.8), dict(type='CutMix', alpha=1.0)]))
