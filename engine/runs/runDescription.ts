/** What `run.json` says: docs/run-format.md. Loads nothing that trains, as the editor reads it too. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Link } from "#engine/training/lossRows.ts";
import type { LogitFigures } from "#engine/training/testLogits.ts";
import type { LossId, LossParameters, SamplerId } from "#protocol/losses.ts";
import type { ExperimentId, ExperimentPlan, LossChoice, RunId } from "#protocol/training.ts";

/** What became of a run. `running` on the disk of a process that has ended means: it was interrupted. */
export type StoredState =
  | { readonly kind: "running" }
  | ({
      readonly kind: "finished";
      readonly accuracy: number;
      readonly balancedAccuracy: number;
      /** What makes probabilities of `logits.npy`; absent: there is none. */
      readonly link?: Link;
    } & LogitFigures)
  | { readonly kind: "stopped"; readonly epoch: number; readonly step: number }
  | { readonly kind: "failed"; readonly step: number; readonly message: string };

/** `run.json` of a training of ours. */
export interface RunDescription
  extends Pick<LossChoice, "schedule" | "recipe" | "settings">,
    Pick<ExperimentPlan, "rate" | "optimizer" | "augmentation" | "isMultiLabel"> {
  readonly format: "equipoise-run";
  readonly version: 1;
  readonly id: RunId;
  readonly experiment: ExperimentId;
  /** Index into the losses of the experiment. */
  readonly choice: number;
  readonly loss: LossId;
  readonly parameters: LossParameters;
  readonly sampler: SamplerId;
  readonly seed: number;
  readonly model: string;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly backend: string;
  readonly classes: readonly string[];
  /** Training samples per class. */
  readonly counts: readonly number[];
  /** When it was started, ISO 8601. */
  readonly started: string;
  readonly state: StoredState;
}

type Required = Pick<RunDescription, "format" | "version" | "id" | "classes" | "counts">;

/** `run.json` of any program: what only a training of ours has may be missing. */
export interface AnyDescription
  extends Required,
    Partial<Omit<RunDescription, keyof Required | "loss" | "state">> {
  /** An id of ours, or the name of the program's own criterion. */
  readonly loss?: string;
  readonly state:
    | Exclude<StoredState, { kind: "finished" }>
    | ({ readonly kind: "finished" } & Partial<Extract<StoredState, { kind: "finished" }>>);
}

export const descriptionFile = "run.json";

/** Returns what a run is and how it ended, without its reports; undefined where there is none of this version. */
export async function readDescription(folder: string): Promise<AnyDescription | undefined> {
  try {
    const parsed = JSON.parse(
      await readFile(join(folder, descriptionFile), "utf8"),
    ) as Partial<AnyDescription>;
    const { format, version, id, classes, counts, state } = parsed;
    const isOurs = format === "equipoise-run" && version === 1 && typeof id === "string";
    return isOurs && isNames(classes) && isCounts(counts) && state ? (parsed as AnyDescription) : undefined;
  } catch {
    return undefined;
  }
}

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((member) => typeof member === "string");

const isCounts = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((member) => typeof member === "number");
