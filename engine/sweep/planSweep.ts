/** Makes a sweep file: everything is checked and hashed here, so that no worker fails for what could be known. */
import { startBackend } from "#engine/backends/backend.ts";
import { countClasses } from "#engine/data/dataset.ts";
import { readParts } from "#engine/data/parts.ts";
import { checkChoice } from "#engine/training/checkChoice.ts";
import { checkPlan, dataFiles } from "#engine/training/plan.ts";
import { stepsPerEpoch } from "#engine/training/run.ts";
import { version } from "#engine/version.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepConfiguration, SweepFile, SweepPlan } from "#protocol/sweep.ts";
import type { DataSource, ExperimentPlan } from "#protocol/training.ts";
import { referTo } from "./dataReferences.ts";
import { mostTrials, pathFrom, sweepId } from "./sweepFile.ts";

export interface SweepRequest {
  /** Data, settings and backend; its losses and its number of seeds do not count. */
  readonly plan: ExperimentPlan;
  /** The baseline first. */
  readonly configurations: readonly SweepConfiguration[];
  readonly seeds: readonly number[];
  /** Of each trial; absent: one, since trials run beside each other. */
  readonly threads?: number;
  /** Absolute: where the sweep file will lie. */
  readonly folder: string;
  readonly sampled?: SweepFile["sampled"];
  readonly signal?: AbortSignal;
}

/**
 * Returns the sweep. Throws `settings/invalid` or `loss/unsuitable` naming the configuration that cannot be trained,
 * `backend/unavailable`, and what reading the data throws.
 */
export async function planSweep(request: SweepRequest): Promise<SweepFile> {
  const { plan, configurations, seeds, folder, sampled, signal } = request;
  requireTrials(configurations.length, seeds.length);
  const losses = configurations.map(({ choice }) => choice);
  checkPlan({ ...plan, losses, seeds: 1 });
  for (const changes of distinctTraining(configurations))
    checkPlan({ ...plan, ...changes, losses, seeds: 1 });
  const split = await readParts(plan);
  const counts = countClasses(split.train, split.classes.length);
  for (const [index, configuration] of configurations.entries()) {
    check(index, configuration, plan, counts, split.train.labels);
  }
  const { id, threads } = await startBackend(plan.backend, request.threads ?? 1);
  const rest: Omit<SweepFile, "id"> = {
    format: "equipoise-sweep",
    version: 1,
    created: new Date().toISOString(),
    equipoise: version,
    plan: sharedPlan(plan, folder),
    backend: { id, threads },
    stepsPerTrial: plan.epochs * stepsPerEpoch(plan, split.train.positions.length),
    configurations,
    seeds,
    data: await referTo(folder, [plan.manifest, ...dataFiles(plan)], signal),
    ...(sampled ? { sampled } : {}),
  };
  const { format, version: one, ...more } = rest;
  return { format, version: one, id: sweepId(rest), ...more };
}

function requireTrials(configurations: number, seeds: number): void {
  const trials = configurations * seeds;
  if (trials >= 1 && trials <= mostTrials) return;
  throw new EquipoiseError(
    "settings/invalid",
    `${configurations.toLocaleString("en")} configurations with ${seeds} seeds are ${trials.toLocaleString("en")} trials. ` +
      `Take from 1 to ${mostTrials.toLocaleString("en")}.`,
  );
}

function distinctTraining(configurations: readonly SweepConfiguration[]): SweepConfiguration["training"][] {
  return [...new Map(configurations.map(({ training }) => [JSON.stringify(training), training])).values()];
}

/** Counts are those of the manifest; images that turn out broken may lower them. */
function check(
  index: number,
  { choice, training }: SweepConfiguration,
  plan: ExperimentPlan,
  counts: readonly number[],
  labels: Int32Array,
): void {
  try {
    checkChoice(choice, training?.epochs ?? plan.epochs, counts, labels);
  } catch (problem) {
    if (!(problem instanceof EquipoiseError)) throw problem;
    throw new EquipoiseError(problem.code, `Configuration ${index + 1}, ${choice.loss}: ${problem.message}`);
  }
}

/** All seeds are tested on the same samples, whatever a comparison would do. */
function sharedPlan(plan: ExperimentPlan, folder: string): SweepPlan {
  const { folder: _, losses: __, seeds: ___, backend: ____, splits: _____, test, ...shared } = plan;
  const source = ({ inputs, labels }: DataSource): DataSource => ({
    inputs: pathFrom(folder, inputs),
    labels: pathFrom(folder, labels),
  });
  return {
    ...shared,
    manifest: pathFrom(folder, plan.manifest),
    train: source(plan.train),
    ...(test ? { test: source(test) } : {}),
  };
}
