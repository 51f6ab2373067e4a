/** Several trials for one job of a scheduler: ten thousand jobs of some seconds each are what schedulers dislike most. */
import type { SweepFile } from "#protocol/sweep.ts";
import { trialCount } from "./sweepFile.ts";

/** Returns how many batches of so many trials a sweep is. */
export function batchesOf(file: SweepFile, batch: number): number {
  return Math.ceil(trialCount(file) / batch);
}

/** Returns the trials of a batch, none beyond the last one of the sweep. */
export function trialsOfBatch(index: number, batch: number, trials: number): number[] {
  const first = index * batch;
  return Array.from({ length: Math.max(0, Math.min(batch, trials - first)) }, (_, i) => first + i);
}
