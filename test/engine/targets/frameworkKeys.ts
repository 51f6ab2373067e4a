/**
 * Arguments of losses and samplers, and keys of configurations, read in the sources of frameworks that tests cannot install;
 * docs/targets.md says which commit. Names alone, with the type of its default behind where the framework insists on that.
 * Losses of one toolbox differ from those of another with that name.
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
  // Detectron2 0.6, detectron2/config/defaults.py; yacs refuses a value of another type than the default's.
  detectron2: {
    DATALOADER: words(
      "NUM_WORKERS:int ASPECT_RATIO_GROUPING:bool SAMPLER_TRAIN:str REPEAT_THRESHOLD:float FILTER_EMPTY_ANNOTATIONS:bool",
    ),
    "MODEL.RETINANET": words(
      "NUM_CLASSES:int IN_FEATURES NUM_CONVS:int IOU_THRESHOLDS IOU_LABELS PRIOR_PROB:float SCORE_THRESH_TEST:float TOPK_CANDIDATES_TEST:int NMS_THRESH_TEST:float BBOX_REG_WEIGHTS FOCAL_LOSS_GAMMA:float FOCAL_LOSS_ALPHA:float SMOOTH_L1_LOSS_BETA:float BBOX_REG_LOSS_TYPE:str NORM:str",
    ),
    "MODEL.ROI_HEADS": words(
      "NAME:str NUM_CLASSES:int IN_FEATURES IOU_THRESHOLDS IOU_LABELS BATCH_SIZE_PER_IMAGE:int POSITIVE_FRACTION:float SCORE_THRESH_TEST:float NMS_THRESH_TEST:float PROPOSAL_APPEND_GT:bool",
    ),
    "MODEL.ROI_BOX_HEAD": words(
      "NAME:str BBOX_REG_LOSS_TYPE:str BBOX_REG_LOSS_WEIGHT:float BBOX_REG_WEIGHTS SMOOTH_L1_BETA:float POOLER_RESOLUTION:int POOLER_SAMPLING_RATIO:int POOLER_TYPE:str NUM_FC:int FC_DIM:int NUM_CONV:int CONV_DIM:int NORM:str CLS_AGNOSTIC_BBOX_REG:bool TRAIN_ON_PRED_BOXES:bool USE_FED_LOSS:bool USE_SIGMOID_CE:bool FED_LOSS_FREQ_WEIGHT_POWER:float FED_LOSS_NUM_CLASSES:int",
    ),
  },
  // Ultralytics 8.4, ultralytics/cfg/default.yaml: training arguments and hyperparameters.
  ultralytics: {
    "": words(
      "task mode model data epochs time patience batch imgsz save save_period cache device workers project name exist_ok pretrained optimizer verbose seed deterministic single_cls rect cos_lr close_mosaic resume amp fraction profile freeze multi_scale compile overlap_mask mask_ratio dropout val split plots lr0 lrf momentum weight_decay warmup_epochs warmup_momentum warmup_bias_lr box cls cls_pw dfl pose kobj nbs hsv_h hsv_s hsv_v degrees translate scale shear perspective flipud fliplr bgr mosaic mixup cutmix copy_paste copy_paste_mode auto_augment erasing cfg",
    ),
  },
  // BagofTricks-LT, lib/config/default.py, yacs too.
  "bag-of-tricks": {
    LOSS: words(
      "LOSS_TYPE CostSensitiveCE ClassBalanceCE ClassBalanceFocal CrossEntropyLabelSmooth CrossEntropyLabelAwareSmooth FocalLoss LDAMLoss CDT SEQL InfluenceBalancedLoss",
    ),
    "LOSS.ClassBalanceCE": words("BETA:float"),
    "LOSS.ClassBalanceFocal": words("BETA:float GAMMA:float"),
    "LOSS.FocalLoss": words("GAMMA:float"),
    "LOSS.LDAMLoss": words("SCALE:float MAX_MARGIN:float"),
    "TRAIN.SAMPLER": words("TYPE:str WEIGHTED_SAMPLER BBN_SAMPLER"),
    "TRAIN.SAMPLER.WEIGHTED_SAMPLER": words("TYPE:str"),
    "TRAIN.TWO_STAGE": words("DRW:bool DRS:bool START_EPOCH:int"),
  },
  // timm 1.0 train.py reads a YAML of its argument names: those of the loss.
  timm: {
    "": words(
      "model num_classes opt sched smoothing bce_loss bce_sum bce_target_thresh bce_pos_weight jsd_loss mixup cutmix aa drop_path amp",
    ),
  },
  // Balanced Meta-Softmax, run_networks.py (init_criterions, init_optimizers) and main.py: what they look up.
  "balanced-meta-softmax": {
    "": words(
      "coslr coslrwarmup criterions endlr warmup_iterations warmup_epochs base_lr warmup_lr last memory model_dir networks shuffle training_opt",
    ),
    "criterions.PerformanceLoss": words("def_file:str loss_params:dict optim_params weight"),
    training_opt: words(
      "backbone batch_size dataset display_step feature_dim log_dir log_root num_classes num_epochs num_iterations num_workers open_threshold sampler scheduler_params stage sub_dir cifar_imb_ratio",
    ),
  },
  // LightningCLI of pytorch-lightning 2.6.6, cli.py: the groups that it adds; Trainer's arguments are in trainer.py.
  lightning: {
    "": words("seed_everything trainer model data optimizer lr_scheduler ckpt_path weights_only"),
    model: words("class_path:str init_args:dict dict_kwargs:dict"),
    data: words("class_path:str init_args:dict dict_kwargs:dict"),
    trainer: words(
      "accelerator strategy devices num_nodes precision logger callbacks fast_dev_run max_epochs min_epochs max_steps min_steps max_time limit_train_batches limit_val_batches limit_test_batches limit_predict_batches overfit_batches val_check_interval check_val_every_n_epoch num_sanity_val_steps log_every_n_steps enable_checkpointing enable_progress_bar enable_model_summary accumulate_grad_batches gradient_clip_val gradient_clip_algorithm deterministic benchmark inference_mode use_distributed_sampler profiler detect_anomaly barebones plugins sync_batchnorm reload_dataloaders_every_n_epochs default_root_dir enable_autolog_hparams model_registry",
    ),
    "model.init_args.loss": words("class_path:str init_args:dict dict_kwargs:dict"),
  },
};

/** What stands in `kwargs` beside a `type`, where a framework builds its parts that way; several lists are versions. */
export const typedKeys: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  // United Perception: up/tasks/det/plugins/efl, up/tasks/cls/models/losses, up/data/samplers, up/utils/general.
  "united-perception": {
    equalized_focal_loss: [
      words(
        "name reduction loss_weight ignore_index num_classes focal_gamma focal_alpha scale_factor fpn_levels",
      ),
    ],
    softmax_eql: [words("num_classes indicator loss_weight tau eps")],
    repeat_factor: [words("t ri_mode pn ri_if_empty num_replicas static_size rank")],
    gradient_collector: [
      words("hook_module collect_func_module grad_type"),
      // Before classification had such losses.
      words("hook_head hook_cls_head"),
    ],
  },
};

/**
 * Arguments in LazyConfig files of Detectron2, by what is called: detectron2/data/samplers/distributed_sampler.py,
 * detectron2/data/build.py, detectron2/modeling. Statements on the right set arguments of the call on the left.
 */
export const lazyArguments: Readonly<Record<string, readonly string[]>> = {
  RepeatFactorTrainingSampler: words("repeat_factors shuffle seed"),
  "RepeatFactorTrainingSampler.repeat_factors_from_category_frequency": words(
    "dataset_dicts repeat_thresh sqrt",
  ),
  "dataloader.train": words(
    "dataset mapper sampler total_batch_size aspect_ratio_grouping num_workers collate_fn",
  ),
  // RetinaNet and GeneralizedRCNN.
  model: words(
    "backbone head head_in_features anchor_generator box2box_transform anchor_matcher num_classes focal_loss_alpha focal_loss_gamma smooth_l1_beta box_reg_loss_type test_score_thresh test_topk_candidates test_nms_thresh max_detections_per_image pixel_mean pixel_std vis_period input_format proposal_generator roi_heads",
  ),
};

/** Parameters of `create_loss` in Balanced Meta-Softmax, which are given by position. */
export const lossParameters: Readonly<Record<string, readonly string[]>> = {
  "./loss/BalancedSoftmaxLoss.py": words("freq_path"),
  "./loss/SoftmaxLoss.py": [],
};

function words(text: string): readonly string[] {
  return text.split(" ");
}
