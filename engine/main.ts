/** The training process: answers over Node's IPC, and ends when its parent does. */
import "./translations.ts";
import type { AdviceNotifications, AdviceRequests } from "#protocol/advice.ts";
import type { Dialogue } from "#protocol/dialogue.ts";
import { dialogue } from "#protocol/dialogue.ts";
import type { ExperimentRequests } from "#protocol/experiments.ts";
import type { RunRequests } from "#protocol/runs.ts";
import type { SweepNotifications, SweepRequests } from "#protocol/sweepRequests.ts";
import type { TrainingNotifications, TrainingRequests } from "#protocol/training.ts";
import { listExperiments, renameExperiment } from "./runs/experimentList.ts";
import { deleteRuns, listRuns, openRun, renameRun } from "./runs/runList.ts";
import { createSetup } from "./setupRequests.ts";
import { createSweepService } from "./sweep/sweepRequests.ts";
import { createTrainer } from "./trainer.ts";
import { adjustRuns } from "./training/adjusted.ts";
import { followExperiment } from "./training/followed.ts";

type EngineSide = Dialogue<
  unknown,
  unknown,
  TrainingRequests & ExperimentRequests & AdviceRequests & RunRequests & SweepRequests,
  TrainingNotifications & AdviceNotifications & SweepNotifications
>;

const connection: EngineSide = dialogue(
  {
    send(message) {
      // The parent may be gone before its farewell arrives.
      if (process.connected) process.send?.(message, () => {});
    },
    receive(listener) {
      process.on("message", listener);
      return () => process.off("message", listener);
    },
  },
  report,
);

const trainer = createTrainer(
  (update) => connection.tell("experiment/update", update),
  (progress) => connection.tell("advice/progress", progress),
);
connection.answer("experiment/propose", trainer.propose);
connection.answer("experiment/start", trainer.start);
connection.answer("experiment/stop", trainer.stop);
connection.answer("experiment/latest", trainer.latest);
connection.answer("experiment/list", ({ folder, manifest }) => listExperiments(folder, manifest));
connection.answer("experiment/open", trainer.open);
connection.answer("experiment/follow", followExperiment);
connection.answer("experiment/rename", ({ folder, experiment, title }) =>
  renameExperiment(folder, experiment, title).then(() => null),
);
connection.answer("experiment/delete", trainer.remove);
connection.answer("backend/describe", trainer.describeBackend);
const setup = createSetup((message) => connection.tell("backend/progress", { message }));
connection.answer("backend/setUp", setup.start);
connection.answer("backend/cancelSetUp", setup.cancel);
connection.answer("advice/measure", trainer.measure);
connection.answer("advice/latest", trainer.latestAdvice);
connection.answer("advice/stop", trainer.stopMeasuring);
connection.answer("runs/list", ({ folder }) => listRuns(folder));
connection.answer("runs/open", ({ folder, run, after }) => openRun(folder, run, after));
connection.answer("runs/adjust", ({ folder, runs, taus }) =>
  adjustRuns(folder, runs, taus, () => new Promise((resolve) => setImmediate(resolve))),
);
connection.answer("runs/rename", ({ folder, run, title }) => renameRun(folder, run, title).then(() => null));
connection.answer("runs/delete", ({ folder, runs }) => deleteRuns(folder, runs).then(() => null));
const sweeps = createSweepService(process.argv[1] ?? "", (step) => connection.tell("sweep/step", step));
connection.answer("sweep/trial", sweeps["sweep/trial"]);
connection.answer("sweep/stop", sweeps["sweep/stop"]);
connection.answer("sweep/plan", sweeps["sweep/plan"]);
connection.answer("sweep/look", sweeps["sweep/look"]);
connection.answer("sweep/run", sweeps["sweep/run"]);
connection.answer("sweep/log", sweeps["sweep/log"]);
connection.answer("sweep/job", sweeps["sweep/job"]);
connection.answer("sweep/winner", sweeps["sweep/winner"]);

// Threads of the backend would keep an orphan alive. What it trained is on disk, at most 10 s old.
process.on("disconnect", () => process.exit(0));
process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);

/** A mistake nobody caught: the state is unknown, so the run is marked as failed and the process ends. */
function fail(problem: unknown): void {
  report(problem);
  void trainer.fail(problem).finally(() => process.exit(1));
}

/** The parent keeps this stream as the log. */
function report(problem: unknown): void {
  process.stderr.write(
    `${problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)}\n`,
  );
}
