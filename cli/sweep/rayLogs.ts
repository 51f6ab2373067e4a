/** `equipoise sweep ray logs`: what the jobs of a sweep print. */
import { hasEnded, type RayJob } from "#engine/sweep/ray/api.ts";
import { withoutFrames } from "#engine/sweep/ray/frames.ts";
import { indicesOf } from "#engine/sweep/ray/jobs.ts";
import type { JobNote } from "#engine/sweep/ray/notes.ts";
import { pause } from "#engine/sweep/ray/patience.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { jobsOptions, lookWaits, openJobs, type RayJobs } from "./rayPlace.ts";

export async function logsCommand(
  args: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, {
    ...jobsOptions,
    index: { type: "string" },
    follow: { type: "boolean" },
  });
  const opened = await openJobs(positionals, "ray logs", values, signal);
  const jobs = opened.notes.filter(
    ({ indices }) => values.index === undefined || indicesOf(indices).includes(Number(values.index)),
  );
  if (jobs.length === 0) {
    const what = values.index === undefined ? "no job" : `no job with trial ${values.index}`;
    throw new EquipoiseError(
      "run/unknown",
      `${opened.id} had ${what} on Ray yet. Start it: equipoise sweep ray.`,
    );
  }
  const told = new Map<string, number>();
  for (;;) {
    const open = await Promise.all(jobs.map((job) => tellNew(job, opened, told, terminal)));
    if (!values.follow || !open.includes(true)) return sweepExitCodes.done;
    await pause(2 * lookWaits.shortest, signal);
  }
}

/** Prints what is new in a job's log, and returns whether more may come. */
async function tellNew(
  { id, end }: JobNote,
  { api, ask }: RayJobs,
  told: Map<string, number>,
  terminal: Terminal,
): Promise<boolean> {
  if (told.get(id) === Number.POSITIVE_INFINITY) return false;
  const job = await ask(() => api.job(id));
  const log = await ask(() => api.logs(id));
  const before = told.get(id) ?? 0;
  const text = withoutFrames((log ?? "").slice(before)).trimEnd();
  if (text !== "") terminal.print(text.replace(/^/gm, `${id}  `));
  if (log === undefined && before === 0)
    terminal.complain(`${id} (${endOf(job, end)}): its log is gone with its node.`);
  const isOpen = job !== undefined && !hasEnded(job);
  told.set(id, isOpen ? (log ?? "").length : Number.POSITIVE_INFINITY);
  return isOpen;
}

function endOf(job: RayJob | undefined, end: JobNote["end"]): string {
  return job?.status ?? end ?? "LOST";
}
