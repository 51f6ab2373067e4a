/** Messages between the Loss Lab panel and the extension. */
import type { AdviceProgress, MeasuredAdvice } from "./advice.ts";
import type { Finding, Recommendation, View } from "./analysis.ts";
import type { BackendId } from "./backends.ts";
import type { ExperimentSummary } from "./experiments.ts";
import type { Adjusted } from "./runs.ts";
import type {
  ExperimentId,
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentUpdate,
  LossChoice,
  Proposal,
  RunId,
} from "./training.ts";

/** The manifest that the panel is about. */
export interface Dataset {
  /** Absolute path. */
  readonly manifest: string;
  /** As shown: relative to the workspace folder. */
  readonly name: string;
  readonly format: string;
  readonly view: View;
  readonly findings: readonly Finding[];
  readonly recommendation?: Recommendation;
}

/** A run that another program wrote into `.equipoise/runs`, on classes like those of the dataset. */
export interface RecordedRun {
  readonly id: RunId;
  /** What it calls its loss; ours by their titles. */
  readonly title: string;
  readonly state: "running" | "finished" | "stopped" | "failed";
  /** Of the newest report; 0 before the first. */
  readonly step: number;
}

/** Measured advice on the dataset, from the question to its answer. */
export type Measurement =
  | { readonly kind: "running"; readonly seconds: number; readonly progress: AdviceProgress }
  | { readonly kind: "done"; readonly advice: MeasuredAdvice };

/** Everything on screen that is not the user's own choice of what to look at. */
export interface PanelSnapshot {
  readonly dataset?: Dataset;
  /** Manifests of the workspace, for the empty state. */
  readonly manifests: readonly { readonly path: string; readonly name: string }[];
  readonly proposal?: Proposal;
  /** Why there is no proposal, in words for the user. */
  readonly noProposal?: string;
  readonly experiment?: ExperimentSnapshot;
  readonly measurement?: Measurement;
  /** All on this manifest, newest first. */
  readonly comparisons?: readonly ExperimentSummary[];
  /** The one of them that `experiment` is because the user opened it; absent: the newest. */
  readonly opened?: ExperimentId;
  /** Comparisons beside `experiment`, without reports. */
  readonly beside?: readonly ExperimentSnapshot[];
  /** Newest first. */
  readonly recorded?: readonly RecordedRun[];
  /** The one of them that `experiment` is; absent: a comparison of our own. */
  readonly recording?: RunId;
  /** False in Restricted Mode: advice only. */
  readonly trusted: boolean;
}

/** What the finished runs of one loss would have measured with logits adjusted after training, or why that is not known. */
export type Adjustment = {
  readonly experiment: ExperimentId;
  /** Index into the plan's losses. */
  readonly choice: number;
} & (
  | { readonly kind: "done"; readonly adjusted: Adjusted }
  | { readonly kind: "failed"; readonly message: string }
);

export type ToPanel =
  | { readonly kind: "snapshot"; readonly snapshot: PanelSnapshot }
  | {
      readonly kind: "loading";
      readonly name: string;
      /** Bytes, or files where `unit` says so. */
      readonly read: number;
      readonly total: number;
      readonly unit?: "files" | undefined;
    }
  | { readonly kind: "update"; readonly update: ExperimentUpdate }
  | { readonly kind: "recorded"; readonly recorded: readonly RecordedRun[] }
  /** Whether the training process does not answer. */
  | { readonly kind: "silent"; readonly isSilent: boolean }
  /** Absent: there is none any more. */
  | { readonly kind: "measurement"; readonly measurement?: Measurement }
  | { readonly kind: "adjustment"; readonly adjustment: Adjustment }
  | { readonly kind: "comparisons"; readonly comparisons: readonly ExperimentSummary[] }
  | { readonly kind: "beside"; readonly experiments: readonly ExperimentSnapshot[] }
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "inserted"; readonly file: string };

export type FromPanel =
  | { readonly kind: "ready" }
  | { readonly kind: "choose"; readonly manifest: string }
  /** A run of another program; without an id back to the comparison. */
  | { readonly kind: "show-recording"; readonly id?: RunId }
  /** An earlier comparison; without an id back to the newest. */
  | { readonly kind: "show-comparison"; readonly id?: ExperimentId }
  /** All that stand beside the one that is shown. */
  | { readonly kind: "beside"; readonly ids: readonly ExperimentId[] }
  | { readonly kind: "rename-comparison" | "delete-comparison"; readonly id: ExperimentId }
  | { readonly kind: "start"; readonly plan: ExperimentPlan }
  | { readonly kind: "stop" }
  /** Ends a training process that does not answer. */
  | { readonly kind: "kill" }
  /** Tries losses for so many seconds at most. */
  | { readonly kind: "measure"; readonly seconds: number }
  | { readonly kind: "stop-measuring" }
  /** Plans a sweep of the dataset and opens its page. */
  | { readonly kind: "sweep" }
  /** Answered by an adjustment of the finished runs of a loss, at these taus. */
  | {
      readonly kind: "adjust";
      readonly experiment: ExperimentId;
      readonly choice: number;
      readonly runs: readonly RunId[];
      readonly taus: readonly number[];
    }
  /** `evidence`: what was measured for it, one line. */
  | { readonly kind: "insert"; readonly choice: LossChoice; readonly evidence?: string }
  | { readonly kind: "copy-code"; readonly choice: LossChoice }
  | { readonly kind: "show-findings" }
  | { readonly kind: "open-manifest" }
  | {
      readonly kind: "export";
      readonly name: string;
      readonly format: "png" | "svg" | "csv";
      readonly content: string;
    }
  | { readonly kind: "cancel" }
  | { readonly kind: "manage-trust" }
  | { readonly kind: "show-log" };

export type { BackendId };
