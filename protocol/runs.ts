/** Runs as they lie on disk, whoever wrote them: listed, opened, named, deleted. */
import type { ShotGroup } from "./analysis.ts";
import type { EpochReport, ExperimentId, GradientReport, RunId } from "./training.ts";

export interface RunSummary {
  readonly id: RunId;
  /** As the user calls it; absent: not named. */
  readonly title?: string;
  /** Absent: another program wrote it. */
  readonly experiment?: ExperimentId;
  /** An id of Equipoise's, or the name of another program's own criterion. */
  readonly loss: string;
  readonly seed?: number;
  readonly classes: number;
  /** ISO 8601; absent where the run does not tell. */
  readonly started?: string;
  readonly state: "running" | "finished" | "stopped" | "failed" | "interrupted";
  /** Steps reported so far. */
  readonly step: number;
  readonly balancedAccuracy?: number;
}

/** A run with its reports; `reports` counts them all, `gradients` and `epochs` hold those after what was asked for. */
export interface OpenedRun {
  readonly summary: RunSummary;
  readonly classes: readonly string[];
  readonly counts: readonly number[];
  readonly reports: number;
  readonly gradients: readonly GradientReport[];
  readonly epochs: readonly EpochReport[];
}

/** Mean recall of groups of classes, 0 to 1; null for a group without tested classes. */
export type GroupRecalls = Readonly<Record<"head" | "middle" | "tail" | ShotGroup, number | null>>;

/** What runs would have measured with another tau: means over the runs, shares from 0 to 1. */
export interface AdjustedPoint {
  readonly tau: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** `[C]`; NaN for a class without test samples. */
  readonly recall: Float32Array;
  readonly groups: GroupRecalls;
  readonly calibrationError: number;
}

export interface Adjusted {
  /** One for each tau that was asked for. */
  readonly points: readonly AdjustedPoint[];
  /** Whether loss, sampler or recipe work against the counts already, so that a tau above 0 corrects twice. */
  readonly isCorrectedInTraining: boolean;
}

/** `folder` holds `.equipoise`. */
export interface RunRequests {
  /** Newest first. */
  readonly "runs/list": {
    readonly params: { readonly folder: string };
    readonly result: readonly RunSummary[];
  };
  /** What a run has reported after so many reports (0: all): asked again and again, it follows a run of any program. */
  readonly "runs/open": {
    readonly params: { readonly folder: string; readonly run: RunId; readonly after: number };
    readonly result: OpenedRun;
  };
  /**
   * Post-hoc logit adjustment on the logits that runs of one loss left (Menon et al. 2021, equation 9): the class with the
   * largest z - tau log(share of the class in training) is predicted. A tau of 0 is the run as it is. Test samples tell
   * the figures, so a tau chosen by them is flattered. Answers `data/none` where logits were not kept.
   */
  readonly "runs/adjust": {
    readonly params: {
      readonly folder: string;
      readonly runs: readonly RunId[];
      readonly taus: readonly number[];
    };
    readonly result: Adjusted;
  };
  /** An empty title takes the name away. */
  readonly "runs/rename": {
    readonly params: { readonly folder: string; readonly run: RunId; readonly title: string };
    readonly result: null;
  };
  /** Answers `run/busy` for a run that is being written. */
  readonly "runs/delete": {
    readonly params: { readonly folder: string; readonly runs: readonly RunId[] };
    readonly result: null;
  };
}
