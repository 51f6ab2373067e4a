/** What is asked of the engine and what it reports: experiments, runs, reports, verdicts. */
import type { Objective } from "./analysis.ts";
import type { BackendId, BackendNotifications, BackendRequests } from "./backends.ts";
import type { LossId, LossParameters, SamplerId } from "./losses.ts";
import type { ModelId } from "./project.ts";
import type { RecipeId } from "./recipes.ts";

export type ExperimentId = string;
/** Also the name of the run's folder in `.equipoise/runs/`. */
export type RunId = string;

/** Inputs and labels of one split, as absolute paths. */
export interface DataSource {
  /** `.npy` or numeric `.csv` embeddings, or a folder or `.zip` with images. */
  readonly inputs: string;
  /** A manifest, `.npy` labels, or a folder with masks. */
  readonly labels: string;
}

/** What one input is. Crops are those of boxes and of the background between them; masks label every pixel of an image. */
export type InputKind = "embeddings" | "images" | "crops" | "masks";

/** A loss as it is trained: with every parameter, and its sampler. */
export interface LossChoice {
  readonly loss: LossId;
  readonly parameters: LossParameters;
  readonly sampler: SamplerId;
  /** Absent: the same loss and sampler from start to end. */
  readonly schedule?: DeferredSchedule;
  /** Absent: `plain`. */
  readonly recipe?: RecipeId;
  /** Of the recipe; what is absent takes its default. */
  readonly settings?: LossParameters;
}

/**
 * Deferred re-weighting or re-sampling: Cao et al. 2019, arXiv 1906.07413, section 3.3. What the second phase does not
 * name stays as it was.
 */
export interface DeferredSchedule {
  readonly kind: "deferred";
  /** Epochs before the switch; absent: four fifths of them, as 160 of 200 in the paper. */
  readonly epoch?: number;
  readonly loss?: LossId;
  /** Of the second phase's loss. */
  readonly parameters?: LossParameters;
  readonly sampler?: SamplerId;
}

/** How the learning rate changes. Warm-up is a straight line from 0 over the first epochs. */
export interface RateSchedule {
  readonly kind: "cosine" | "steps" | "constant";
  /** Epochs; absent: none. */
  readonly warmup?: number;
  /** Of `steps`: from this epoch on (from 0) the rate is the start times the factor. */
  readonly steps?: readonly { readonly epoch: number; readonly factor: number }[];
}

export const optimizerIds = ["sgd", "adam"] as const;
export type OptimizerId = (typeof optimizerIds)[number];

/** Changes of training images: crop of the same size after padding by 4, mirror, a square of 16 pixels left out. */
export const augmentationIds = ["crop", "flip", "cutout"] as const;
export type AugmentationId = (typeof augmentationIds)[number];

/** Whether the seeds of an experiment share their test samples. */
export const splitKinds = ["same", "repeated"] as const;
export type SplitKind = (typeof splitKinds)[number];

/** Everything that decides an experiment; the same plan gives the same curves. */
export interface ExperimentPlan {
  /** Absolute path of the manifest that the experiment is about. */
  readonly manifest: string;
  /** Absolute path of the folder that holds `.equipoise/runs`. */
  readonly folder: string;
  readonly train: DataSource;
  /** Absent: a fifth of every class is held out. */
  readonly test?: DataSource;
  /** `repeated`: every seed holds out another fifth. Absent: `same`. Only for embeddings and images without `test`. */
  readonly splits?: SplitKind;
  readonly inputs: InputKind;
  readonly model: ModelId;
  /** The first one is the baseline. */
  readonly losses: readonly LossChoice[];
  /** Each loss is trained with seeds 1 to this number. */
  readonly seeds: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** At the start; follows a cosine to 0 unless `rate` says otherwise. */
  readonly learningRate: number;
  readonly rate?: RateSchedule;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Absent: `sgd` with Nesterov momentum. */
  readonly optimizer?: OptimizerId;
  /** Of training images; absent: none. */
  readonly augmentation?: readonly AugmentationId[];
  readonly objective: Objective;
  readonly backend: BackendId | "auto";
  /**
   * Whether samples may have several labels, or none. Average precision then takes the place of recall and accuracy in every
   * report and result: of each class in `recall`, its mean in `balancedAccuracy`, its mean by labels in `accuracy`.
   */
  readonly isMultiLabel?: boolean;
}

/** A plan that suits a manifest, with what a user should know before starting it. */
export interface Proposal {
  readonly plan: ExperimentPlan;
  /** Such as "HOG embeddings, 324 columns". */
  readonly inputs: string;
  readonly trainSamples: number;
  readonly testSamples: number;
  /** Such as "test.txt, 10,000 images" or "a fifth of each class". */
  readonly test: string;
  readonly stepsPerRun: number;
  readonly notes: readonly string[];
}

export type RunState =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly epoch: number; readonly step: number }
  | { readonly kind: "finished"; readonly result: RunResult }
  | { readonly kind: "stopped"; readonly epoch: number; readonly step: number }
  | { readonly kind: "failed"; readonly step: number; readonly message: string };

/** Measured on the test split after the last step. Shares are 0 to 1. */
export interface RunResult {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** `[C]`; NaN for a class without test samples. */
  readonly recall: Float32Array;
  /** `[C]`; NaN for a class that was never predicted. */
  readonly precision?: Float32Array;
  /** `[C]`, harmonic mean of recall and precision; NaN for a class without test samples. */
  readonly f1?: Float32Array;
  /** Mean of `f1` over the tested classes. */
  readonly macroF1?: number;
  /** `[C, C]`, true class by row; absent above 200 classes. */
  readonly confusion?: Uint32Array;
  /** `[C]`, intersection over union: hits over all that are or were taken for the class; NaN where there is neither. */
  readonly overlap?: Float32Array;
  /** Where there are crops of background: how much of it was found, and how much of what was taken for it is. */
  readonly background?: { readonly recall: number; readonly precision: number };
  /** Expected calibration error, 15 bins; absent, as what follows, where logits were not kept. */
  readonly calibrationError?: number;
  /** Mean over the tested classes of the average precision of their scores. */
  readonly meanAveragePrecision?: number;
}

export interface RunSnapshot {
  readonly id: RunId;
  /** Index into the plan's losses. */
  readonly choice: number;
  readonly seed: number;
  readonly state: RunState;
  readonly epochs: readonly EpochReport[];
  readonly gradients: readonly GradientReport[];
}

/** Measured at the end of an epoch. */
export interface EpochReport {
  readonly run: RunId;
  /** From 1. */
  readonly epoch: number;
  /** Steps done so far. */
  readonly step: number;
  /** Mean training loss over the epoch, in the loss's own scale. */
  readonly loss: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** `[C]` on the test split; NaN for a class without test samples. */
  readonly recall: Float32Array;
}

/**
 * Per-class sums of the absolute gradient of the logits, on positives and on negatives: losses.md section 1,
 * Tan et al. 2021, equation 3. Sent at log-spaced steps of the first epoch and at the end of each epoch.
 */
export interface GradientReport {
  readonly run: RunId;
  readonly epoch: number;
  readonly step: number;
  /** The present epoch so far. */
  readonly window: GradientSums;
  /** Since the first step. */
  readonly accumulated: GradientSums;
}

/** Both `[C]`. The gradient ratio is positive over negative; a class with negative 0 had no negatives. */
export interface GradientSums {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One loss over its finished seeds. Accuracies are 0 to 1. */
export interface LossResult {
  readonly choice: number;
  readonly seeds: number;
  readonly balancedAccuracy: number;
  readonly accuracy: number;
  /** Value of the comparison's metric; over the seeds that all losses have finished, where there are any. */
  readonly score?: number;
  /** Of the metric. 95 %, over seeds and test samples within class; absent below 3 seeds. */
  readonly interval?: Interval;
  /** Standard deviation of balanced accuracy over seeds; absent for one seed. */
  readonly seedDeviation?: number;
  /** Of the metric, against the baseline, where this is not the baseline. */
  readonly difference?: Difference;
  /** Mean recall `[C]`. */
  readonly recall: Float32Array;
  /** The lowest recall of a tested class, mean over seeds. */
  readonly worstRecall?: number;
  /** Means over seeds, as in `RunResult`, as what follows. */
  readonly precision?: Float32Array;
  readonly f1?: Float32Array;
  readonly macroF1?: number;
  readonly overlap?: Float32Array;
  readonly background?: RunResult["background"];
  readonly calibrationError?: number;
  readonly meanAveragePrecision?: number;
}

export interface Difference {
  readonly mean: number;
  /** 95 %; absent below 3 seeds. */
  readonly interval?: Interval;
}

/** The answer to "which loss": `leader`, `second` and `baseline` are indices into the plan's losses. */
export type Verdict =
  | { readonly kind: "winner"; readonly leader: number; readonly overSecond?: CorrectedDifference }
  | { readonly kind: "no-winner"; readonly leader: number; readonly second: CorrectedDifference }
  | { readonly kind: "baseline-best"; readonly best?: CorrectedDifference }
  | { readonly kind: "too-few-seeds"; readonly leader: number; readonly seeds: number };

/** Leader minus another loss. The interval is widened for `comparisons` asked at once (Bonferroni); 1: it need not be. */
export interface CorrectedDifference {
  readonly choice: number;
  readonly mean: number;
  readonly interval: Interval;
  readonly comparisons: number;
}

/**
 * What decides between losses: recall averaged over classes, over test samples, or by the shares of a prior; the same of
 * average precision where samples have several labels.
 */
export type Metric =
  | "balanced-accuracy"
  | "accuracy"
  | "prior-recall"
  | "mean-average-precision"
  | "label-average-precision"
  | "prior-average-precision";

export interface Comparison {
  /** Follows from the objective; absent: balanced accuracy. */
  readonly metric?: Metric;
  /** Best first, by the metric. */
  readonly results: readonly LossResult[];
  readonly verdict: Verdict;
}

export type ExperimentState =
  | { readonly kind: "preparing"; readonly message: string }
  | {
      readonly kind: "running";
      readonly startedAt: number;
      readonly stepsDone: number;
      readonly stepsTotal: number;
      readonly secondsLeft?: number;
    }
  | { readonly kind: "finished" }
  | { readonly kind: "stopped" }
  /** Another process trains it: another window, or a terminal. What it has come to lies on disk. */
  | { readonly kind: "elsewhere"; readonly process: number }
  | { readonly kind: "failed"; readonly message: string };

/** All that a newcomer needs to show an experiment. */
export interface ExperimentSnapshot {
  readonly id: ExperimentId;
  readonly plan: ExperimentPlan;
  readonly classes: readonly string[];
  /** Training samples per class, pixels where masks label them, after a test part was held out. */
  readonly counts: readonly number[];
  readonly testSamples: number;
  /** Such as "wasm, 2 threads". */
  readonly backend: string;
  /** What a user should know about the data, such as images left out; a sentence each. */
  readonly notes?: readonly string[];
  readonly state: ExperimentState;
  readonly runs: readonly RunSnapshot[];
  readonly comparison?: Comparison;
}

/** What changed since the last update; at most ten a second. */
export interface ExperimentUpdate {
  readonly experiment: ExperimentId;
  readonly state: ExperimentState;
  readonly runs: readonly { readonly id: RunId; readonly state: RunState }[];
  readonly epochs: readonly EpochReport[];
  readonly gradients: readonly GradientReport[];
  readonly comparison?: Comparison;
  /** Once, where inputs had to be read first: takes the place of what the snapshot said. */
  readonly data?: DataReport;
}

/** What is known of the data when all inputs are read; counts are lower where images are broken. */
export type DataReport = Required<Pick<ExperimentSnapshot, "counts" | "testSamples" | "notes">>;

export interface TrainingRequests extends BackendRequests {
  readonly "experiment/propose": {
    readonly params: { readonly manifest: string; readonly folder: string };
    readonly result: Proposal;
  };
  /**
   * Answers when the experiment is ready and trains on. Goes on with the newest experiment of the same plan and data where
   * that was interrupted. Answers `run/busy` while another one runs, and where another process trains this one.
   */
  readonly "experiment/start": {
    readonly params: { readonly plan: ExperimentPlan };
    readonly result: ExperimentSnapshot;
  };
  /** Answers when training has ended and is on disk. */
  readonly "experiment/stop": {
    readonly params: { readonly experiment: ExperimentId };
    readonly result: null;
  };
  /** The newest experiment on this manifest, running or on disk; null where there is none. */
  readonly "experiment/latest": {
    readonly params: { readonly manifest: string; readonly folder: string };
    readonly result: ExperimentSnapshot | null;
  };
}

export interface TrainingNotifications extends BackendNotifications {
  readonly "experiment/update": ExperimentUpdate;
}
