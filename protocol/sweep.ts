/** Sweeps: many independent trials on the same data, trained wherever there are machines. docs/scale.md describes the file. */
import type { BackendId } from "./backends.ts";
import type { ExperimentPlan, Interval, LossChoice, Metric } from "./training.ts";

/** Name of a sweep: the same plan, data and backend give the same one. */
export type SweepId = string;

/** What one configuration may change besides its loss. */
export type SweepTraining = Partial<
  Pick<ExperimentPlan, "model" | "epochs" | "batchSize" | "learningRate" | "momentum" | "weightDecay">
>;

/** One point of the grid: a loss with its parameters, and settings where they differ from those of the sweep. */
export interface SweepConfiguration {
  readonly choice: LossChoice;
  readonly training?: SweepTraining;
}

/** A file, or the files of a folder, as they were when the sweep was planned. */
export interface DataReference {
  /** From the folder of the sweep file, `/` as separator; absolute where it lies on another drive. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 in hex: of the content, or of the list of `entries`. */
  readonly sha256: string;
  /** Of a folder: its files by path, or where there are very many its folders, each with SHA-256. */
  readonly entries?: Readonly<Record<string, string>>;
}

/** Everything that trials share; paths as in `DataReference`. */
export type SweepPlan = Omit<ExperimentPlan, "folder" | "losses" | "seeds" | "backend" | "splits">;

/** What every trial trains on; a worker that cannot have it refuses. */
export interface SweepBackend {
  readonly id: BackendId;
  readonly threads: number;
}

/** A sweep file, `equipoise-sweep` version 1. Trial `s * configurations + c` is configuration c with the seed at s. */
export interface SweepFile {
  readonly format: "equipoise-sweep";
  readonly version: 1;
  readonly id: SweepId;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Version of Equipoise that planned it. */
  readonly equipoise: string;
  readonly plan: SweepPlan;
  readonly backend: SweepBackend;
  /** Steps of a trial with the settings of `plan`, for estimates. */
  readonly stepsPerTrial: number;
  /** The first one is the baseline. */
  readonly configurations: readonly SweepConfiguration[];
  readonly seeds: readonly number[];
  readonly data: readonly DataReference[];
  /** How configurations were drawn; absent: all of a grid. */
  readonly sampled?: { readonly seed: number; readonly of: readonly string[] };
}

/** Mean recall of a group of classes, 0 to 1; null where no class of it is tested. */
export type SweepGroups = Readonly<
  Record<"head" | "middle" | "tail" | "many" | "medium" | "few", number | null>
>;

/** Figures of a finished trial. The same on every machine with the same backend and threads where that is `wasm` or `cpu`. */
export interface TrialMetrics {
  /** Of the metric that decides: docs/training.md, objective. */
  readonly score: number;
  /** Standard error of `score` from the test samples alone; null for masks, whose pixels are no samples of their own. */
  readonly error: number | null;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly worstRecall: number;
  readonly groups: SweepGroups;
  /** Standard errors of `groups` from the test samples alone. */
  readonly groupErrors: SweepGroups;
  /** Mean training loss of the last epoch. */
  readonly loss: number;
  /** Tested samples that have a class; pixels for masks. */
  readonly testSamples: number;
  /** SHA-256 of the predicted class of each test sample, int32. */
  readonly predictions: string;
}

/** How a trial ended: `results/<index>.json`, written once and never changed. */
export type TrialResult = {
  readonly format: "equipoise-trial";
  readonly version: 1;
  readonly sweep: SweepId;
  readonly index: number;
  readonly configuration: number;
  readonly seed: number;
  /** Its run folder: docs/run-format.md. */
  readonly run: string;
  readonly backend: string;
  readonly equipoise: string;
  /** Host that ended it, and which attempt that was, from 1. */
  readonly host: string;
  readonly attempt: number;
  /** By the clock of that host. */
  readonly ended: string;
  /** Of this attempt: all of it, and of that the training. */
  readonly seconds: number;
  readonly trainingSeconds: number;
} & (
  | { readonly state: "finished"; readonly metrics: TrialMetrics }
  /** It cannot be trained; training it again gives the same. */
  | { readonly state: "failed"; readonly message: string }
);

/** What became of a request to run one trial. */
export type TrialOutcome =
  | { readonly kind: "finished" | "failed"; readonly result: TrialResult }
  /** It had ended before. */
  | { readonly kind: "skipped"; readonly result: TrialResult }
  /** Another worker trains it. */
  | { readonly kind: "claimed"; readonly index: number; readonly by: string }
  /** Stopped on request with a checkpoint, or taken over by another worker. */
  | { readonly kind: "stopped"; readonly index: number; readonly message: string };

/** A trial that a worker holds at this moment, as far as files tell. */
export interface RunningTrial {
  readonly index: number;
  readonly attempt: number;
  /** Such as "process 12 on node7". */
  readonly by: string;
  /** Such as "120/400" steps; "" where nothing was told yet. */
  readonly steps: string;
}

export interface FailedTrial {
  readonly index: number;
  readonly message: string;
  /** Absolute path of the log of its last attempt. */
  readonly log: string;
}

/** How far a sweep is, from the files of its results folder. */
export interface SweepStatus {
  readonly id: SweepId;
  readonly trials: number;
  readonly finished: number;
  readonly failed: readonly FailedTrial[];
  readonly running: readonly RunningTrial[];
  /** Mean of what a finished trial took; absent before the first. */
  readonly secondsPerTrial?: number;
  /** With as many workers as there are now; absent where none is running or nothing is known. */
  readonly secondsLeft?: number;
  /** Versions of Equipoise among the results, where there are several. */
  readonly versions?: readonly string[];
}

/** A mean over seeds with its 95 % interval; no interval where nothing tells how much it varies. */
export interface SweepFigure {
  readonly mean: number;
  readonly interval?: Interval;
}

/** A configuration over its finished seeds. */
export interface SweepStanding {
  readonly configuration: number;
  /** Finished seeds, and those that failed. */
  readonly seeds: number;
  readonly failed: number;
  readonly score: SweepFigure;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly groups: Readonly<Record<keyof SweepGroups, SweepFigure | null>>;
}

/**
 * `winner`: beyond the noise of every other, as in a comparison. `ahead`: of the baseline beyond the noise, but not of all
 * others. `within-noise`: not even of the baseline. `baseline`: nothing is ahead of the baseline.
 */
export type SweepVerdict = "winner" | "ahead" | "within-noise" | "baseline" | "too-few-seeds";

/** Whether what leads is ahead of the baseline beyond the noise. */
export function isAhead(verdict: SweepVerdict | undefined): boolean {
  return verdict === "winner" || verdict === "ahead";
}

/** Which configuration leads, and how sure that is. */
export interface SweepLeader {
  readonly configuration: number;
  /** Leader minus baseline; absent where the baseline leads or is not known. */
  readonly overBaseline?: SweepFigure;
  /** For how many configurations its interval holds at once; 1: it need not be wider for any. */
  readonly comparisons: number;
  readonly verdict: SweepVerdict;
  /** Further configurations that are within the noise of the leader. */
  readonly tied: readonly number[];
}

/** The highest mean recall of a group of classes. */
export interface SweepGroupBest {
  readonly group: keyof SweepGroups;
  readonly recall: SweepFigure;
  readonly baseline?: SweepFigure;
  /** Whose it is; only where that is ahead of the baseline beyond the noise. */
  readonly configuration?: number;
  /** Why none is named. */
  readonly none?: "nothing-found" | "within-noise" | "baseline" | "too-few-seeds";
}

/** Results of a sweep so far. */
export interface SweepRanking {
  readonly metric: Metric;
  /** Those with every seed first, best first. */
  readonly standings: readonly SweepStanding[];
  readonly bestByGroup: readonly SweepGroupBest[];
  readonly testSamples: number;
  /** Absent before a configuration has every seed. */
  readonly leader?: SweepLeader;
}

/** What `equipoise train --sweep` ends with, in the words of sysexits.h where it has one. */
export const sweepExitCodes = {
  /** Every trial asked for has ended, now or before. */
  done: 0,
  /** A trial failed for good: training it again gives the same. */
  failed: 1,
  /** Wrong options, or a sweep file that cannot be read. */
  usage: 2,
  /** The data differ from those of the plan. */
  dataChanged: 65,
  /** The planned backend does not run here; another machine may have it. */
  backendUnavailable: 69,
  /** A mistake in Equipoise. */
  internal: 70,
  /** The results folder does not take what is written. */
  cannotWrite: 73,
  /** Stopped, or claimed by another worker: try again later. */
  tryAgain: 75,
} as const;

/** What a process pool has done and is doing. */
export interface SweepProgress {
  readonly sweep: SweepId;
  readonly trials: number;
  readonly finished: number;
  readonly failed: number;
  readonly running: readonly { readonly index: number; readonly step: number; readonly steps: number }[];
  readonly secondsLeft?: number;
}

/** How a pool ended: every trial has ended, it was stopped, or some trials took their process down again and again. */
export type PoolEnd =
  | { readonly kind: "ended" | "stopped" }
  | { readonly kind: "given-up"; readonly indices: readonly number[]; readonly message: string };

/** What a generated job needs to know; paths as the machines that run it see them. */
export interface SweepJob {
  /** Of the sweep file. */
  readonly sweep: string;
  /** The folder that holds, or will hold, `.equipoise`. */
  readonly results: string;
  /** `cli.cjs` of Equipoise. */
  readonly program: string;
  /** Absent: `node`. */
  readonly node?: string;
  /** Absent: the id of the sweep. */
  readonly name?: string;
  /** Trials of one index or task; absent: one, of Slurm as many as keep the array below its usual limit. */
  readonly batch?: number;
  /** Pods or tasks beside each other. */
  readonly parallel?: number;
  /** Absent: the threads of a trial. */
  readonly cpus?: number;
  /** Such as "2Gi" (Kubernetes) or "2G" (Slurm). */
  readonly memory?: string;
  readonly gpus?: number;
  /** Times that an interrupted index or task is begun again. */
  readonly retries?: number;
  /** Of Kubernetes: where the volume is mounted, its claim, and the image of the container. */
  readonly folder: string;
  readonly volumeClaim: string;
  readonly image?: string;
  readonly namespace?: string;
  /** Of Slurm. */
  readonly time?: string;
  readonly partition?: string;
}
