/** The runs of a folder, those of other programs among them. */

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { OpenedRun, RunSummary } from "#protocol/runs.ts";
import type { RunId } from "#protocol/training.ts";
import { readExperiment, runFolderOf } from "./experimentFile.ts";
import { isOwnerThere, isWrittenTo } from "./owner.ts";
import { lastLine, readLines, readReports } from "./reports.ts";
import { descriptionFile, readDescription } from "./runDescription.ts";
import { isPlainName, readTitle, writeTitle } from "./title.ts";

/** Runs that are read at once: a folder of a sweep has thousands, and a process few open files. */
const atOnce = 64;

/** Summaries of runs that have ended, which no longer change, with the time their `run.json` was written. */
const ended = new Map<string, { readonly stamp: string; readonly summary: RunSummary }>();

/**
 * Returns the runs of a folder, newest first; what is no run of this version is left out. Reads of a run what it is and
 * its last line, and that once where it has ended.
 */
export async function listRuns(folder: string): Promise<RunSummary[]> {
  const entries = await readdir(runFolderOf(folder, "."), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found: (RunSummary | undefined)[] = [];
  const readOn = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop())
      found.push(await summaryOf(folder, name));
  };
  await Promise.all(Array.from({ length: atOnce }, readOn));
  return found
    .filter((summary) => summary !== undefined)
    .sort((a, b) => compareText(b.started ?? "", a.started ?? "") || compareText(a.id, b.id));
}

/** Returns a run with the reports after the first `after` ones, as many as a chart can show. Throws `run/unknown`. */
export async function openRun(folder: string, run: RunId, after = 0): Promise<OpenedRun> {
  requireRunId(run);
  const place = runFolderOf(folder, run);
  const description = await readDescription(place);
  const summary = await summaryOf(folder, run);
  if (!description || !summary) throw unknownRun(run);
  const { lines } = await readLines(place);
  const { epochs, gradients, whole } = await readReports(place, description, lines.slice(after), true);
  const { classes, counts } = description;
  return { summary, classes, counts, reports: Math.min(after, lines.length) + whole, gradients, epochs };
}

/** Gives a run a name beside its id, or takes it away. Throws `run/unknown`, `settings/invalid`, `disk/full`. */
export async function renameRun(folder: string, run: RunId, title: string): Promise<void> {
  await requireRun(folder, run);
  await writeTitle(titlePath(folder, run), run, title);
}

/** Deletes runs and nothing else. Throws before anything is deleted: `run/unknown`, `run/busy` for one being written. */
export async function deleteRuns(folder: string, runs: readonly RunId[]): Promise<void> {
  for (const run of runs) {
    await requireRun(folder, run);
    const summary = await summaryOf(folder, run);
    if (summary?.state !== "running") continue;
    throw new EquipoiseError("run/busy", t`${run} is being written. Stop it, then delete it.`);
  }
  for (const run of runs) await rm(runFolderOf(folder, run), { recursive: true, force: true });
}

async function requireRun(folder: string, run: RunId): Promise<void> {
  requireRunId(run);
  const path = join(runFolderOf(folder, run), descriptionFile);
  if (!(await stat(path).catch(() => undefined))) throw unknownRun(run);
}

/** Throws `run/unknown` for what is a way out of the folder and not the name of one in it. */
export function requireRunId(run: RunId): void {
  if (!isPlainName(run)) throw unknownRun(run);
}

/** What to say of a run that is not there. */
export function unknownRun(run: RunId): EquipoiseError {
  return new EquipoiseError("run/unknown", t`There is no run ${run}. See equipoise runs.`);
}

async function summaryOf(folder: string, run: RunId): Promise<RunSummary | undefined> {
  const place = runFolderOf(folder, run);
  const info = await stat(join(place, descriptionFile)).catch(() => undefined);
  if (!info) return undefined;
  const stamp = `${info.size} ${info.mtimeMs}`;
  const known = ended.get(place);
  const summary = known?.stamp === stamp ? known.summary : await summarise(folder, run);
  if (!summary) return undefined;
  if (["finished", "stopped", "failed"].includes(summary.state)) ended.set(place, { stamp, summary });
  const title = await readTitle(titlePath(folder, run));
  return { ...summary, ...(title === undefined ? {} : { title }) };
}

/** All but the title, which changes after the end. */
async function summarise(folder: string, run: RunId): Promise<RunSummary | undefined> {
  const place = runFolderOf(folder, run);
  const description = await readDescription(place);
  if (!description) return undefined;
  const { experiment, loss, seed, classes, started, state } = description;
  const accuracy = state.kind === "finished" ? state.balancedAccuracy : undefined;
  const isOpen = state.kind === "running" && (await isWritten(folder, run, experiment));
  return {
    id: run,
    ...(experiment === undefined ? {} : { experiment }),
    loss: loss ?? "unnamed",
    ...(seed === undefined ? {} : { seed }),
    classes: classes.length,
    ...(started === undefined ? {} : { started }),
    state: state.kind !== "running" ? state.kind : isOpen ? "running" : "interrupted",
    step: (await lastLine(place))?.step ?? 0,
    ...(accuracy === undefined ? {} : { balancedAccuracy: accuracy }),
  };
}

/** Whether the process of its experiment lives; a run of another program is known by its last sign of life. */
async function isWritten(folder: string, run: RunId, experiment: string | undefined): Promise<boolean> {
  const file = experiment === undefined ? undefined : await readExperiment(folder, experiment);
  if (file && isOwnerThere(file) === false) return false;
  return isWrittenTo(folder, run);
}

function titlePath(folder: string, run: RunId): string {
  return join(runFolderOf(folder, run), "title.txt");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
