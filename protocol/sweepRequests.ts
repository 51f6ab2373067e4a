/** What is asked of sweeps, and what their page shows and is sent. */

import type { BackendId } from "./backends.ts";
import type { SweepId, SweepProgress, SweepRanking, SweepStatus, TrialOutcome } from "./sweep.ts";
import type { LossChoice } from "./training.ts";

/** `path` is that of a sweep file, `root` the folder that holds `.equipoise`. */
export interface SweepPlace {
  readonly path: string;
  readonly root: string;
}

export interface SweepRequests {
  /** Trains one trial in this process. */
  readonly "sweep/trial": {
    readonly params: SweepPlace & { readonly index: number };
    readonly result: TrialOutcome;
  };
  /** Ends what this process does for sweeps, its pool too, within a step; trials go on from their checkpoints later. */
  readonly "sweep/stop": { readonly params: null; readonly result: null };
  /** Writes a sweep file of the losses that suit a manifest beside it; answers its path, or that of the same sweep. */
  readonly "sweep/plan": {
    readonly params: {
      readonly manifest: string;
      readonly folder: string;
      readonly seeds: number;
      readonly backend: BackendId | "auto";
    };
    readonly result: { readonly path: string; readonly trials: number };
  };
  readonly "sweep/look": { readonly params: SweepPlace; readonly result: SweepLook };
  /** Trains all trials in a pool of processes, and answers at once; `run/busy` while one runs. */
  readonly "sweep/run": {
    readonly params: SweepPlace & { readonly workers?: number };
    readonly result: null;
  };
  /** The end of the log of a trial's last attempt. */
  readonly "sweep/log": { readonly params: SweepPlace & { readonly index: number }; readonly result: string };
  /** The text for a scheduler, with what its user has to set left as it is usual. */
  readonly "sweep/job": {
    readonly params: SweepPlace & { readonly scheduler: "kubernetes" | "slurm"; readonly program: string };
    readonly result: string;
  };
  /** What the sweep speaks for, or the configuration that is named, with its evidence. */
  readonly "sweep/winner": {
    readonly params: SweepPlace & { readonly configuration?: number };
    readonly result: { readonly manifest: string; readonly choice: LossChoice; readonly evidence: string };
  };
}

/** Jobs of a sweep on Ray, as whoever sent them last has noted beside the results. */
export interface SweepRay {
  readonly address: string;
  /** Not known to have ended. */
  readonly open: number;
  readonly ended: number;
  /** What the cluster said of the last job that did not end well. */
  readonly trouble?: string;
}

/** What a window that sends a sweep to Ray, and collects its results, sees of the jobs. */
export interface FollowedRay {
  readonly running: number;
  readonly waiting: number;
}

/** All that is shown of a sweep. */
export interface SweepLook {
  readonly id: SweepId;
  /** What configurations are called, by index. */
  readonly titles: readonly string[];
  readonly seeds: number;
  /** Such as "wasm, 1 thread". */
  readonly backend: string;
  /** What decides, such as "a fifth of the training samples, held out by class". */
  readonly decidedOn: string;
  readonly status: SweepStatus;
  readonly ranking: SweepRanking;
  /** The leader in a sentence; absent before a configuration has every seed. */
  readonly verdict?: string;
  /** Of the pool of this machine, while it runs. */
  readonly pool?: SweepProgress;
  /** Why the last pool ended before its time. */
  readonly problem?: string;
  /** Absent: it was never on Ray. */
  readonly ray?: SweepRay;
}

export type ToSweepPage =
  | {
      readonly kind: "look";
      readonly name: string;
      readonly look: SweepLook;
      readonly trusted: boolean;
      /** While this window sends it to Ray. */
      readonly followed?: FollowedRay;
    }
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "log"; readonly index: number; readonly text: string }
  /** What the jobs on Ray print, or what became of a stop. */
  | { readonly kind: "ray"; readonly text: string }
  | { readonly kind: "job"; readonly scheduler: "kubernetes" | "slurm"; readonly text: string };

export type FromSweepPage =
  | { readonly kind: "ready" }
  | { readonly kind: "run" }
  | { readonly kind: "stop" }
  | { readonly kind: "log"; readonly index: number }
  | { readonly kind: "job"; readonly scheduler: "kubernetes" | "slurm" }
  | { readonly kind: "insert"; readonly configuration?: number }
  /** Sends what is left; with an address jobs that are there are found again, without asking for it. */
  | { readonly kind: "ray"; readonly address?: string }
  | { readonly kind: "ray-logs" | "ray-stop"; readonly address: string }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "text" };

export interface SweepNotifications {
  /** Steps of the trial that this process trains. */
  readonly "sweep/step": { readonly index: number; readonly step: number; readonly steps: number };
  readonly "sweep/progress": SweepProgress;
}
