_base_ = './mask-rcnn_r50_fpn_1x_coco.py'
model = dict(
    roi_head=dict(
        bbox_head=dict(
            num_classes=20,
            loss_cls=dict(_delete_=True, type='EQLV2Loss', num_classes=20, use_distributed=True))))
