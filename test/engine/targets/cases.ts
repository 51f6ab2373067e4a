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
}

const balanced = { loss: "class-balanced-softmax", parameters: { beta: 0.999 } } as const;

export const cases: readonly Case[] = [
  { target: "mmpretrain", file: "resnet_text.py", ...balanced, sampler: "repeat-factor" },
  { target: "mmpretrain", file: "convnext_read_base.py", ...balanced },
  { target: "mmdetection", file: "mask-rcnn_inherits.py", loss: "equalization-v2", sampler: "class-aware" },
  { target: "mmdetection", file: "faster-rcnn_heads.py", ...balanced },
  { target: "mmdetection", file: "cascade_list.py", loss: "seesaw" },
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
  const { loss, parameters = {}, sampler = "instance-balanced", basis } = each;
  return {
    choice: { loss, parameters: withDefaults(loss, parameters), sampler },
    provenance: { manifest: "data/train.json", classes, date },
    ...(basis && { basis }),
  };
}
