from detectron2.config import LazyCall
from detectron2.data.samplers import RepeatFactorTrainingSampler, TrainingSampler

from ..common.data.coco import dataloader
from ..common.models.retinanet import model
from ..common.optim import SGD as optimizer
from ..common.train import train

dataloader.train.mapper.use_instance_mask = False
# Equipoise: counts of data/train.json (36cbf9b6: 5000 200 10), repeat threshold 0.001 of the images, 2026-11-30
dataloader.train.sampler = LazyCall(RepeatFactorTrainingSampler)(
    repeat_factors=LazyCall(RepeatFactorTrainingSampler.repeat_factors_from_category_frequency)(
        dataset_dicts="${dataloader.train.dataset}", repeat_thresh=0.001
    )
)  # shuffled only
model.num_classes = 3
model.focal_loss_gamma = 2.0
optimizer.lr = 0.01
model.focal_loss_alpha = 0.25
