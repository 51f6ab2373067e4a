/** A sweep as a Slurm array script, to be read and submitted by its user. */
import { EquipoiseError } from "#protocol/errors.ts";
import { type SweepFile, type SweepJob, sweepExitCodes } from "#protocol/sweep.ts";
import { batchesOf } from "./batches.ts";
import { shellWord } from "./shell.ts";
import { trialCount } from "./sweepFile.ts";

/** Slurm's own default of MaxArraySize is 1001. */
const usualArray = 1000;
/** Times that an interrupted task puts itself back into the queue. */
const usualRetries = 5;

/**
 * Returns the text of a script for sbatch. Throws `settings/invalid` for an amount or a path that no script can have. Without a
 * batch as many trials go into one task as keep the array within Slurm's usual limit.
 */
export function slurmScript(file: SweepFile, job: SweepJob): string {
  const batch = job.batch ?? Math.ceil(trialCount(file) / usualArray);
  const tasks = batchesOf(file, batch);
  const parallel = job.parallel === undefined ? "" : `%${job.parallel}`;
  const options = [
    ["job-name", oneLine("name", job.name ?? file.id)],
    ["array", `0-${tasks - 1}${parallel}`],
    ["ntasks", "1"],
    ["cpus-per-task", String(job.cpus ?? file.backend.threads)],
    ["mem", memoryOf(job.memory ?? "2G")],
    ["time", timeOf(job.time ?? "04:00:00")],
    ...(job.gpus ? [["gres", `gpu:${job.gpus}`]] : []),
    ...(job.partition === undefined ? [] : [["partition", oneLine("partition", job.partition)]]),
    // The shell, not only its children, is told 90 s before the time is up.
    ["signal", "B:TERM@90"],
    ["requeue", ""],
    ["open-mode", "append"],
    ["output", "slurm-%A_%a.log"],
  ];
  const words = [job.node ?? "node", job.program, "train", "--sweep", job.sweep, "--results", job.results];
  const command = [...words, ...(batch > 1 ? ["--batch", String(batch)] : [])]
    .map((word) => shellWord(oneLine("path", word)))
    .join(" ");
  // What looks like a variable in a path is none.
  const literal = /[$`]/.test(command) ? "# shellcheck disable=SC2016\n" : "";
  const { id, threads } = file.backend;
  return `#!/bin/bash
# ${file.id}: written by equipoise sweep slurm. Read it, then: sbatch FILE
# ${trialCount(file)} trials, ${batch} a task; every trial trains on ${id} with ${threads} ${threads === 1 ? "thread" : "threads"}, and refuses where that is not there.
${options.map(([name, value]) => `#SBATCH --${name}${value === "" ? "" : `=${value}`}`).join("\n")}
set -u

# Passes a warning on, so that the trial writes its checkpoint.
child=
trap '[ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM INT

${literal}${command} &
child=$!
wait "$child"
code=$?
# A trapped signal ends the first wait before the trial has ended.
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done

# ${sweepExitCodes.tryAgain}: interrupted with a checkpoint, or trained by another worker.
if [ "$code" -eq ${sweepExitCodes.tryAgain} ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${job.retries ?? usualRetries} ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}" && exit 0
fi
exit "$code"
`;
}

function oneLine(what: string, text: string): string {
  if (!/[\r\n\0]/.test(text) && text.trim() !== "") return text;
  throw new EquipoiseError("settings/invalid", `${what} ${JSON.stringify(text)}: expected one line.`);
}

function memoryOf(text: string): string {
  const [, amount, unit] = /^(\d+)([KMGT]?)i?B?$/i.exec(text) ?? [];
  if (amount !== undefined) return `${amount}${(unit ?? "").toUpperCase()}`;
  throw new EquipoiseError("settings/invalid", `memory ${text}: expected an amount such as 2G or 500M.`);
}

function timeOf(text: string): string {
  if (/^(\d+-)?\d+(:\d\d){0,2}$/.test(text)) return text;
  throw new EquipoiseError("settings/invalid", `time ${text}: expected such as 04:00:00 or 2-00:00:00.`);
}
