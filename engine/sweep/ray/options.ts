/** What a sweep on Ray is asked, what it tells meanwhile, and how it ends. */
import type { TrialResult } from "#protocol/sweep.ts";
import type { Entry } from "./jobs.ts";
import type { RayPackage } from "./package.ts";
import type { Waits } from "./patience.ts";

export interface RayOptions {
  /** Holds `.equipoise` on this machine. */
  readonly root: string;
  /** Kept in the notes. */
  readonly address: string;
  readonly entry: Entry;
  /** Absent: everything lies on the nodes. */
  readonly package?: RayPackage;
  /** Trials of one job. */
  readonly batch: number;
  /** Jobs on the cluster at the same time. */
  readonly jobs: number;
  /** Of one job. */
  readonly cpus: number;
  readonly gpus: number;
  /** How often one trial is begun before it is given up. */
  readonly attempts: number;
  /** Whether logs are told while jobs run. */
  readonly follow: boolean;
  readonly waits: Waits;
}

export type RayEvent =
  | {
      readonly kind: "progress";
      readonly ended: number;
      readonly trials: number;
      readonly running: number;
      readonly waiting: number;
    }
  | { readonly kind: "result"; readonly result: TrialResult }
  | { readonly kind: "log"; readonly job: string; readonly text: string }
  | { readonly kind: "note"; readonly message: string };

export interface RayOutcome {
  /** "stopped": somebody stopped jobs; "incomplete": trials were given up. */
  readonly kind: "finished" | "stopped" | "incomplete";
  readonly ended: number;
  /** Trials that the cluster lost again and again, and what it said. */
  readonly givenUp: readonly { readonly index: number; readonly message: string }[];
}
