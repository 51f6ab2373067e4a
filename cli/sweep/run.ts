/** `equipoise sweep run`: all trials on this machine. */
import { join } from "node:path";
import { formatCount } from "#engine/statistics/format.ts";
import { type PoolOptions, runPool, usualWorkers } from "#engine/sweep/pool.ts";
import { type SweepProgress, sweepExitCodes } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings, wholeNumber } from "../command.ts";
import { clock } from "../experiment.ts";
import { outcomeText } from "../sweepTrial.ts";
import { bar, statusLine, type Terminal } from "../terminal.ts";
import { openSweep, placeOptions } from "./place.ts";
import { printRanking } from "./results.ts";

export const runHelp: readonly string[] = [
  "run FILE [--workers N]       all trials on this machine, in N processes (cores over threads of a trial); goes on where",
  "                             it was stopped, and beside workers on other machines",
];

export async function runCommand(
  args: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, {
    ...placeOptions,
    workers: { type: "string" },
  });
  const { sweep, root } = await openSweep(positionals, "run", values.results);
  const workers = wholeNumber("workers", values.workers) ?? usualWorkers(sweep.file.backend.threads);
  const line = statusLine(terminal, process.stdout);
  const options: PoolOptions = {
    root,
    workers,
    signal,
    script: join(__dirname, "engine.cjs"),
    progress: (progress) => line.show(progressText(terminal, progress)),
    ended: (outcome) => {
      line.clear();
      if (values.json) terminal.print(JSON.stringify(outcome));
      else if (!terminal.interactive || outcome.kind === "failed")
        terminal.print(outcomeText(sweep, outcome));
    },
    log: (text) => terminal.complain(text),
  };
  const end = await runPool(sweep, options);
  line.clear();
  if (end.kind === "stopped") {
    terminal.complain("stopped. The same command goes on where it stopped.");
    return sweepExitCodes.tryAgain;
  }
  if (!values.json) await printRanking(sweep, root, terminal);
  if (end.kind !== "given-up") return sweepExitCodes.done;
  terminal.complain(
    `${formatCount(end.indices.length)} trials took their process down three times each and were left out: ` +
      `${end.indices.slice(0, 5).join(", ")}. ${end.message} Fewer --workers leave each more memory.`,
  );
  return sweepExitCodes.failed;
}

function progressText(
  terminal: Terminal,
  { trials, finished, failed, running, secondsLeft }: SweepProgress,
): string {
  const begun = running.reduce((sum, { step, steps }) => sum + step / Math.max(1, steps), 0);
  const ended = finished + failed;
  const failures = failed > 0 ? `, ${formatCount(failed)} failed` : "";
  const left = secondsLeft === undefined ? "" : `  ${clock(secondsLeft)} left`;
  return (
    `${bar(terminal, (ended + begun) / Math.max(1, trials), 28)}  ${formatCount(ended)}/${formatCount(trials)}${failures}` +
    `  ${running.length} running${left}`
  );
}
