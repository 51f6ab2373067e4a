/** The runs of a folder, those of other programs among them. */

import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { EquipoiseError } from "#protocol/errors.ts";
import { t } from "#protocol/l10n.ts";
import type { OpenedRun, RunSummary } from "#protocol/runs.ts";
import type { RunId } from "#protocol/training.ts";
import { runFolderOf } from "./experimentFile.ts";
import { isAlive } from "./process.ts";
import { readRun, type StoredRun } from "./runFolder.ts";
import { isPlainName, readTitle, writeTitle } from "./title.ts";

/** A run that nobody wrote to for so long, in milliseconds, is not running any more; checkpoints come every 10 s. */
const silent = 60_000;

/** Returns the runs of a folder, newest first; what is no run of this version is left out. */
export async function listRuns(folder: string): Promise<RunSummary[]> {
  const entries = await readdir(runFolderOf(folder, "."), { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map(({ name }) => summaryOf(folder, name)),
  );
  return found
    .filter((summary) => summary !== undefined)
    .sort((a, b) => compareText(b.started ?? "", a.started ?? "") || compareText(a.id, b.id));
}

/** Returns a run with the reports after the first `after` ones. Throws `run/unknown`. */
export async function openRun(folder: string, run: RunId, after = 0): Promise<OpenedRun> {
  requireRunId(run);
  const stored = await readRun(runFolderOf(folder, run));
  if (!stored) throw unknownRun(run);
  const gradients = stored.gradients.slice(after);
  const from = gradients[0]?.step ?? Number.POSITIVE_INFINITY;
  return {
    summary: await summarise(folder, run, stored),
    classes: stored.description.classes,
    counts: stored.description.counts,
    reports: stored.gradients.length,
    gradients,
    epochs: stored.epochs.filter(({ step }) => step >= from),
  };
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
  if (!(await stat(join(runFolderOf(folder, run), "run.json")).catch(() => undefined))) throw unknownRun(run);
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
  const stored = await readRun(runFolderOf(folder, run)).catch(() => undefined);
  return stored && summarise(folder, run, stored);
}

async function summarise(
  folder: string,
  run: RunId,
  { description, gradients }: StoredRun,
): Promise<RunSummary> {
  const title = await readTitle(titlePath(folder, run));
  const { experiment, loss, seed, classes, started, state } = description as Partial<typeof description>;
  const accuracy = state?.kind === "finished" ? state.balancedAccuracy : undefined;
  return {
    id: run,
    ...(title === undefined ? {} : { title }),
    ...(experiment === undefined ? {} : { experiment }),
    loss: loss ?? "unnamed",
    ...(seed === undefined ? {} : { seed }),
    classes: classes?.length ?? 0,
    ...(started === undefined ? {} : { started }),
    state:
      state?.kind === "running" || state === undefined
        ? (await isWritten(folder, run, experiment))
          ? "running"
          : "interrupted"
        : state.kind,
    step: gradients.at(-1)?.step ?? 0,
    ...(accuracy === undefined ? {} : { balancedAccuracy: accuracy }),
  };
}

/** Whether the process of its experiment lives; a run of another program is known by its last sign of life. */
async function isWritten(folder: string, run: RunId, experiment: string | undefined): Promise<boolean> {
  const path = experiment && join(folder, ".equipoise", "experiments", `${experiment}.json`);
  const owner = path
    ? await readFile(path, "utf8").then(
        (text) => JSON.parse(text) as { process?: number },
        () => undefined,
      )
    : undefined;
  if (owner?.process !== undefined && !isAlive(owner.process)) return false;
  const times = await Promise.all(
    ["scalars.jsonl", "classes.npy", "run.json", "checkpoint.safetensors"].map((name) =>
      stat(join(runFolderOf(folder, run), name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times) < silent;
}

function titlePath(folder: string, run: RunId): string {
  return join(runFolderOf(folder, run), "title.txt");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
