/** `equipoise export --tensorboard`: a run as an event file that TensorBoard reads. */
import { join, relative } from "node:path";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { readRun } from "#engine/runs/runFolder.ts";
import { eventFile } from "#engine/runs/tensorBoard.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { writeOutput } from "./files.ts";
import type { Terminal } from "./terminal.ts";

/** Writes `out/RUN/events.out.tfevents...`. Throws `run/unknown` where `folder` holds no such run. */
export async function exportEvents(
  folder: string,
  run: string,
  out: string,
  terminal: Terminal,
): Promise<void> {
  const stored = /[\\/]/.test(run) ? undefined : await readRun(runFolderOf(folder, run));
  if (!stored)
    throw new EquipoiseError("run/unknown", `There is no run ${run} in ${folder}. See equipoise runs.`);
  const seconds = Math.floor(Date.parse(stored.description.started ?? "") / 1000) || 0;
  const file = join(out, run, `events.out.tfevents.${seconds}.equipoise`);
  await writeOutput(file, eventFile(stored));
  terminal.print(`${relative(process.cwd(), file)}: ${stored.gradients.length} reports`);
}
