_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs32.py']
model = dict(head=dict(num_classes=365, loss=dict(type='SeesawLoss', num_classes=365)))
