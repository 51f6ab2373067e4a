/** What the training process does for sweeps when asked. */
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepNotifications, SweepRequests, TrialOutcome } from "#protocol/sweep.ts";
import { readSweep } from "./sweepFile.ts";
import { createSweepWorker, type SweepWorker } from "./worker.ts";

type Params<M extends keyof SweepRequests> = SweepRequests[M]["params"];

export interface SweepService {
  trial(params: Params<"sweep/trial">): Promise<TrialOutcome>;
  stop(): Promise<null>;
}

export function createSweepService(tellStep: (step: SweepNotifications["sweep/step"]) => void): SweepService {
  let current: { readonly key: string; readonly worker: Promise<SweepWorker> } | undefined;
  let training: AbortController | undefined;
  return {
    async trial({ path, root, index }) {
      if (training) throw new EquipoiseError("run/busy", "This process trains another trial.");
      const abort = new AbortController();
      training = abort;
      try {
        const key = `${path}\n${root}`;
        if (current?.key !== key) {
          const worker = readSweep(path).then((sweep) =>
            createSweepWorker(sweep, {
              root,
              progress: (trial, step, steps) => tellStep({ index: trial, step, steps }),
            }),
          );
          current = { key, worker };
        }
        return await (await current.worker).run(index, abort.signal);
      } catch (problem) {
        // A file that could not be read may be there the next time.
        current = undefined;
        throw problem;
      } finally {
        training = undefined;
      }
    },
    async stop() {
      training?.abort();
      return null;
    },
  };
}
