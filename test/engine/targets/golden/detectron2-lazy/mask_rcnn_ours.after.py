from ..common.coco_schedule import lr_multiplier_1x as lr_multiplier
from ..common.data.coco import dataloader
from ..common.models.mask_rcnn_fpn import model
from ..common.optim import SGD as optimizer
from ..common.train import train
from detectron2.config import LazyCall as L
from detectron2.data.samplers import RepeatFactorTrainingSampler

# our data, registered in datasets.py
dataloader.train.dataset.names = "ours_train"
dataloader.test.dataset.names = "ours_val"
model.roi_heads.num_classes = 3
model.backbone.bottom_up.freeze_at = 2
train.init_checkpoint = "detectron2://ImageNetPretrained/MSRA/R-50.pkl"
# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), repeat threshold 0.001 of the images, 2026-11-30
dataloader.train.sampler = L(RepeatFactorTrainingSampler)(
    repeat_factors=L(RepeatFactorTrainingSampler.repeat_factors_from_category_frequency)(
        dataset_dicts="${dataloader.train.dataset}", repeat_thresh=0.001
    )
)
