_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs32.py']
model = dict(
    head=dict(
        num_classes=3,
        loss=dict(type='CrossEntropyLoss', loss_weight=1.0, class_weight=[0.2, 0.3, 2.5])))
