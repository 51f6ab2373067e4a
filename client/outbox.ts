/** Updates on their way to the page: at most ten a second, and none while the page has not taken the one before. */
import type { ExperimentUpdate } from "#protocol/training.ts";

export interface Outbox {
  /** Takes an update; what has not been sent yet is merged into one. */
  add(update: ExperimentUpdate): void;
  /** Sends what is waiting, now, so that a snapshot can follow it. */
  flush(): void;
  /** Forgets what is waiting. */
  clear(): void;
}

/** Milliseconds between two messages. */
const pace = 100;
/** A page that has not answered for so long is taken to be there: the editor does not always tell. */
const patience = 2000;

/** @param send resolves when the page has the message. */
export function createOutbox(send: (update: ExperimentUpdate) => PromiseLike<unknown>): Outbox {
  let waiting: ExperimentUpdate | undefined;
  let isBusy = false;

  function flush(): void {
    const update = waiting;
    waiting = undefined;
    if (update) void dispatch(update);
  }
  async function dispatch(update: ExperimentUpdate): Promise<void> {
    isBusy = true;
    const taken = Promise.resolve(send(update)).catch(() => {});
    await Promise.all([pause(pace), Promise.race([taken, pause(patience)])]);
    isBusy = false;
    flush();
  }
  return {
    add(update) {
      if (waiting && waiting.experiment !== update.experiment) flush();
      waiting = waiting ? merged(waiting, update) : update;
      if (!isBusy) flush();
    },
    flush,
    clear() {
      waiting = undefined;
    },
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Two updates of one experiment as one; the later one has the last word. */
export function merged(first: ExperimentUpdate, next: ExperimentUpdate): ExperimentUpdate {
  const runs = new Map([...first.runs, ...next.runs].map((run) => [run.id, run]));
  return {
    ...first,
    ...next,
    runs: [...runs.values()],
    epochs: [...first.epochs, ...next.epochs],
    gradients: [...first.gradients, ...next.gradients],
  };
}
