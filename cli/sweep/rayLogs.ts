/** `equipoise sweep ray logs`: what the jobs of a sweep print. */
import { hasEnded, openRay, type RayApi, type RayJob } from "#engine/sweep/ray/api.ts";
import { withoutFrames } from "#engine/sweep/ray/frames.ts";
import { indicesOf } from "#engine/sweep/ray/jobs.ts";
import { type JobNote, readNotes } from "#engine/sweep/ray/notes.ts";
import { patiently, pause, type Waits } from "#engine/sweep/ray/patience.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { openSweep } from "./place.ts";
import { addressFor } from "./rayPlace.ts";

/** Milliseconds. */
const waits: Waits = { shortest: 1000, longest: 5000, patience: 60_000 };

export async function logsCommand(
  args: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand(args, {
    address: { type: "string" },
    results: { type: "string" },
    index: { type: "string" },
    follow: { type: "boolean" },
  });
  const { sweep, root } = await openSweep(positionals, "ray logs", values.results);
  const api = openRay(await addressFor(sweep, root, values.address), signal);
  const notes = (await readNotes(root, sweep.file.id))?.jobs ?? [];
  const jobs = notes.filter(
    ({ indices }) => values.index === undefined || indicesOf(indices).includes(Number(values.index)),
  );
  if (jobs.length === 0) {
    const what = values.index === undefined ? "no job" : `no job with trial ${values.index}`;
    throw new EquipoiseError(
      "run/unknown",
      `${sweep.file.id} had ${what} on Ray yet. Start it: equipoise sweep ray.`,
    );
  }
  const told = new Map<string, number>();
  for (;;) {
    const open = await Promise.all(jobs.map((job) => tellNew(job, api, told, terminal, signal)));
    if (!values.follow || !open.includes(true)) return sweepExitCodes.done;
    await pause(waits.shortest * 2, signal);
  }
}

/** Prints what is new in a job's log, and returns whether more may come. */
async function tellNew(
  { id, end }: JobNote,
  api: RayApi,
  told: Map<string, number>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  if (told.get(id) === Number.POSITIVE_INFINITY) return false;
  const job = await patiently(waits, () => api.job(id), signal);
  const log = await patiently(waits, () => api.logs(id), signal);
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
