/** Comparisons as they lie on disk: listed, opened, named, deleted. */
import type {
  ExperimentId,
  ExperimentPlan,
  ExperimentSnapshot,
  ExperimentState,
  ExperimentUpdate,
  RunId,
} from "./training.ts";

/** What a list shows of a comparison, without its reports. */
export interface ExperimentSummary {
  readonly id: ExperimentId;
  /** As the user calls it; absent: not named. */
  readonly title?: string;
  /** ISO 8601. */
  readonly started: string;
  readonly state: Exclude<ExperimentState["kind"], "preparing" | "elsewhere">;
  readonly plan: ExperimentPlan;
  readonly runs: { readonly finished: number; readonly all: number };
  /** The loss with the highest mean balanced accuracy, 0 to 1, over its finished seeds: no verdict. */
  readonly best?: { readonly choice: number; readonly balancedAccuracy: number };
}

/** What became of a comparison that another process trains. */
export type ExperimentNews =
  | { readonly kind: "same" }
  /** Reports were added to its runs. */
  | { readonly kind: "more"; readonly update: ExperimentUpdate }
  /** A run has ended, or all of it, or it is gone: to be opened anew. */
  | { readonly kind: "anew" };

/** `folder` holds `.equipoise`. All but the list and `experiment/follow` answer `run/unknown` where there is no such comparison. */
export interface ExperimentRequests {
  /** Those on a manifest, newest first. */
  readonly "experiment/list": {
    readonly params: { readonly manifest: string; readonly folder: string };
    readonly result: readonly ExperimentSummary[];
  };
  readonly "experiment/open": {
    readonly params: { readonly folder: string; readonly experiment: ExperimentId };
    readonly result: ExperimentSnapshot;
  };
  /** What was added since the last report of each run, by its step; `ended` are runs of which no more is expected. */
  readonly "experiment/follow": {
    readonly params: {
      readonly folder: string;
      readonly experiment: ExperimentId;
      readonly ended: readonly RunId[];
      readonly steps: Readonly<Record<RunId, number>>;
    };
    readonly result: ExperimentNews;
  };
  /** An empty title takes the name away. */
  readonly "experiment/rename": {
    readonly params: { readonly folder: string; readonly experiment: ExperimentId; readonly title: string };
    readonly result: null;
  };
  /** With all of its runs. Answers `run/busy` for one that trains. */
  readonly "experiment/delete": {
    readonly params: { readonly folder: string; readonly experiment: ExperimentId };
    readonly result: null;
  };
}
