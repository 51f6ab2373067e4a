/**
 * Arguments of losses and samplers, and keys of configurations; names alone. For frameworks that tests cannot install:
 * docs/targets.md says which were read in their sources. Losses of one toolbox differ from those of another with that name.
 */

/** Arguments by toolbox and registered name. */
export const signatures: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // MMDetection 3.3.0, mmdet/models/losses; MMEngine's dataset wrapper; mmdet/datasets/samplers.
  mmdetection: {
    CrossEntropyLoss: words(
      "use_sigmoid use_mask reduction class_weight ignore_index loss_weight avg_non_ignore",
    ),
    SeesawLoss: words("use_sigmoid p q num_classes eps reduction loss_weight return_dict"),
    EQLV2Loss: words(
      "use_sigmoid reduction class_weight loss_weight num_classes use_distributed mu alpha gamma vis_grad test_with_obj",
    ),
    FocalLoss: words("use_sigmoid gamma alpha reduction loss_weight activated"),
    ClassBalancedDataset: words("dataset oversample_thr lazy_init"),
    ClassAwareSampler: words("seed num_sample_class"),
  },
  // MMPretrain 1.2.0, mmpretrain/models/losses.
  mmpretrain: {
    CrossEntropyLoss: words("use_sigmoid use_soft reduction loss_weight class_weight pos_weight"),
    FocalLoss: words("gamma alpha reduction loss_weight"),
    SeesawLoss: words("use_sigmoid p q num_classes eps reduction loss_weight"),
    ClassBalancedDataset: words("dataset oversample_thr lazy_init"),
  },
  // MMSegmentation 1.2.2, mmseg/models/losses.
  mmsegmentation: {
    CrossEntropyLoss: words(
      "use_sigmoid use_mask reduction class_weight loss_weight loss_name avg_non_ignore",
    ),
    FocalLoss: words("use_sigmoid gamma alpha reduction class_weight loss_weight loss_name"),
  },
  // MMAction2 1.2.0, mmaction/models/losses.
  mmaction: {
    CrossEntropyLoss: words("loss_weight class_weight"),
    CBFocalLoss: words("loss_weight samples_per_cls beta gamma"),
  },
};

/** Keys of YAML configurations, for the sections that we write into; a section that is not listed is not ours. */
export const yamlKeys: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // Detectron2 0.6, detectron2/config/defaults.py.
  detectron2: {
    DATALOADER: words(
      "NUM_WORKERS ASPECT_RATIO_GROUPING SAMPLER_TRAIN REPEAT_THRESHOLD FILTER_EMPTY_ANNOTATIONS",
    ),
    "MODEL.RETINANET": words(
      "NUM_CLASSES IN_FEATURES NUM_CONVS IOU_THRESHOLDS IOU_LABELS PRIOR_PROB SCORE_THRESH_TEST TOPK_CANDIDATES_TEST NMS_THRESH_TEST BBOX_REG_WEIGHTS FOCAL_LOSS_GAMMA FOCAL_LOSS_ALPHA SMOOTH_L1_LOSS_BETA BBOX_REG_LOSS_TYPE NORM",
    ),
    "MODEL.ROI_HEADS": words(
      "NAME NUM_CLASSES IN_FEATURES IOU_THRESHOLDS IOU_LABELS BATCH_SIZE_PER_IMAGE POSITIVE_FRACTION SCORE_THRESH_TEST NMS_THRESH_TEST PROPOSAL_APPEND_GT",
    ),
  },
  // Ultralytics 8.4, ultralytics/cfg/default.yaml: training arguments and hyperparameters.
  ultralytics: {
    "": words(
      "task mode model data epochs time patience batch imgsz save save_period cache device workers project name exist_ok pretrained optimizer verbose seed deterministic single_cls rect cos_lr close_mosaic resume amp fraction profile freeze multi_scale compile overlap_mask mask_ratio dropout val split plots lr0 lrf momentum weight_decay warmup_epochs warmup_momentum warmup_bias_lr box cls cls_pw dfl pose kobj nbs hsv_h hsv_s hsv_v degrees translate scale shear perspective flipud fliplr bgr mosaic mixup cutmix copy_paste copy_paste_mode auto_augment erasing cfg",
    ),
  },
  // BagOfTricks-LT, lib/config/default.py.
  "bag-of-tricks": {
    LOSS: words(
      "LOSS_TYPE CostSensitiveCE ClassBalanceCE ClassBalanceFocal CrossEntropyLabelSmooth CrossEntropyLabelAwareSmooth FocalLoss LDAMLoss CDT SEQL InfluenceBalancedLoss",
    ),
    "LOSS.ClassBalanceCE": words("BETA"),
    "LOSS.ClassBalanceFocal": words("BETA GAMMA"),
    "LOSS.FocalLoss": words("GAMMA"),
    "LOSS.LDAMLoss": words("SCALE MAX_MARGIN"),
    "TRAIN.SAMPLER": words("TYPE WEIGHTED_SAMPLER BBN_SAMPLER"),
    "TRAIN.SAMPLER.WEIGHTED_SAMPLER": words("TYPE"),
    "TRAIN.TWO_STAGE": words("DRW DRS START_EPOCH"),
  },
  // timm 1.0 train.py reads a YAML of its argument names: those of the loss.
  timm: {
    "": words(
      "model num_classes opt sched smoothing bce_loss bce_sum bce_target_thresh bce_pos_weight jsd_loss mixup cutmix aa drop_path amp",
    ),
  },
};

function words(text: string): readonly string[] {
  return text.split(" ");
}
