/** The log of one attempt at a trial: a text file beside the results, for reading where something went wrong. */
import { appendFile, mkdir } from "node:fs/promises";
import os from "node:os";
import { dirname } from "node:path";
import type { SweepFile } from "#protocol/sweep.ts";
import { configurationTitles } from "#protocol/titles.ts";
import type { EpochReport } from "#protocol/training.ts";
import { logPath } from "./results.ts";
import type { SweepTrial } from "./sweepFile.ts";

export interface TrialLog {
  line(text: string): void;
  begin(backend: string, from: number, steps: number): void;
  epoch(report: EpochReport): void;
  /** Ends once all lines are written. */
  close(): Promise<void>;
}

/** Lines are written one after the other; what the disk does not take is left out, as results count and not logs. */
export function openTrialLog(
  root: string,
  { id, configurations }: SweepFile,
  { index, configuration, seed }: SweepTrial,
  attempt: number,
): TrialLog {
  const path = logPath(root, id, index, attempt);
  let written: Promise<unknown> = mkdir(dirname(path), { recursive: true }).catch(() => {});
  const line = (text: string): void => {
    const stamped = `${new Date().toISOString()} ${text}\n`;
    written = written.then(() => appendFile(path, stamped)).catch(() => {});
  };
  return {
    line,
    begin(backend, from, steps) {
      const title = configurationTitles(configurations)[configuration] ?? "";
      line(`trial ${index}, attempt ${attempt}: ${title}, seed ${seed}, on ${os.hostname()}, ${backend}`);
      line(from > 0 ? `goes on at step ${from} of ${steps}` : `${steps} steps`);
    },
    epoch: ({ epoch, step, loss, balancedAccuracy }) =>
      line(
        `epoch ${epoch}, step ${step}: loss ${loss.toPrecision(5)}, balanced accuracy ${balancedAccuracy.toFixed(4)}`,
      ),
    async close() {
      await written;
    },
  };
}
