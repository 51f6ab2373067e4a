_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/voc_bs16.py']
model = dict(
    head=dict(
        type='MultiLabelLinearClsHead',
        num_classes=4,
        loss=dict(type='CrossEntropyLoss', use_sigmoid=True, pos_weight=[1.0, 2.0, 2.0, 9.0])))
