# A model whose heads are a list of stages.
boxes = 'SmoothL1Loss'
stage_loss = dict(type='CrossEntropyLoss', use_sigmoid=False, loss_weight=1.0)
model = dict(
    type='CascadeRCNN',
    roi_head=dict(
        type='CascadeRoIHead',
        num_stages=2,
        stage_loss_weights=[1, 0.5],
        bbox_head=[
            dict(
                type='Shared2FCBBoxHead',
                in_channels=256,
                num_classes=80,
                reg_class_agnostic=True,
                loss_cls=stage_loss,
                loss_bbox=dict(type=boxes, beta=1.0, loss_weight=1.0)),
            # the second stage counts half
            dict(
                type='Shared2FCBBoxHead',
                in_channels=256,
                num_classes=80,
                reg_class_agnostic=True,
                loss_cls=dict(
                    type='CrossEntropyLoss',
                    use_sigmoid=False,
                    loss_weight=0.5),
                loss_bbox=dict(type=boxes, beta=1.0, loss_weight=1.0))
        ]))
