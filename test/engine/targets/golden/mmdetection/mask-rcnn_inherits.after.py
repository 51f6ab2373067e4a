# Mask R-CNN on our own recordings.
_base_ = [
    '../_base_/models/mask-rcnn_r50_fpn.py',
    '../_base_/datasets/coco_instance.py',
    '../_base_/schedules/schedule_1x.py', '../_base_/default_runtime.py'
]
metainfo = dict(classes=('a', 'b', 'c'))

train_dataloader = dict(
    sampler=dict(_delete_=True, type='ClassAwareSampler', num_sample_class=1),
    batch_size=2,
    dataset=dict(
        ann_file='annotations/train.json',
        data_prefix=dict(img='images/'),
        metainfo=metainfo))

# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), EQL v2 collects gradients while it trains, order a to c, 2026-11-30
model = dict(roi_head=dict(bbox_head=dict(loss_cls=dict(
    _delete_=True,
    type='EQLV2Loss',
    num_classes=3,
    gamma=12,
    mu=0.8,
    alpha=4.0,
    use_distributed=False))))
