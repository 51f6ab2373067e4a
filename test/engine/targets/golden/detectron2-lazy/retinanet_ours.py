from detectron2.config import LazyCall
from detectron2.data.samplers import RepeatFactorTrainingSampler, TrainingSampler

from ..common.data.coco import dataloader
from ..common.models.retinanet import model
from ..common.optim import SGD as optimizer
from ..common.train import train

dataloader.train.mapper.use_instance_mask = False
dataloader.train.sampler = LazyCall(TrainingSampler)(size=5210)  # shuffled only
model.num_classes = 3
model.focal_loss_gamma = 1.5
optimizer.lr = 0.01
