/** The comparisons on a manifest as a list, without reading what their runs reported. */

import { rm } from "node:fs/promises";
import { EquipoiseError } from "#protocol/errors.ts";
import type { ExperimentSummary } from "#protocol/experiments.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentId } from "#protocol/training.ts";
import {
  type ExperimentFile,
  experimentPath,
  readExperiment,
  readExperiments,
  runFolderOf,
} from "./experimentFile.ts";
import { isTrained, isTrainedElsewhere } from "./owner.ts";
import { readDescription } from "./runDescription.ts";
import { readTitle, writeTitle } from "./title.ts";

/** Returns the comparisons on a manifest, newest first. */
export async function listExperiments(folder: string, manifest: string): Promise<ExperimentSummary[]> {
  return Promise.all((await readExperiments(folder, manifest)).map(summarise));
}

/** Gives a comparison a name beside its id, or takes it away. Throws `run/unknown`, `settings/invalid`, `disk/full`. */
export async function renameExperiment(folder: string, id: ExperimentId, title: string): Promise<void> {
  await requireExperiment(folder, id);
  await writeTitle(titlePath(folder, id), id, title);
}

/** Deletes a comparison with its runs. Throws `run/unknown`, and `run/busy` while another process trains it. */
export async function deleteExperiment(folder: string, id: ExperimentId): Promise<void> {
  const file = await requireExperiment(folder, id);
  if (await isTrainedElsewhere(file)) {
    throw new EquipoiseError("run/busy", t`${id} is being trained elsewhere. Stop it there, then delete it.`);
  }
  // The file goes last: runs that could not be deleted are still found.
  for (const run of file.runs) await rm(runFolderOf(folder, run), { recursive: true, force: true });
  await rm(titlePath(folder, id), { force: true });
  await rm(experimentPath(folder, id), { force: true });
}

/** Returns the file of a comparison. Throws `run/unknown`. */
export async function requireExperiment(folder: string, id: ExperimentId): Promise<ExperimentFile> {
  const file = await readExperiment(folder, id);
  if (file) return file;
  throw new EquipoiseError("run/unknown", t`There is no comparison ${id} in ${folder}.`);
}

async function summarise(file: ExperimentFile): Promise<ExperimentSummary> {
  const { id, plan, started, runs, state } = file;
  const title = await readTitle(titlePath(plan.folder, id));
  const scores = await scoresOf(file);
  const best = bestOf(scores, plan.losses.length);
  return {
    id,
    ...(title === undefined ? {} : { title }),
    started,
    state: state.kind === "running" && !(await isTrained(file)) ? "stopped" : state.kind,
    plan,
    runs: { finished: scores.filter((score) => score !== undefined).length, all: runs.length },
    ...(best ? { best } : {}),
  };
}

/** Balanced accuracy of each run, in the order of training; undefined where it has not finished. */
function scoresOf({ runs, plan }: ExperimentFile): Promise<(number | undefined)[]> {
  return Promise.all(
    runs.map(async (run) => {
      const description = await readDescription(runFolderOf(plan.folder, run));
      return description?.state.kind === "finished" ? description.state.balancedAccuracy : undefined;
    }),
  );
}

function bestOf(scores: readonly (number | undefined)[], losses: number): ExperimentSummary["best"] {
  let best: ExperimentSummary["best"];
  for (let choice = 0; choice < losses; choice++) {
    const own = scores.filter((score, run) => score !== undefined && run % losses === choice) as number[];
    const balancedAccuracy = own.reduce((sum, score) => sum + score, 0) / own.length;
    if (own.length > 0 && !(best && best.balancedAccuracy >= balancedAccuracy))
      best = { choice, balancedAccuracy };
  }
  return best;
}

function titlePath(folder: string, id: ExperimentId): string {
  return experimentPath(folder, id).replace(/\.json$/, ".title.txt");
}
