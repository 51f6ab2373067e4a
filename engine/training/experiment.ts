/** A comparison of losses on one dataset: every loss with every seed, one run after the other. */

import { stat } from "node:fs/promises";
import { startBackend } from "#engine/backends/backend.ts";
import { countClasses } from "#engine/data/dataset.ts";
import { loadInputs } from "#engine/data/inputs.ts";
import { readParts } from "#engine/data/parts.ts";
import { requireSameKind } from "#engine/data/split.ts";
import {
  type ExperimentFile,
  fingerprint,
  newExperimentId,
  readExperiments,
} from "#engine/runs/experimentFile.ts";
import { isTrainedElsewhere } from "#engine/runs/owner.ts";
import { ownPlace } from "#engine/runs/processPlace.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentPlan, ExperimentSnapshot, ExperimentUpdate } from "#protocol/training.ts";
import { checkChoice } from "./checkChoice.ts";
import { metricWeights } from "./metric.ts";
import { Experiment } from "./openedExperiment.ts";
import { checkPlan, dataFiles, plannedRuns, samePlan } from "./plan.ts";
import { waitingRecord } from "./runRecord.ts";
import { resumeRecords } from "./stored.ts";

/** Trains an experiment and yields what changed, at most ten times a second; returns how it ended. */
export async function* runExperiment(
  plan: ExperimentPlan,
  signal?: AbortSignal,
): AsyncGenerator<ExperimentUpdate, ExperimentSnapshot> {
  const experiment = await openExperiment(plan);
  yield* experiment.run(signal);
  return experiment.snapshot();
}

/**
 * Returns an experiment ready to train. The newest experiment of the same plan, data and backend is gone on with where it
 * was interrupted, whatever was trained since: the result is the same as that of a new one. Throws an EquipoiseError
 * where plan, data, backend or disk do not allow it, and where another process trains it.
 */
export async function openExperiment(plan: ExperimentPlan): Promise<Experiment> {
  checkPlan(plan);
  const split = await readParts(plan);
  requireSameKind(plan, split);
  const data = (await areRead(plan)) ? await loadInputs(plan, split) : undefined;
  const counts = data?.counts ?? countClasses(split.train, split.classes.length);
  const labels = split.train.sets ? new Int32Array() : split.train.labels;
  for (const choice of plan.losses) checkChoice(choice, plan.epochs, counts, labels);
  metricWeights(plan.objective, split.classes, countClasses(split.test, split.classes.length));
  const { id: backend, threads } = await startBackend(plan.backend);
  const facts = {
    plan,
    classes: split.classes,
    counts,
    testSamples: data?.test.rows ?? split.test.positions.length,
    notes: data?.notes ?? split.notes,
    backend: `${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    data: await fingerprint(dataFiles(plan)),
  };
  const interrupted = await findInterrupted(facts);
  const file = interrupted ?? (await newExperiment(facts));
  const records = interrupted
    ? await resumeRecords(interrupted)
    : plannedRuns(file.id, plan).map((run) => waitingRecord(run));
  const experiment = new Experiment(
    { ...file, process: process.pid, owner: ownPlace(), state: { kind: "running" } },
    split,
    records,
    data,
  );
  await experiment.write("running");
  return experiment;
}

/** Above this inputs are read once the experiment is there, which then tells how far they are and can be stopped. */
const soonRead = 16 << 20;

/** Whether inputs are read at once, so that what is wrong with them answers the question to train them. */
async function areRead(plan: ExperimentPlan): Promise<boolean> {
  if (plan.inputs !== "embeddings") return false;
  const parts = plan.test ? [plan.train, plan.test] : [plan.train];
  const sizes = await Promise.all(parts.map(({ inputs }) => stat(inputs).catch(() => undefined)));
  return sizes.every((file) => file === undefined || file.size <= soonRead);
}

type Facts = Pick<
  ExperimentFile,
  "plan" | "classes" | "counts" | "testSamples" | "backend" | "notes" | "data"
>;

async function newExperiment(facts: Facts): Promise<ExperimentFile> {
  const now = new Date();
  const id = await newExperimentId(facts.plan.folder, now);
  return {
    format: "equipoise-experiment",
    version: 1,
    id,
    ...facts,
    runs: plannedRuns(id, facts.plan).map((run) => run.id),
    started: now.toISOString(),
    process: process.pid,
    state: { kind: "running" },
  };
}

async function findInterrupted(facts: Facts): Promise<ExperimentFile | undefined> {
  const same = (await readExperiments(facts.plan.folder, facts.plan.manifest)).find(
    (known) =>
      samePlan(known.plan, facts.plan) &&
      known.backend === facts.backend &&
      JSON.stringify(known.data) === JSON.stringify(facts.data) &&
      known.classes.join("\n") === facts.classes.join("\n"),
  );
  if (same && (await isTrainedElsewhere(same))) {
    throw new EquipoiseError(
      "run/busy",
      t`This comparison is being trained by process ${same.process}, another window or a terminal. Wait for its end, or stop it there.`,
    );
  }
  return same?.state.kind === "finished" ? undefined : same;
}
