_base_ = ['../_base_/models/fcn_r50-d8.py', '../_base_/datasets/cityscapes.py']
model = dict(
    decode_head=dict(sampler=dict(type='OHEMPixelSampler', thresh=0.7, min_kept=100000)))
