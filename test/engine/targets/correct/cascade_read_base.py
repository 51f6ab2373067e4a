from mmengine.config import read_base

with read_base():
    from mmdet.configs._base_.models.cascade_rcnn_r50_fpn import *
    from mmdet.configs._base_.datasets.coco_detection import *

train_dataloader.update(dict(batch_size=4, num_workers=4))
model.roi_head.bbox_head[0].num_classes = 7
