/** `equipoise sweep ray`: the trials of a sweep on a Ray cluster. */
import { basename } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { type ClusterAddress, tokenVariable } from "#engine/sweep/ray/address.ts";
import { openRay } from "#engine/sweep/ray/api.ts";
import type { Entry } from "#engine/sweep/ray/jobs.ts";
import type { RayEvent, RayOptions, RayOutcome } from "#engine/sweep/ray/options.ts";
import { nodeFile, packFiles, programFiles, type RayPackage, sweepFiles } from "#engine/sweep/ray/package.ts";
import { runOnRay } from "#engine/sweep/ray/raySweep.ts";
import { endedTrials, readResult } from "#engine/sweep/results.ts";
import { type Sweep, trialCount } from "#engine/sweep/sweepFile.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, positiveNumber, type Surroundings, wholeNumber } from "../command.ts";
import { outcomeText } from "../sweepTrial.ts";
import { bar, type StatusLine, statusLine, type Terminal } from "../terminal.ts";
import { openSweep, placeOptions } from "./place.ts";
import { logsCommand } from "./rayLogs.ts";
import { addressFor } from "./rayPlace.ts";
import { stopCommand } from "./rayStop.ts";

export const rayHelp: readonly string[] = [
  "ray FILE --address URL       all trials on a Ray cluster, through its Jobs API; the same command finds jobs that run",
  `                             again. A token is read from ${tokenVariable}`,
  "  --batch N  --jobs N        trials of one job; jobs at the same time (8)",
  "  --cpus X  --gpus X         that a job asks for (the threads of a trial; 0)",
  "  --node PATH                Node on the nodes (node); or --upload-node FILE: a Node for Linux that is sent along",
  "  --program PATH             cli.cjs on the nodes, where they have it; else this one is sent",
  "  --shared PATH              the folder of the sweep file as the nodes see it; else file and data are sent, and results",
  "                             come back through the logs",
  "  --attempts N               how often a trial is begun that the cluster loses (5)",
  "  --patience MINUTES         for a cluster that does not answer (10)",
  "  --follow                   shows the logs of the jobs as they run",
  "ray logs FILE [--index N]    what the jobs print, or the one with trial N; --follow until they end",
  "ray stop FILE                ends the jobs; sweep ray goes on with what is left",
];

const rayOptions = {
  ...placeOptions,
  address: { type: "string" },
  batch: { type: "string" },
  jobs: { type: "string" },
  cpus: { type: "string" },
  gpus: { type: "string" },
  node: { type: "string" },
  "upload-node": { type: "string" },
  program: { type: "string" },
  shared: { type: "string" },
  attempts: { type: "string" },
  patience: { type: "string" },
  follow: { type: "boolean" },
} as const;

type RayValues = ReturnType<typeof parseCommand<typeof rayOptions>>["values"];

export async function rayCommand(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const [action, ...rest] = args;
  if (action === "logs") return logsCommand(rest, surroundings);
  if (action === "stop") return stopCommand(rest, surroundings);
  const { values, positionals } = parseCommand("sweep", args, rayOptions);
  const { sweep, root } = await openSweep(positionals, "ray", values.results);
  requireOneResultsFolder(values);
  const address = await addressFor(sweep, root, values.address);
  const { terminal, signal } = surroundings;
  const line = statusLine(terminal, process.stdout);
  const options = await optionsFor(sweep, root, address, values, signal);
  try {
    const outcome = await runOnRay(
      sweep,
      openRay(address, signal),
      options,
      (event) => show(event, sweep, terminal, line, values.json === true),
      signal,
    );
    line.clear();
    return await conclude(outcome, sweep, root, terminal);
  } catch (problem) {
    line.clear();
    if (!signal.aborted || problem instanceof EquipoiseError) throw problem;
    terminal.complain(
      "this end is closed; the jobs go on. The same command finds them again, equipoise sweep ray stop ends them.",
    );
    return sweepExitCodes.tryAgain;
  }
}

/** With `--shared` workers write beside the sweep file, and so does this end. */
function requireOneResultsFolder({ results, shared }: RayValues): void {
  if (results === undefined || shared === undefined) return;
  throw new EquipoiseError(
    "settings/invalid",
    "--results does not go with --shared: nodes write the results beside the sweep file.",
  );
}

async function optionsFor(
  sweep: Sweep,
  root: string,
  { url }: ClusterAddress,
  values: RayValues,
  signal: AbortSignal,
): Promise<RayOptions> {
  const jobs = wholeNumber("jobs", values.jobs) ?? 8;
  const left = trialCount(sweep.file) - (await endedTrials(root, sweep.file.id)).length;
  const { entry, package: needed } = await provisionsFor(sweep, values, signal);
  return {
    root,
    address: url,
    entry,
    ...(needed ? { package: needed } : {}),
    jobs,
    // Four jobs for each place: a lost one takes little along, and the last ones end at about the same time.
    batch: wholeNumber("batch", values.batch) ?? Math.max(1, Math.ceil(left / (4 * jobs))),
    cpus: positiveNumber("cpus", values.cpus) ?? sweep.file.backend.threads,
    gpus: positiveNumber("gpus", values.gpus) ?? 0,
    attempts: wholeNumber("attempts", values.attempts) ?? 5,
    follow: values.follow === true,
    waits: {
      shortest: 1000,
      longest: 5000,
      patience: (positiveNumber("patience", values.patience) ?? 10) * 60_000,
    },
  };
}

/** What nodes have, and what is sent to them. */
async function provisionsFor(
  sweep: Sweep,
  values: RayValues,
  signal: AbortSignal,
): Promise<{ readonly entry: Entry; readonly package?: RayPackage }> {
  const { node, program, shared, "upload-node": upload } = values;
  if (node !== undefined && upload !== undefined)
    throw new EquipoiseError("settings/invalid", "--node and --upload-node: give one of them.");
  const data = shared === undefined ? await sweepFiles(sweep) : undefined;
  const files = [
    ...(program === undefined ? await programFiles(__dirname) : []),
    ...(upload === undefined ? [] : [await nodeFile(upload)]),
    ...(data?.files ?? []),
  ];
  const entry: Entry = {
    node: upload === undefined ? (node ?? "node") : "bin/node",
    program: program ?? "program/cli.cjs",
    sweep: data?.sweep ?? `${(shared ?? "").replace(/\/+$/, "")}/${basename(sweep.path)}`,
    isShared: data === undefined,
  };
  return files.length === 0 ? { entry } : { entry, package: await packFiles(files, signal) };
}

function show(event: RayEvent, sweep: Sweep, terminal: Terminal, line: StatusLine, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(event));
    return;
  }
  if (event.kind === "progress") {
    const { ended, trials, running, waiting } = event;
    line.show(
      `${bar(terminal, ended / trials, 28)}  ${formatCount(ended)}/${formatCount(trials)}  ` +
        `jobs: ${running} running, ${waiting} waiting`,
    );
    return;
  }
  line.clear();
  if (event.kind === "result")
    terminal.print(outcomeText(sweep, { kind: event.result.state, result: event.result }));
  else if (event.kind === "log") terminal.print(event.text.replace(/^/gm, `${event.job}  `).trimEnd());
  else terminal.complain(event.message);
}

async function conclude(
  { kind, ended, givenUp }: RayOutcome,
  sweep: Sweep,
  root: string,
  terminal: Terminal,
): Promise<ExitCode> {
  const trials = trialCount(sweep.file);
  for (const { index, message } of givenUp) terminal.complain(`trial ${index} was given up: ${message}`);
  if (kind !== "finished") {
    terminal.complain(
      `${formatCount(trials - ended)} of ${formatCount(trials)} trials are left. The same command goes on with them.`,
    );
    return sweepExitCodes.tryAgain;
  }
  for (let index = 0; index < trials; index++) {
    const result = await readResult(root, sweep.file.id, index);
    if (result?.state === "failed") return sweepExitCodes.failed;
  }
  return sweepExitCodes.done;
}
