/** Configurations in the style of their frameworks, each with a loss to insert: `golden/TARGET/NAME` and `....after`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Target, TargetChange } from "#engine/targets/target.ts";
import { targets } from "#engine/targets/targets.ts";
import type { Basis } from "#protocol/analysis.ts";
import type { LossId, LossParameters, SamplerId } from "#protocol/losses.ts";
import { withDefaults } from "#protocol/losses.ts";

export const classes = [
  { name: "a", count: 5000 },
  { name: "b", count: 200 },
  { name: "c", count: 10 },
];

export interface Case {
  readonly target: string;
  readonly file: string;
  readonly loss: LossId;
  readonly parameters?: LossParameters;
  readonly sampler?: SamplerId;
  readonly basis?: Basis;
  /** Files beside it that it inherits from, nearest first. */
  readonly bases?: readonly string[];
}

const balanced = { loss: "class-balanced-softmax", parameters: { beta: 0.999 } } as const;

export const cases: readonly Case[] = [
  { target: "mmpretrain", file: "resnet_text.py", ...balanced },
  { target: "mmpretrain", file: "convnext_read_base.py", ...balanced },
  { target: "mmdetection", file: "mask-rcnn_inherits.py", loss: "equalization-v2", sampler: "class-aware" },
  { target: "mmdetection", file: "faster-rcnn_heads.py", ...balanced },
  { target: "mmdetection", file: "cascade_list.py", loss: "seesaw" },
  { target: "mmdetection", file: "cascade_inherits.py", loss: "seesaw", bases: ["bases/cascade-rcnn.py"] },
  { target: "mmdetection", file: "cascade_read_base.py", ...balanced, bases: ["bases/cascade-rcnn.py"] },
  { target: "mmdetection", file: "mask-rcnn_read_base.py", ...balanced },
  { target: "mmdetection", file: "retinanet_dense.py", loss: "sigmoid-focal", sampler: "repeat-factor" },
  { target: "mmsegmentation", file: "fcn_two_heads.py", ...balanced, basis: "pixels" },
  { target: "mmsegmentation", file: "upernet_loss_list.py", ...balanced, basis: "pixels" },
  { target: "mmsegmentation", file: "segformer_read_base.py", ...balanced, basis: "pixels" },
  {
    target: "mmaction",
    file: "tsn_inherits.py",
    loss: "class-balanced-focal",
    parameters: { beta: 0.999, gamma: 2 },
  },
  { target: "mmaction", file: "slowonly_read_base.py", ...balanced },
  { target: "detectron2", file: "mask_rcnn_inherits.yaml", loss: "cross-entropy", sampler: "repeat-factor" },
  { target: "detectron2", file: "retinanet_sampler.yaml", loss: "sigmoid-focal", sampler: "repeat-factor" },
  { target: "detectron2-lazy", file: "mask_rcnn_ours.py", loss: "cross-entropy", sampler: "repeat-factor" },
  { target: "detectron2-lazy", file: "retinanet_ours.py", loss: "sigmoid-focal", sampler: "repeat-factor" },
  { target: "detectron2-lazy", file: "zoo.py", loss: "cross-entropy", sampler: "repeat-factor" },
  {
    target: "ultralytics",
    file: "args.yaml",
    loss: "weighted-cross-entropy",
    parameters: { scheme: "sqrtInverse" },
  },
  {
    target: "ultralytics",
    file: "short.yaml",
    loss: "weighted-cross-entropy",
    parameters: { scheme: "inverse" },
  },
  { target: "united-perception", file: "res50_cls.yaml", loss: "softmax-equalization" },
  { target: "united-perception", file: "retina_det.yaml", loss: "equalized-focal", sampler: "repeat-factor" },
  { target: "bag-of-tricks", file: "baseline.yaml", loss: "cross-entropy", sampler: "class-balanced" },
  { target: "bag-of-tricks", file: "focal.yaml", loss: "class-balanced-focal", parameters: { beta: 0.999 } },
  { target: "bag-of-tricks", file: "ldam_drw.yaml", loss: "ldam" },
  { target: "balanced-meta-softmax", file: "softmax.yaml", loss: "balanced-softmax" },
  { target: "timm", file: "resnet50.yaml", loss: "binary-cross-entropy" },
  { target: "lightning", file: "config.yaml", ...balanced },
  { target: "pytorch", file: "train.py", loss: "weighted-cross-entropy", parameters: { scheme: "inverse" } },
  { target: "pytorch", file: "lines.py", ...balanced },
  { target: "keras", file: "fit.py", ...balanced },
  { target: "keras", file: "tensorflow_names.py", ...balanced },
  { target: "hugging-face", file: "trainer.py", ...balanced },
  { target: "hugging-face", file: "loss_function.py", ...balanced },
  { target: "tensorflow-js", file: "train.mjs", ...balanced },
  { target: "tensorflow-js", file: "present.mjs", ...balanced },
];

/** The path of a file of the cases. */
export function goldenPath(target: string, file: string): string {
  return fileURLToPath(new URL(`./golden/${target}/${file}`, import.meta.url));
}

export function goldenText(target: string, file: string): string {
  return readFileSync(goldenPath(target, file), "utf8");
}

/** The target with this id. */
export function targetNamed(id: string): Target {
  const found = targets.find((target) => target.id === id);
  if (!found) throw new Error(`expected a target ${id}`);
  return found;
}

export function changeOf(each: Case, date = "2026-11-30"): TargetChange {
  const { loss, parameters = {}, sampler = "instance-balanced", basis, bases } = each;
  return {
    choice: { loss, parameters: withDefaults(loss, parameters), sampler },
    provenance: { manifest: "data/train.json", classes, date },
    ...(basis && { basis }),
    ...(bases && { inherited: bases.map((file) => goldenText(each.target, file)) }),
  };
}
