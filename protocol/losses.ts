/** Every loss and sampler as plain data: ids, titles, parameters with ranges, papers. */
import { t } from "./l10n.ts";
import { type LossInfo, type LossParameters, papers } from "./parameters.ts";
import { sigmoidLosses } from "./sigmoidLosses.ts";
import { softmaxLosses } from "./softmaxLosses.ts";

export type { LossInfo, LossParameters, Parameter } from "./parameters.ts";

/** Every loss, plain baselines first. */
export const lossIds = [
  "cross-entropy",
  "weighted-cross-entropy",
  "binary-cross-entropy",
  "sigmoid-focal",
  "softmax-focal",
  "class-balanced-softmax",
  "class-balanced-sigmoid",
  "class-balanced-focal",
  "class-balanced-softmax-bce",
  "balanced-softmax",
  "logit-adjustment",
  "ldam",
  "equalization",
  "softmax-equalization-2020",
  "equalization-v2",
  "softmax-equalization",
  "equalized-focal",
  "equalized-quality-focal",
  "seesaw",
] as const;
export type LossId = (typeof lossIds)[number];

export const losses: Readonly<Record<LossId, LossInfo>> = { ...softmaxLosses, ...sigmoidLosses };

/** Parameters completed with the defaults of the loss; advanced ones are left to the engine. */
export function withDefaults(id: LossId, parameters: LossParameters): LossParameters {
  const offered = losses[id].parameters.filter((parameter) => parameter.advanced !== true);
  return { ...Object.fromEntries(offered.map(({ name, default: value }) => [name, value])), ...parameters };
}

export interface SamplerInfo {
  readonly title: string;
  readonly description: string;
  readonly source: string;
}

/** Every sampler, the baseline first. */
export const samplerIds = [
  "instance-balanced",
  "class-balanced",
  "square-root",
  "power",
  "progressive",
  "effective-number",
  "class-aware",
  "repeat-factor",
] as const;
export type SamplerId = (typeof samplerIds)[number];

export const samplers: Readonly<Record<SamplerId, SamplerInfo>> = {
  "instance-balanced": {
    title: t`Instance-balanced`,
    description: t`Every sample is equally likely: p_j = n_j / N.`,
    source: "baseline",
  },
  "class-balanced": {
    title: t`Class-balanced`,
    description: t`Every class is equally likely: p_j = 1 / C.`,
    source: papers.decoupling,
  },
  "square-root": {
    title: t`Square-root`,
    description: t`Between the two: p_j follows √n_j.`,
    source: papers.decoupling,
  },
  power: {
    title: t`Power`,
    description: t`p_j follows n_j^q: q = 1 is instance-balanced, 0 class-balanced; 1/2 where code gives no other.`,
    source: papers.decoupling,
  },
  progressive: {
    title: t`Progressively balanced`,
    description: t`Instance-balanced in the first epoch, class-balanced in the last, mixed between.`,
    source: papers.decoupling,
  },
  "effective-number": {
    title: t`Effective number`,
    description: t`Every sample is drawn as often as its class-balanced weight says: p_j follows n_j / E_j.`,
    source: papers.ldam,
  },
  "class-aware": {
    title: t`Class-aware`,
    description: t`Takes the classes in turn and the samples of each in turn: exactly balanced in every cycle.`,
    source: papers.decoupling,
  },
  "repeat-factor": {
    title: t`Repeat-factor`,
    description: t`Repeats samples of classes below a frequency t: max(1, √(t / f)) times an epoch.`,
    source: papers.lvis,
  },
};

/** Samplers that are written as source code: those of the engine, and one that learns its rates beside a head. */
export type SamplerCodeId = SamplerId | "meta";
export const samplerCodeIds: readonly SamplerCodeId[] = [...samplerIds, "meta"];

/** Such as "Class-aware sampling". */
export function samplerTitle(id: SamplerCodeId): string {
  return id === "meta" ? t`Meta Sampler` : t`${samplers[id].title} sampling`;
}
