_base_ = ['../../_base_/models/tsn_r50.py']
model = dict(
    cls_head=dict(
        num_classes=4,
        loss_cls=dict(
            _delete_=True, type='CBFocalLoss', samples_per_cls=[900, 300, 40, 7], beta=0.99, gamma=2.0)))
