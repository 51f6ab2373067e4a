_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs32.py']
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='ClassBalancedDataset',
        oversample_thr=1e-3,
        dataset=_base_.train_dataloader.dataset))
