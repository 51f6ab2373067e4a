/** What another process adds to a comparison on disk, without reading again what is known of it. */
import { readExperiment, runFolderOf } from "#engine/runs/experimentFile.ts";
import { isTrainedElsewhere } from "#engine/runs/owner.ts";
import { type Reports, readLines, readReports } from "#engine/runs/reports.ts";
import { readDescription } from "#engine/runs/runDescription.ts";
import type { ExperimentNews, ExperimentRequests } from "#protocol/experiments.ts";
import type { EpochReport, ExperimentUpdate, GradientReport, RunId } from "#protocol/training.ts";

type Followed = ExperimentRequests["experiment/follow"]["params"];

/** Returns what has been added; `anew` where more has changed than reports were added to runs. */
export async function followExperiment({
  folder,
  experiment,
  ended,
  steps,
}: Followed): Promise<ExperimentNews> {
  const file = await readExperiment(folder, experiment);
  if (!file || !(await isTrainedElsewhere(file))) return { kind: "anew" };
  const runs: ExperimentUpdate["runs"][number][] = [];
  const epochs: EpochReport[] = [];
  const gradients: GradientReport[] = [];
  for (const run of file.runs) {
    if (ended.includes(run)) continue;
    const added = await addedTo(folder, run, steps[run] ?? 0);
    if (added === "ended") return { kind: "anew" };
    const last = added?.gradients.at(-1);
    if (!added || !last) continue;
    // As far as it came: a run that trains elsewhere is told like one that has stopped.
    runs.push({ id: run, state: { kind: "stopped", epoch: last.epoch, step: last.step } });
    epochs.push(...added.epochs);
    gradients.push(...added.gradients);
  }
  if (gradients.length === 0) return { kind: "same" };
  const state = { kind: "elsewhere", process: file.process } as const;
  return { kind: "more", update: { experiment, state, runs, epochs, gradients } };
}

/** The reports of a run after a step; undefined where it has not begun. */
async function addedTo(folder: string, run: RunId, after: number): Promise<Reports | "ended" | undefined> {
  const place = runFolderOf(folder, run);
  const description = await readDescription(place);
  if (!description) return undefined;
  if (description.state.kind === "finished" || description.state.kind === "failed") return "ended";
  const { lines } = await readLines(place);
  return readReports(
    place,
    description,
    lines.filter(({ step }) => step > after),
  );
}
