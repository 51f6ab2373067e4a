/** The type of `equipoise.yaml`. Its JSON schema is generated from `engine/project/schema.ts`. */

import type { Basis, FindingCode, Objective, Severity } from "./analysis.ts";
import { t } from "./l10n.ts";
import type { LossId, SamplerId } from "./losses.ts";
import type { RecipeId } from "./recipes.ts";
import type { InputKind, OptimizerId } from "./training.ts";

/** Path of a file relative to `equipoise.yaml`, `/` as separator. */
export type RelativePath = string;

export interface DataFiles {
  /** Inputs: `.npy` or numeric `.csv` embeddings, or a folder or `.zip` that holds the listed images. */
  readonly inputs?: RelativePath;
  /** A manifest in any format that `inspect` reads, `.npy` labels, or a folder with masks. */
  readonly labels?: RelativePath;
}

export const modelIds = ["linear", "mlp", "resnet8", "resnet20", "resnet32", "segmenter"] as const;
export type ModelId = (typeof modelIds)[number];

export interface ModelInfo {
  readonly title: string;
  readonly description: string;
  /** Learns fast and steadily on standardised inputs at batch 128. */
  readonly learningRate: number;
  /** Whether it takes images alone; the others take embeddings too. */
  readonly imagesOnly: boolean;
  /** Whether it gives logits for every pixel. */
  readonly dense?: true;
}

function resnet(depth: number): ModelInfo {
  return {
    title: t`ResNet-${depth}`,
    description: t`ResNet-${depth} in the CIFAR form, for images.`,
    learningRate: 0.1,
    imagesOnly: true,
  };
}

export const models: Readonly<Record<ModelId, ModelInfo>> = {
  linear: {
    title: t`Linear head`,
    description: t`One linear layer.`,
    learningRate: 0.3,
    imagesOnly: false,
  },
  mlp: {
    title: t`MLP, one hidden layer`,
    description: t`One hidden layer of 128 units with ReLU.`,
    learningRate: 0.05,
    imagesOnly: false,
  },
  resnet8: resnet(8),
  resnet20: resnet(20),
  resnet32: resnet(32),
  segmenter: {
    title: t`Small segmentation net`,
    description: t`Four convolutions with one step down and up again, for masks.`,
    learningRate: 0.05,
    imagesOnly: true,
    dense: true,
  },
};

/** Whether a model takes these inputs: masks want logits for every pixel, all others one row an input. */
export function modelFits(model: ModelId, inputs: InputKind): boolean {
  const { imagesOnly, dense = false } = models[model];
  return dense === (inputs === "masks") && (inputs !== "embeddings" || !imagesOnly);
}

/** The learning rate to go with another model: its own, unless the present one was chosen by hand. */
export function learningRateFor(
  model: ModelId,
  present: { readonly model: ModelId; readonly learningRate: number },
): number {
  const byHand = present.learningRate !== models[present.model].learningRate;
  return byHand ? present.learningRate : models[model].learningRate;
}

export interface TrainingSettings {
  readonly model?: ModelId;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly momentum?: number;
  readonly warmup?: number;
  readonly optimizer?: OptimizerId;
  readonly seeds?: number;
}

/** Deferred re-weighting and re-sampling: class weights, or class-balanced sampling, in the last fifth of the epochs. */
export const scheduleIds = ["drw", "drs"] as const;
export type ScheduleId = (typeof scheduleIds)[number];

export interface LossSettings {
  readonly id: LossId;
  readonly [parameter: string]: number | string | boolean;
}

export type Rules = Readonly<Partial<Record<FindingCode, Severity | "off">>>;

export interface Project {
  /** The manifest that advice and weights are made from. */
  readonly manifest?: RelativePath;
  /** Training data; `manifest` gives the labels where `train.labels` is absent. */
  readonly train?: DataFiles;
  /** Held-out data; where absent a part of each class is held out. */
  readonly test?: DataFiles;
  readonly basis?: Basis;
  readonly objective?: Objective;
  readonly loss?: LossSettings;
  readonly sampler?: SamplerId;
  readonly schedule?: ScheduleId;
  readonly recipe?: RecipeId;
  readonly training?: TrainingSettings;
  /** Severity of a finding, or off. */
  readonly rules?: Rules;
  /** Rules for single files, by path relative to `equipoise.yaml`, with `*` and `**`; they stand above `rules`. */
  readonly files?: Readonly<Record<string, Rules>>;
}
