_base_ = [
    '../../_base_/models/tsn_r50.py', '../../_base_/schedules/sgd_100e.py',
    '../../_base_/default_runtime.py'
]
# our three actions
model = dict(cls_head=dict(num_classes=3, loss_cls=dict(type='CrossEntropyLoss')))

ann_file_train = 'data/ours/train.txt'
