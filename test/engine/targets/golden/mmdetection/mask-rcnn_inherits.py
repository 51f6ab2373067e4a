# Mask R-CNN on our own recordings.
_base_ = [
    '../_base_/models/mask-rcnn_r50_fpn.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/schedule_1x.py', '../_base_/default_runtime.py'
]
metainfo = dict(classes=('a', 'b', 'c'))

train_dataloader = dict(
    batch_size=2,
    dataset=dict(
        ann_file='annotations/train.json',
        data_prefix=dict(img='images/'),
        metainfo=metainfo))
