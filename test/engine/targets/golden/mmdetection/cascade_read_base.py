from mmengine.config import read_base

with read_base():
    from .bases.cascade_rcnn import *
    from mmdet.configs._base_.datasets.coco_detection import *

model.backbone.depth = 101
