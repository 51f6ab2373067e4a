/** `equipoise train --sweep`: trials of a sweep in this process, for a scheduler that reads exit codes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { formatPercent } from "#engine/statistics/format.ts";
import { trialsOfBatch } from "#engine/sweep/batches.ts";
import { frameOf } from "#engine/sweep/ray/frames.ts";
import { readSweep, type Sweep, trialCount } from "#engine/sweep/sweepFile.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import { EquipoiseError, type ErrorCode } from "#protocol/errors.ts";
import { sweepExitCodes, type TrialOutcome, type TrialResult } from "#protocol/sweep.ts";
import { type ExitCode, type Surroundings, wholeNumber } from "./command.ts";
import { bar, statusLine } from "./terminal.ts";

export const sweepTrialOptions = {
  sweep: { type: "string" },
  index: { type: "string" },
  batch: { type: "string" },
  results: { type: "string" },
  frames: { type: "boolean" },
} as const;

export const sweepTrialHelp: readonly string[] = [
  "--sweep FILE [--index N]     one trial of a sweep file, or several: 3, 10-19 or 1,4,7; without --index the number that",
  "                             JOB_COMPLETION_INDEX (Kubernetes) or SLURM_ARRAY_TASK_ID (Slurm) holds",
  "--batch N                    the index is that of N trials one after the other: 0 the first N, 1 the next",
  "--results FOLDER             of a sweep: the folder that holds .equipoise; default: that of the sweep file",
  "--frames                     of a sweep: results and runs as lines of the output, for whoever shares no disk; without",
  "                             --results they are kept nowhere else",
];

interface TrialValues {
  readonly sweep?: string | undefined;
  readonly index?: string | undefined;
  readonly batch?: string | undefined;
  readonly results?: string | undefined;
  readonly frames?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Runs the trials and returns the exit code of docs/scale.md; with `--json` one line a trial. */
export async function trainSweep(
  values: TrialValues & { readonly sweep: string },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const isKept = values.results !== undefined || !values.frames;
  const results = isKept ? values.results : await mkdtemp(join(tmpdir(), "equipoise-"));
  try {
    return exitCodeOf(await runTrials({ ...values, results }, surroundings));
  } catch (problem) {
    return codeOfProblem(problem, surroundings);
  } finally {
    if (!isKept && results !== undefined) await rm(results, { recursive: true, force: true });
  }
}

async function runTrials(
  values: TrialValues & { readonly sweep: string },
  { terminal, signal }: Surroundings,
): Promise<TrialOutcome[]> {
  const { results, frames, json } = values;
  const sweep = await readSweep(values.sweep);
  const indices = indicesOf(values, trialCount(sweep.file));
  const line = statusLine(terminal, process.stderr);
  const worker = createSweepWorker(sweep, {
    ...(results === undefined ? {} : { root: resolve(results) }),
    progress: (trial, step, steps) =>
      line.show(`trial ${trial}  ${bar(terminal, step / steps, 28)}  ${step}/${steps} steps`),
  });
  const outcomes: TrialOutcome[] = [];
  for (const trial of indices) {
    const outcome = await worker.run(trial, signal);
    line.clear();
    outcomes.push(outcome);
    terminal.print(json ? JSON.stringify(outcome) : outcomeText(sweep, outcome));
    if (frames && "result" in outcome) terminal.print(await frameOf(worker.root, outcome.result));
    if (outcome.kind === "stopped" && signal.aborted) break;
  }
  return outcomes;
}

function codeOfProblem(problem: unknown, { terminal, signal }: Surroundings): ExitCode {
  if (problem instanceof EquipoiseError) {
    terminal.complain(problem.message);
    return codeOfError[problem.code] ?? sweepExitCodes.usage;
  }
  if (signal.aborted) {
    terminal.complain("stopped. The same command goes on where it stopped.");
    return sweepExitCodes.tryAgain;
  }
  terminal.complain(`a mistake in Equipoise: ${problem instanceof Error ? problem.stack : String(problem)}`);
  return sweepExitCodes.internal;
}

const codeOfError: Partial<Record<ErrorCode, ExitCode>> = {
  "data/changed": sweepExitCodes.dataChanged,
  "backend/unavailable": sweepExitCodes.backendUnavailable,
  "disk/full": sweepExitCodes.cannotWrite,
  internal: sweepExitCodes.internal,
};

/** One that is not over weighs more than one that failed for good: the scheduler has to come again. */
function exitCodeOf(outcomes: readonly TrialOutcome[]): ExitCode {
  if (outcomes.some(({ kind }) => kind === "claimed" || kind === "stopped")) return sweepExitCodes.tryAgain;
  const failed = outcomes.some((outcome) => "result" in outcome && outcome.result.state === "failed");
  return failed ? sweepExitCodes.failed : sweepExitCodes.done;
}

/** Throws `settings/invalid`. */
function indicesOf(
  { index = indexOfEnvironment(process.env), batch }: TrialValues,
  trials: number,
): number[] {
  const size = wholeNumber("batch", batch);
  if (size === undefined) return parseIndices(index, trials);
  return parseIndices(index, Math.ceil(trials / size)).flatMap((each) => trialsOfBatch(each, size, trials));
}

/** Throws `settings/invalid` where nobody names a trial. */
function indexOfEnvironment(environment: NodeJS.ProcessEnv): string {
  const index = environment["JOB_COMPLETION_INDEX"] || environment["SLURM_ARRAY_TASK_ID"];
  if (index) return index;
  throw new EquipoiseError(
    "settings/invalid",
    "Which trial? Give --index, or start it where JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID is set. " +
      "All of them on this machine: equipoise sweep run.",
  );
}

/** Returns the trials of "3", "10-19" or "1,4,7-9", each once and in that order. Throws `settings/invalid`. */
export function parseIndices(text: string, trials: number): number[] {
  const parts = text.split(",").map((part) => {
    const [, first = "", last = first] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? [];
    return { first: first === "" ? Number.NaN : Number(first), last: Number(last) };
  });
  const wrong = parts.some(({ first, last }) => !(first <= last));
  if (wrong) {
    throw new EquipoiseError(
      "settings/invalid",
      `--index ${text}: expected a number from 0, a range such as 10-19, or several with commas between.`,
    );
  }
  const beyond = parts.find(({ last }) => last >= trials);
  if (beyond) {
    throw new EquipoiseError(
      "settings/invalid",
      `--index ${text}: the sweep has ${trials.toLocaleString("en")} trials, from 0 to ${trials - 1}.`,
    );
  }
  const all = parts.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  return [...new Set(all)];
}

/** What became of a trial, in a line. */
export function outcomeText(sweep: Sweep, outcome: TrialOutcome): string {
  switch (outcome.kind) {
    case "claimed":
      return `trial ${outcome.index}: trained by ${outcome.by}`;
    case "stopped":
      return `trial ${outcome.index}: ${outcome.message}`;
    case "skipped":
      return `${resultText(sweep, outcome.result)} (had ended before)`;
    default:
      return resultText(sweep, outcome.result);
  }
}

function resultText({ file }: Sweep, result: TrialResult): string {
  const { index, configuration, seed } = result;
  const loss = file.configurations[configuration]?.choice.loss;
  const what = `trial ${index}: ${loss}, seed ${seed}`;
  return result.state === "finished"
    ? `${what}, ${formatPercent(result.metrics.balancedAccuracy)} balanced accuracy`
    : `${what}, failed: ${result.message}`;
}
