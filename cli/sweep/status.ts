/** `equipoise sweep status` and `list`: how far sweeps are, from their files alone. */
import { readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { readResults } from "#engine/sweep/results.ts";
import { logTail, sweepStatus } from "#engine/sweep/status.ts";
import { readSweep, trialCount } from "#engine/sweep/sweepFile.ts";
import { backendText } from "#engine/sweep/worker.ts";
import type { SweepStatus } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import { clock } from "../experiment.ts";
import { requireFolder } from "../files.ts";
import { bar, styled, type Terminal, table } from "../terminal.ts";
import { openSweep, placeOptions } from "./place.ts";

export const statusHelp: readonly string[] = [
  "status FILE [--logs]         how far it is, here and elsewhere: finished, running, failed, with an estimate; --logs: of",
  "                             each failure the end of its log",
  "list [FOLDER]                the sweep files of a folder (this one) with how far each is",
];

/** Failures and running trials that are printed. */
const most = 10;

export async function statusCommand(args: readonly string[], { terminal }: Surroundings): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, { ...placeOptions, logs: { type: "boolean" } });
  const { sweep, root } = await openSweep(positionals, "status", values.results);
  const status = await sweepStatus(sweep, root, await readResults(root, sweep.file.id));
  if (values.json) terminal.print(JSON.stringify(status, null, 2));
  else await printStatus(terminal, status, values.logs === true);
  return 0;
}

async function printStatus(terminal: Terminal, status: SweepStatus, logs: boolean): Promise<void> {
  const { id, trials, finished, failed, running, secondsPerTrial, secondsLeft, versions } = status;
  const ended = finished + failed.length;
  terminal.print(`${styled(terminal, "bold", id)}  ${bar(terminal, ended / trials, 28)}  ${amounts(status)}`);
  if (secondsPerTrial !== undefined) {
    const left = secondsLeft === undefined ? "" : `, ${clock(secondsLeft)} left with the workers there are`;
    terminal.print(`  ${secondsPerTrial.toPrecision(3)} s a trial${left}`);
  }
  if (versions) terminal.print(`  results of several versions of Equipoise: ${versions.join(", ")}`);
  for (const { index, by, attempt, steps } of running.slice(0, most)) {
    const again = attempt > 1 ? `, attempt ${attempt}` : "";
    terminal.print(`  trial ${index}: ${steps === "" ? "begun" : `${steps} steps`}, ${by}${again}`);
  }
  if (running.length > most) terminal.print(`  and ${formatCount(running.length - most)} more running`);
  for (const { index, message, log } of failed.slice(0, logs ? undefined : most)) {
    terminal.print(`  trial ${index} failed: ${message}\n    ${relative(process.cwd(), log)}`);
    if (logs) terminal.print((await logTail(log)).replace(/^/gm, "    "));
  }
  if (!logs && failed.length > most)
    terminal.print(`  and ${formatCount(failed.length - most)} more failed: --logs`);
}

function amounts({ trials, finished, failed, running }: SweepStatus): string {
  const waiting = trials - finished - failed.length - running.length;
  return [
    `${formatCount(finished)} of ${formatCount(trials)} finished`,
    ...(failed.length > 0 ? [`${formatCount(failed.length)} failed`] : []),
    `${formatCount(running.length)} running`,
    `${formatCount(waiting)} waiting`,
  ].join(", ");
}

export async function listCommand(args: readonly string[], { terminal }: Surroundings): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, placeOptions);
  const folder = resolve(positionals[0] ?? ".");
  await requireFolder(folder);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".sweep.json")).sort();
  const rows: string[][] = [];
  const found: unknown[] = [];
  for (const name of names) {
    const sweep = await readSweep(join(folder, name)).catch((problem: Error) => problem.message);
    if (typeof sweep === "string") {
      terminal.complain(sweep);
      continue;
    }
    const { file } = sweep;
    const root = values.results === undefined ? folder : resolve(values.results);
    const status = await sweepStatus(sweep, root, await readResults(root, file.id));
    found.push({ path: sweep.path, created: file.created, ...status });
    const trials = formatCount(trialCount(file));
    rows.push([
      name,
      file.id,
      trials,
      `${formatCount(status.finished)} finished`,
      backendText(file.backend),
      file.created.slice(0, 10),
    ]);
  }
  if (values.json) terminal.print(JSON.stringify(found, null, 2));
  else if (rows.length === 0)
    terminal.print(`No sweep files (NAME.sweep.json) in ${folder}. Write one with equipoise sweep plan.`);
  else
    for (const row of table([["file", "sweep", "trials", "", "backend", "planned"], ...rows]))
      terminal.print(row);
  return 0;
}
