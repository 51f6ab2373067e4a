_base_ = './faster-rcnn_r50_fpn_1x_coco.py'

num_classes = 3

# the heads follow our class list
model = dict(
    roi_head=dict(
        bbox_head=dict(
            num_classes=num_classes,  # without background
            loss_cls=dict(
                type='CrossEntropyLoss', use_sigmoid=False, loss_weight=2.0)),
    ))
optim_wrapper = dict(optimizer=dict(lr=0.01))
