import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { countsText } from "#engine/project/project.ts";
import { applyEdits } from "#engine/project/textEdits.ts";
import { targetOf, targets } from "#engine/targets/targets.ts";
import { findTraps, isTrapFile, traps } from "#engine/targets/traps/traps.ts";
import type { FindingCode } from "#protocol/analysis.ts";
import { cases, classes, goldenPath, goldenText } from "./cases.ts";

interface Sample {
  readonly code: FindingCode;
  readonly name: string;
  readonly file: string;
  /** A text with the trap, and one without that differs as little as may be. */
  readonly bad: string;
  readonly good: string;
  readonly says: string;
  /** Whether the fix makes the good text of the bad one; otherwise there is no fix. */
  readonly mends?: boolean;
}

const rcnn = (loss: string): string =>
  `_base_ = './mask-rcnn_r50_fpn_1x_coco.py'\nmodel = dict(roi_head=dict(bbox_head=dict(num_classes=3, loss_cls=dict(${loss}))))\n`;
const retina = (loss: string): string =>
  `_base_ = '../_base_/models/retinanet_r50_fpn.py'\nmodel = dict(bbox_head=dict(num_classes=3, loss_cls=dict(${loss})))\n`;
const pretrain = (loss: string, more = ""): string =>
  `_base_ = ['../_base_/models/resnet50.py', '../_base_/datasets/imagenet_bs32.py']\nmodel = dict(head=dict(num_classes=3, loss=dict(${loss})))\n${more}`;
const segment = (loss: string): string =>
  `_base_ = ['../_base_/models/fcn_r50-d8.py']\nmodel = dict(decode_head=dict(num_classes=3, loss_decode=${loss}))\n`;
const action = (loss: string): string =>
  `_base_ = ['../../_base_/models/tsn_r50.py']\nmodel = dict(cls_head=dict(num_classes=3, loss_cls=dict(${loss})))\n`;
const fed = (head: string, train: string): string =>
  `MODEL:\n  META_ARCHITECTURE: GeneralizedRCNN\n  ROI_BOX_HEAD:\n${head}DATASETS:\n  TRAIN: ("${train}",)\n`;
const lazyFed = (sigmoid: string): string =>
  `from ..common.models.mask_rcnn_fpn import model\nmodel.roi_heads.box_predictor.use_fed_loss = True\nmodel.roi_heads.box_predictor.use_sigmoid_ce = ${sigmoid}\n`;
const kerasScript = (loss: string, fit = ""): string =>
  `import keras\nmodel = keras.Sequential()\nmodel.compile(loss=${loss})\nmodel.fit(x, y${fit})\n`;
const tfjs = (options: string): string =>
  `import * as tf from "@tensorflow/tfjs";\nconst model = tf.sequential();\nmodel.compile({ loss: "meanSquaredError" });\nawait model.fit(x, y, { ${options} });\n`;
const trainer = (signature: string): string =>
  `from transformers import Trainer\n\n\nclass Ours(Trainer):\n    def compute_loss(${signature}):\n        return 0\n\n\nOurs(model).train()\n`;
const labelled = (list: string): string =>
  `{${(JSON.parse(list) as string[]).map((name, label) => `"${name}": ${label}`).join(", ")}}`;
const united = (kwargs: string, hooks = "hooks:\n  - type: gradient_collector\n"): string =>
  `num_classes: 4\ntrainer:\n  max_epoch: 1\n${hooks}net:\n  - name: neck\n    kwargs: {num_level: 5}\n  - name: post_process\n    kwargs:\n      cfg:\n        cls_loss:\n${kwargs}`;
const efl = (levels: number): string =>
  `          type: equalized_focal_loss\n          kwargs: {fpn_levels: ${levels}}\n`;
const eql = (indicator: string): string =>
  `          type: softmax_eql\n          kwargs: {indicator: ${indicator}}\n`;
const unitedClasses = (kwargs: string): string =>
  `num_classes: 3\ntrainer:\n  max_epoch: 1\nhooks:\n  - type: gradient_collector\n${kwargs}net:\n  - name: post_process\n    kwargs:\n      cls_loss: {type: softmax_eql, kwargs: {num_classes: 3, indicator: pos}}\n`;
const balancedLoss = (more: string): string =>
  `import torch\nfrom balanced_loss import Loss\ncriterion = Loss(samples_per_class=[50, 0, 3]${more}, class_balanced=True)\nother = torch.nn.CrossEntropyLoss()\ncriterion(x, y).backward()\n`;
const weighted = "type='CrossEntropyLoss', class_weight=[0.03, 0.15, 2.82]";

const samples: readonly Sample[] = [
  {
    code: "trap/background-weight",
    name: "no weight for background",
    file: "a.py",
    bad: rcnn("type='CrossEntropyLoss', class_weight=[0.5, 0.5, 2.0]"),
    good: rcnn("type='CrossEntropyLoss', class_weight=[0.5, 0.5, 2.0, 1.0]"),
    says: "class_weight needs 4 entries; it has 3.",
    mends: true,
  },
  {
    code: "trap/sigmoid-weights",
    name: "weights with a sigmoid",
    file: "a.py",
    bad: rcnn("type='CrossEntropyLoss', use_sigmoid=True, class_weight=[0.5, 0.5, 2.0]"),
    good: rcnn("type='CrossEntropyLoss', use_sigmoid=False, class_weight=[0.5, 0.5, 2.0, 1.0]"),
    says: "pos_weight",
  },
  {
    code: "trap/weight-count",
    name: "weights for other classes",
    file: "a.py",
    bad: pretrain("type='CrossEntropyLoss', class_weight=[0.5, 0.5, 1.0, 2.0]"),
    good: pretrain("type='CrossEntropyLoss', class_weight=[0.5, 0.5, 2.0]"),
    says: "class_weight has 4 entries, its head has 3 classes.",
  },
  {
    code: "trap/weight-order",
    name: "weights backwards",
    file: "a.py",
    bad: pretrain("type='CrossEntropyLoss', class_weight=[2.81712, 0.154644, 0.0282346]"),
    good: pretrain("type='CrossEntropyLoss', class_weight=[0.0282346, 0.154644, 2.81712]"),
    says: "a has 2.82 here and should have 0.03",
    mends: true,
  },
  {
    code: "trap/class-count",
    name: "another number of classes in Python",
    file: "a.py",
    bad: "_base_ = './mask-rcnn_r50_fpn_1x_coco.py'\nmodel = dict(roi_head=dict(bbox_head=dict(num_classes=80)))\n",
    good: "_base_ = './mask-rcnn_r50_fpn_1x_coco.py'\nmodel = dict(roi_head=dict(bbox_head=dict(num_classes=3)))\n",
    says: "num_classes is 80, the manifest has 3 classes.",
  },
  {
    code: "trap/class-count",
    name: "background forgotten in United Perception",
    file: "a.yaml",
    bad: united(efl(5)).replace("num_classes: 4", "num_classes: 3"),
    good: united(efl(5)),
    says: "the manifest has 3 classes and background.",
  },
  {
    code: "trap/class-order",
    name: "classes in another order",
    file: "a.py",
    bad: `metainfo = dict(classes=('b', 'a', 'c'))\n${rcnn("type='CrossEntropyLoss'")}`,
    good: `metainfo = dict(classes=('a', 'b', 'c'))\n${rcnn("type='CrossEntropyLoss'")}`,
    says: "Class 0 is b here and a in the manifest.",
  },
  ...(
    [
      ["in a script of Keras", "a.py", (list: string) => `class_names = ${list}\n${kerasScript("'mse'")}`],
      [
        "by label in a script of Transformers",
        "a.py",
        (list: string) =>
          `id2label = dict(enumerate([]))\nlabel2id = ${labelled(list)}\n${trainer("self, model, inputs, return_outputs=False, num_items_in_batch=None")}`,
      ],
      [
        "in a call of PyTorch",
        "a.py",
        (list: string) =>
          `import torch\ndata = Ours("x", classes=${list})\nc = torch.nn.CrossEntropyLoss()\nc(x, y).backward()\n`,
      ],
      ["in TensorFlow.js", "a.mjs", (list: string) => `const CLASSES = ${list};\n${tfjs("epochs: 3")}`],
      [
        "for LightningCLI",
        "a.yaml",
        (list: string) =>
          `trainer:\n  max_epochs: 3\nmodel:\n  class_path: ours.Net\n  init_args:\n    num_classes: 3\ndata:\n  class_path: ours.Data\n  init_args:\n    class_names: ${list}\n`,
      ],
    ] as const
  ).map(
    ([where, file, text]): Sample => ({
      code: "trap/class-order",
      name: `classes in another order ${where}`,
      file,
      bad: text('["c", "b", "a"]'),
      good: text('["a", "b", "c"]'),
      says: "Class 0 is c here and a in the manifest.",
    }),
  ),
  {
    code: "trap/number-expected",
    name: "a coefficient by class",
    file: "a.py",
    bad: retina("type='FocalLoss', use_sigmoid=True, loss_weight=[1.0, 2.0, 3.0]"),
    good: retina("type='FocalLoss', use_sigmoid=True, loss_weight=1.0"),
    says: "loss_weight is one number",
  },
  {
    code: "trap/number-expected",
    name: "an integer that MMSegmentation asserts to be a float",
    file: "a.py",
    bad: segment("dict(type='FocalLoss', gamma=2, alpha=0.5)"),
    good: segment("dict(type='FocalLoss', gamma=2.0, alpha=0.5)"),
    says: "FocalLoss asserts that gamma is a float",
    mends: true,
  },
  {
    code: "trap/number-expected",
    name: "an integer where yacs has a float",
    file: "a.yaml",
    bad: "MODEL:\n  META_ARCHITECTURE: RetinaNet\n  RETINANET:\n    FOCAL_LOSS_GAMMA: 2\n",
    good: "MODEL:\n  META_ARCHITECTURE: RetinaNet\n  RETINANET:\n    FOCAL_LOSS_GAMMA: 2.0\n",
    says: "FOCAL_LOSS_GAMMA is a float in the defaults",
    mends: true,
  },
  {
    code: "trap/number-expected",
    name: "an integer in BagofTricks-LT",
    file: "a.yaml",
    bad: "LOSS:\n  LOSS_TYPE: 'FocalLoss'\n  FocalLoss:\n    GAMMA: 2\n",
    good: "LOSS:\n  LOSS_TYPE: 'FocalLoss'\n  FocalLoss:\n    GAMMA: 2.0\n",
    says: "GAMMA is a float in the defaults",
    mends: true,
  },
  {
    code: "trap/number-expected",
    name: "alpha by class",
    file: "a.py",
    bad: pretrain("type='FocalLoss', alpha=[0.1, 0.2, 0.7]"),
    good: pretrain("type='FocalLoss', alpha=0.25"),
    says: "a list raises a TypeError",
  },
  {
    code: "trap/number-expected",
    name: "a power by class",
    file: "args.yaml",
    bad: "task: detect\nmodel: yolo11n.pt\ndata: a.yaml\nepochs: 3\ncls_pw: [1.0, 2.0, 1.5]\n",
    good: "task: detect\nmodel: yolo11n.pt\ndata: a.yaml\nepochs: 3\ncls_pw: 0.5\n",
    says: "cls_pw is one number",
  },
  {
    code: "trap/seesaw-classes",
    name: "Seesaw for 1,203 classes",
    file: "a.py",
    bad: rcnn("type='SeesawLoss', p=0.8, q=2.0"),
    good: rcnn("type='SeesawLoss', p=0.8, q=2.0, num_classes=3"),
    says: "takes 1,203, its head has 3",
    mends: true,
  },
  {
    code: "trap/eqlv2-classes",
    name: "EQL v2 with background counted",
    file: "a.py",
    bad: rcnn("type='EQLV2Loss', num_classes=4"),
    good: rcnn("type='EQLV2Loss', num_classes=3"),
    says: "Background is not counted here.",
    mends: true,
  },
  {
    code: "trap/eqlv2-distributed",
    name: "EQL v2 on eight GPUs",
    file: "mask-rcnn_r50_fpn_8xb2-1x_lvis.py",
    bad: rcnn("type='EQLV2Loss', num_classes=3, use_distributed=False"),
    good: rcnn("type='EQLV2Loss', num_classes=3, use_distributed=True"),
    says: "trains on 8 devices",
    mends: true,
  },
  {
    code: "trap/process-group",
    name: "the authors' EQL v2",
    file: "a.py",
    bad: rcnn("type='EQLv2', num_classes=3"),
    good: rcnn("type='EQLV2Loss', num_classes=3"),
    says: "fails without a process group",
  },
  {
    code: "trap/region-loss",
    name: "Seesaw in a dense head",
    file: "a.py",
    bad: retina("type='SeesawLoss', num_classes=3"),
    good: retina("type='FocalLoss', use_sigmoid=True"),
    says: "in a dense head it fails",
  },
  {
    code: "trap/focal-softmax",
    name: "focal loss with a softmax",
    file: "a.py",
    bad: retina("type='FocalLoss', use_sigmoid=False"),
    good: retina("type='FocalLoss', use_sigmoid=True"),
    says: "stops at an assertion",
    mends: true,
  },
  {
    code: "trap/unused-setting",
    name: "pos_weight without a sigmoid",
    file: "a.py",
    bad: pretrain("type='CrossEntropyLoss', pos_weight=[1.0, 2.0, 3.0]"),
    good: pretrain("type='CrossEntropyLoss', use_sigmoid=True, pos_weight=[1.0, 2.0, 3.0]"),
    says: "pos_weight has no effect unless use_sigmoid=True",
  },
  {
    code: "trap/loss-name",
    name: "a loss that is left out",
    file: "a.py",
    bad: segment(
      "[dict(type='CrossEntropyLoss', loss_name='loss_ce'), dict(type='DiceLoss', loss_name='dice')]",
    ),
    good: segment(
      "[dict(type='CrossEntropyLoss', loss_name='loss_ce'), dict(type='DiceLoss', loss_name='loss_dice')]",
    ),
    says: "left out of the backward pass",
    mends: true,
  },
  {
    code: "trap/samples-per-class",
    name: "no counts",
    file: "a.py",
    bad: action("type='CBFocalLoss', beta=0.999"),
    good: action("type='CBFocalLoss', beta=0.999, samples_per_cls=[5000, 200, 10]"),
    says: "fails at the first batch",
    mends: true,
  },
  {
    code: "trap/alpha-no-effect",
    name: "alpha alone",
    file: "a.py",
    bad: kerasScript("keras.losses.BinaryFocalCrossentropy(alpha=0.9)"),
    good: kerasScript("keras.losses.BinaryFocalCrossentropy(alpha=0.9, apply_class_balancing=True)"),
    says: "alpha has no effect",
    mends: true,
  },
  {
    code: "trap/class-weight-missing",
    name: "a class left out of Keras' weights",
    file: "a.py",
    bad: kerasScript("'mse'", ", class_weight={0: 1.0, 2: 3.0}"),
    good: kerasScript("'mse'", ", class_weight={0: 1.0, 1: 2.0, 2: 3.0}"),
    says: "leaves out b, which then has weight 1",
  },
  {
    code: "trap/class-weight-missing",
    name: "a class left out of TensorFlow.js' weights",
    file: "a.mjs",
    bad: tfjs("classWeight: { 0: 1, 1: 2 }"),
    good: tfjs("classWeight: { 0: 1, 1: 2, 2: 3 }"),
    says: "leaves out c. TensorFlow.js throws",
  },
  {
    code: "trap/sample-weight",
    name: "weights by sample",
    file: "a.mjs",
    bad: tfjs("sampleWeight: w"),
    good: tfjs("epochs: 3"),
    says: "not supported yet",
  },
  {
    code: "trap/fed-loss-sigmoid",
    name: "the federated loss without its sigmoid",
    file: "a.yaml",
    bad: fed("    USE_FED_LOSS: True\n", "lvis_v1_train"),
    good: fed("    USE_FED_LOSS: True\n    USE_SIGMOID_CE: True\n", "lvis_v1_train"),
    says: "asserts USE_SIGMOID_CE",
    mends: true,
  },
  {
    code: "trap/fed-loss-sigmoid",
    name: "the federated loss with its sigmoid off in a LazyConfig",
    file: "a.py",
    bad: lazyFed("False"),
    good: lazyFed("True"),
    says: "asserts use_sigmoid_ce=True",
    mends: true,
  },
  {
    code: "trap/class-count",
    name: "another number of classes in a LazyConfig",
    file: "a.py",
    bad: "from ..common.models.retinanet import model\nmodel.num_classes = 80\n",
    good: "from ..common.models.retinanet import model\nmodel.num_classes = 3\n",
    says: "num_classes is 80, the manifest has 3 classes.",
  },
  {
    code: "trap/fed-loss-metadata",
    name: "the federated loss on other data",
    file: "a.yaml",
    bad: fed("    USE_FED_LOSS: True\n    USE_SIGMOID_CE: True\n", "ours_train"),
    good: fed("    USE_FED_LOSS: True\n    USE_SIGMOID_CE: True\n", "lvis_v1_train"),
    says: "class_image_count",
  },
  {
    code: "trap/weighted-sampler",
    name: "a sampler without its key",
    file: "a.yaml",
    bad: "DATALOADER:\n  SAMPLER_TRAIN: WeightedCategoryTrainingSampler\n",
    good: "DATALOADER:\n  SAMPLER_TRAIN: RepeatFactorTrainingSampler\n",
    says: "DATASETS.TRAIN_REPEAT_FACTOR",
  },
  {
    code: "trap/cls-pw",
    name: "a power in YOLOv5",
    file: "hyp.yaml",
    bad: "lr0: 0.01\nobj_pw: 1.0\nanchor_t: 4.0\ncls_pw: 0.5\n",
    good: "lr0: 0.01\nobj_pw: 1.0\nanchor_t: 4.0\ncls_pw: 1.0\n",
    says: "It is no power of class frequency.",
  },
  {
    code: "trap/cls-pw",
    name: "in a data set's file",
    file: "data.yaml",
    bad: "path: data\ntrain: images/train\nval: images/val\nnames: [a, b, c]\ncls_pw: 0.5\n",
    good: "path: data\ntrain: images/train\nval: images/val\nnames: [a, b, c]\n",
    says: "nobody reads it",
  },
  {
    code: "trap/paddle-weight",
    name: "weights by class in PaddleClas",
    file: "a.yaml",
    bad: "Arch:\n  name: ResNet50\nLoss:\n  Train:\n    - CELoss:\n        weight: [1.0, 2.0, 3.0]\n",
    good: "Arch:\n  name: ResNet50\nLoss:\n  Train:\n    - CELoss:\n        weight: 1.0\n",
    says: "weight of CELoss is its coefficient",
  },
  {
    code: "trap/gradient-collector",
    name: "no hook",
    file: "a.yaml",
    bad: united(efl(5), ""),
    good: united(efl(5)),
    says: "needs the hook gradient_collector",
  },
  {
    code: "trap/gradient-collector",
    name: "a hook for detection under a loss for classification",
    file: "a.yaml",
    bad: unitedClasses(""),
    good: unitedClasses("    kwargs: {hook_module: [post_process.cls_loss], grad_type: input}\n"),
    says: "Set hook_module: [post_process.cls_loss]",
  },
  {
    code: "trap/pyramid-levels",
    name: "other levels than the neck",
    file: "a.yaml",
    bad: united(efl(3)),
    good: united(efl(5)),
    says: "the neck has 5 levels",
    mends: true,
  },
  {
    code: "trap/pos-and-neg",
    name: "the sum of a ratio and a gradient",
    file: "a.yaml",
    bad: united(eql("pos_and_neg")),
    good: united(eql("pos")),
    says: "looks unintended",
  },
  {
    code: "trap/compute-loss",
    name: "an old signature",
    file: "a.py",
    bad: trainer("self, model, inputs, return_outputs=False"),
    good: trainer("self, model, inputs, return_outputs=False, num_items_in_batch=None"),
    says: "num_items_in_batch",
    mends: true,
  },
  {
    code: "trap/zero-count",
    name: "a class of no sample",
    file: "a.py",
    bad: balancedLoss(""),
    good: balancedLoss(", safe=True"),
    says: "NaN unless safe=True",
    mends: true,
  },
  {
    code: "config/double-correction",
    name: "a sampler and weights",
    file: "a.py",
    bad: pretrain(weighted, "train_dataloader = dict(dataset=dict(type='ClassBalancedDataset'))\n"),
    good: pretrain(weighted, "train_dataloader = dict(dataset=dict(type='ImageNet'))\n"),
    says: "ClassBalancedDataset and class_weight correct twice",
  },
  {
    code: "config/double-correction",
    name: "a sampler and weights in a script",
    file: "a.py",
    bad: "import torch\ns = torch.utils.data.WeightedRandomSampler(w, 9)\nc = torch.nn.CrossEntropyLoss(weight=w)\nc(x, y).backward()\n",
    good: "import torch\ns = torch.utils.data.WeightedRandomSampler(w, 9)\nc = torch.nn.CrossEntropyLoss()\nc(x, y).backward()\n",
    says: "correct twice",
  },
  {
    code: "config/double-correction",
    name: "a sampler of ours and weights in a script",
    file: "a.py",
    bad: "import torch\nfrom sampler import ClassAwareSampler\ns = ClassAwareSampler(labels)\nc = torch.nn.CrossEntropyLoss(weight=w)\nc(x, y).backward()\n",
    good: "import torch\nfrom sampler import InstanceBalancedSampler\ns = InstanceBalancedSampler(labels)\nc = torch.nn.CrossEntropyLoss(weight=w)\nc(x, y).backward()\n",
    says: "ClassAwareSampler and the weights of this loss correct twice",
  },
  {
    code: "config/double-correction",
    name: "a sampler and weights in BagOfTricks-LT",
    file: "a.yaml",
    bad: "LOSS:\n  LOSS_TYPE: 'ClassBalanceCE'\nTRAIN:\n  SAMPLER:\n    TYPE: 'weighted sampler'\n",
    good: "LOSS:\n  LOSS_TYPE: 'CrossEntropy'\nTRAIN:\n  SAMPLER:\n    TYPE: 'weighted sampler'\n",
    says: "correct twice",
  },
  {
    code: "config/stale-counts",
    name: "other counts",
    file: "a.py",
    bad: `# Equipoise: counts of train.json ${countsText([...classes.slice(0, 2), { name: "c", count: 9 }])}\n${pretrain("type='CrossEntropyLoss'")}`,
    good: `# Equipoise: counts of train.json ${countsText(classes)}\n${pretrain("type='CrossEntropyLoss'")}`,
    says: "c had 9, now 10",
  },
  {
    code: "config/missing-file",
    name: "no file of weights",
    file: "/nowhere/a.py",
    bad: segment("dict(type='CrossEntropyLoss', class_weight='weights/none.npy')"),
    good: segment("dict(type='CrossEntropyLoss', class_weight=[1.0, 2.0, 3.0])"),
    says: "weights/none.npy does not exist",
  },
  {
    code: "config/missing-file",
    name: "no file of counts",
    file: "/nowhere/a.yaml",
    bad: "criterions:\n  PerformanceLoss:\n    def_file: ./loss/BalancedSoftmaxLoss.py\n    loss_params: {freq_path: ./cls_freq/none.json}\n",
    good: "criterions:\n  PerformanceLoss:\n    def_file: ./loss/SoftmaxLoss.py\n    loss_params: {}\n",
    says: "./cls_freq/none.json does not exist",
  },
];

const context = { classes, manifest: "train.json" };

describe.each(samples)("$code: $name", ({ code, file, bad, good, says, mends = false }) => {
  test("is found where it is, and not in the corrected text", async () => {
    const found = await findTraps(file, bad, context);
    expect(found.map((each) => each.code)).toEqual([code]);
    expect(found[0]!.message).toContain(says);
    const place = found[0]!;
    expect(place.line).toBeGreaterThan(0);
    expect(bad.split("\n")[place.line - 1]!.length).toBeGreaterThanOrEqual(place.column - 1);
    expect(await findTraps(file, good, context)).toEqual([]);
  });

  test(mends ? "is mended by its fix" : "has no fix, as no edit alone is the right one", async () => {
    const [found] = await findTraps(file, bad, context);
    expect(found?.fix !== undefined).toBe(mends);
    if (found?.fix) expect(applyEdits(bad, [found.fix])).toBe(good);
  });
});

test("every trap has a sample, here or in installed.test.ts", () => {
  const known = ["trap/framework-version", ...samples.map(({ code }) => code)];
  expect(traps.map(({ code }) => code).filter((code) => !known.includes(code))).toEqual([]);
});

describe("correct configurations", () => {
  const folder = fileURLToPath(new URL("./correct", import.meta.url));
  const own = readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")] as const);
  const golden = cases.flatMap(({ target, file }) =>
    [file, file.replace(/(\.\w+)$/, ".after$1")].map(
      (name) => [goldenPath(target, name), goldenText(target, name)] as const,
    ),
  );

  test("are at least thirty in the style of their frameworks, beside those that losses were inserted into", () => {
    expect(own.length).toBeGreaterThanOrEqual(30);
    for (const [name, text] of own) expect([name, isTrapFile(name, text)]).toEqual([name, true]);
  });

  test("are there for every target", () => {
    const seen = new Set(own.map(([name, text]) => targetOf(name, text)?.id));
    const configurations = targets.map(({ id }) => id).filter((id) => id !== "equipoise");
    expect(configurations.filter((id) => !seen.has(id))).toEqual([]);
  });

  test.each(own)("%s gets no finding", async (name, text) => {
    expect(await findTraps(name, text)).toEqual([]);
  });

  test.each(golden)("%s gets no finding, with its manifest", async (name, text) => {
    const found = await findTraps(name, text, { classes, manifest: "data/train.json" });
    // The one before that is wrong on purpose, and files of counts that are not beside the sample.
    const allowed = name.includes("retinanet_dense.py") ? ["trap/focal-softmax"] : ["config/missing-file"];
    expect(found.filter(({ code }) => !allowed.includes(code))).toEqual([]);
  });
});

test("ordinary files and broken ones are left alone", async () => {
  expect(await findTraps("a.py", "print('hello')\n", context)).toEqual([]);
  expect(await findTraps("a.yaml", "services:\n  web:\n    image: nginx\n", context)).toEqual([]);
  expect(await findTraps("package.json", '{"names": []}', context)).toEqual([]);
  expect(await findTraps("a.py", `${rcnn("type='SeesawLoss'")}model = dict(\n`, context)).toEqual([]);
  expect(await findTraps("a.yaml", "MODEL:\n  ROI_HEADS: [\n", context)).toEqual([]);
});
