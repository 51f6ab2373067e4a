from mmengine.config import read_base

with read_base():
    from mmseg.configs._base_.models.segformer_mit_b0 import *
    from mmseg.configs._base_.datasets.cityscapes import *

model.decode_head.update(dict(num_classes=3))
