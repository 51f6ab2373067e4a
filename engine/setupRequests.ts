/** What the training process does when asked to set a backend up: one at a time, with progress and cancel. */
import { setUpAndTest } from "#engine/backends/setup.ts";
import type { BackendDescription } from "#protocol/backends.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { TrainingRequests } from "#protocol/training.ts";

export interface SetupRequests {
  start(params: TrainingRequests["backend/setUp"]["params"]): Promise<BackendDescription>;
  cancel(): Promise<null>;
}

export function createSetup(tell: (message: string) => void): SetupRequests {
  let running: AbortController | undefined;
  return {
    async start(wish) {
      if (running) throw new EquipoiseError("run/busy", "A backend is being set up. Wait for its end.");
      const abort = new AbortController();
      running = abort;
      try {
        return await setUpAndTest(wish, tell, abort.signal);
      } catch (error) {
        if (abort.signal.aborted)
          throw new EquipoiseError("backend/unavailable", "The set-up was cancelled; nothing was changed.");
        throw error;
      } finally {
        running = undefined;
      }
    },
    async cancel() {
      running?.abort();
      return null;
    },
  };
}
