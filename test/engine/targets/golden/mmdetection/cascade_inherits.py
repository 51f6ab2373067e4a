_base_ = ['./bases/cascade-rcnn.py', '../../_base_/datasets/lvis_v1_instance.py']

model = dict(
    backbone=dict(depth=101),
    roi_head=dict(
        # masks stay as they are
        mask_head=dict(num_classes=3)))
