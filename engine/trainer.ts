/** What the training process does when asked: at most one experiment at a time. */
import { basename } from "node:path";
import { startBackend } from "#engine/backends/backend.ts";
import type { AdviceProgress, AdviceRequests, MeasuredAdvice } from "#protocol/advice.ts";
import type { BackendDescription } from "#protocol/backends.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { ExperimentRequests } from "#protocol/experiments.ts";
import type {
  ExperimentId,
  ExperimentSnapshot,
  ExperimentUpdate,
  Proposal,
  TrainingRequests,
} from "#protocol/training.ts";
import { readAdvice, writeAdvice } from "./runs/adviceFile.ts";
import { deleteExperiment } from "./runs/experimentList.ts";
import { openExperiment } from "./training/experiment.ts";
import type { Experiment } from "./training/openedExperiment.ts";
import { dataFiles } from "./training/plan.ts";
import { proposeExperiment } from "./training/proposal.ts";
import { measureAdvice } from "./training/search/measureAdvice.ts";
import { latestExperiment, storedExperiment } from "./training/stored.ts";

type Params<M extends keyof TrainingRequests> = TrainingRequests[M]["params"];

export interface Trainer {
  propose(params: Params<"experiment/propose">): Promise<Proposal>;
  /**
   * Answers once the experiment is ready to train, and trains on. Starting the plan of an interrupted experiment
   * goes on with it. Throws `run/busy` while another one runs.
   */
  start(params: Params<"experiment/start">): Promise<ExperimentSnapshot>;
  /** Answers once training has ended and is on disk. Throws `run/unknown` for another experiment. */
  stop(params: Params<"experiment/stop">): Promise<null>;
  latest(params: Params<"experiment/latest">): Promise<ExperimentSnapshot | null>;
  open(params: ExperimentRequests["experiment/open"]["params"]): Promise<ExperimentSnapshot>;
  /** Throws `run/busy` while it trains. */
  remove(params: ExperimentRequests["experiment/delete"]["params"]): Promise<null>;
  describeBackend(params: Params<"backend/describe">): Promise<BackendDescription>;
  /** Tries losses on the training data of a manifest. Throws `run/busy` while training runs, `run/stopped` when stopped. */
  measure(params: AdviceRequests["advice/measure"]["params"]): Promise<MeasuredAdvice>;
  latestAdvice(params: AdviceRequests["advice/latest"]["params"]): Promise<MeasuredAdvice | null>;
  /** Answers at once; the measuring ends within a step. */
  stopMeasuring(): Promise<null>;
  /** Ends what runs as failed, on disk too. */
  fail(problem: unknown): Promise<void>;
}

interface Running {
  readonly experiment: Experiment;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export function createTrainer(
  tell: (update: ExperimentUpdate) => void,
  tellAdvice: (progress: AdviceProgress) => void = () => {},
): Trainer {
  let last: Experiment | undefined;
  let running: Running | undefined;
  /** What the next one waits for has the name of its manifest. */
  let starting: string | undefined;
  let measuring: AbortController | undefined;

  function requireIdle(): void {
    const busy = running?.experiment.snapshot().plan.manifest ?? starting;
    if (busy === undefined) return;
    throw new EquipoiseError(
      "run/busy",
      `An experiment on ${basename(busy)} is running. Stop it, or wait for its end, then start this one.`,
    );
  }

  async function train(experiment: Experiment, signal: AbortSignal): Promise<void> {
    for await (const update of experiment.run(signal)) {
      // Told last, after `running` is cleared: whoever hears the end can start the next one.
      if (isOver(update)) running = undefined;
      tell(update);
    }
  }

  return {
    propose: proposeExperiment,
    async start({ plan }) {
      requireIdle();
      starting = plan.manifest;
      try {
        const experiment = await openExperiment(plan);
        const abort = new AbortController();
        last = experiment;
        const snapshot = experiment.snapshot();
        // Begins after this answer was sent, so that nobody hears of an experiment before its snapshot.
        const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
          train(experiment, abort.signal),
        );
        running = { experiment, abort, done };
        return snapshot;
      } finally {
        starting = undefined;
      }
    },
    async stop({ experiment }) {
      if (running?.experiment.id === experiment) {
        running.abort.abort();
        await running.done;
      } else if (last?.id !== experiment) {
        throw new EquipoiseError(
          "run/unknown",
          `There is no running experiment ${experiment}. Nothing was stopped.`,
        );
      }
      return null;
    },
    async latest({ manifest, folder }) {
      const own = last?.snapshot();
      if (own?.plan.manifest === manifest && own.plan.folder === folder) return own;
      return (await latestExperiment(folder, manifest)) ?? null;
    },
    async open({ folder, experiment }) {
      const own = last?.snapshot();
      return isThat(own, folder, experiment) ? own : storedExperiment(folder, experiment);
    },
    async remove({ folder, experiment }) {
      if (isThat(running?.experiment.snapshot(), folder, experiment))
        throw new EquipoiseError("run/busy", "This comparison runs. Stop it, then delete it.");
      await deleteExperiment(folder, experiment);
      if (isThat(last?.snapshot(), folder, experiment)) last = undefined;
      return null;
    },
    describeBackend: ({ backend }) => startBackend(backend),
    async measure({ manifest, folder, seconds }) {
      requireIdle();
      starting = manifest;
      const abort = new AbortController();
      measuring = abort;
      try {
        const { plan } = await proposeExperiment({ manifest, folder });
        const advice = await measureAdvice(plan, { seconds, signal: abort.signal, progress: tellAdvice });
        await writeAdvice(folder, manifest, dataFiles(plan), advice);
        return advice;
      } catch (problem) {
        if (!abort.signal.aborted) throw problem;
        throw new EquipoiseError("run/stopped", "Measuring was stopped. Nothing was written.");
      } finally {
        starting = undefined;
        measuring = undefined;
      }
    },
    latestAdvice: async ({ manifest, folder }) => (await readAdvice(folder, manifest)) ?? null,
    async stopMeasuring() {
      measuring?.abort();
      return null;
    },
    async fail(problem) {
      const experiment = running?.experiment;
      running?.abort.abort();
      running = undefined;
      if (!experiment) return;
      const update = await experiment.fail(problem);
      tell(update);
    },
  };
}

/** Ids are times: two folders may have the same. */
function isThat(
  snapshot: ExperimentSnapshot | undefined,
  folder: string,
  experiment: ExperimentId,
): snapshot is ExperimentSnapshot {
  return snapshot?.id === experiment && snapshot.plan.folder === folder;
}

function isOver({ state }: ExperimentUpdate): boolean {
  return state.kind === "finished" || state.kind === "stopped" || state.kind === "failed";
}
