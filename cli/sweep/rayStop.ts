/** `equipoise sweep ray stop`: ends the jobs of a sweep. */
import { hasEnded, openRay } from "#engine/sweep/ray/api.ts";
import { readNotes } from "#engine/sweep/ray/notes.ts";
import { patiently, pause, type Waits } from "#engine/sweep/ray/patience.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import { openSweep } from "./place.ts";
import { addressFor } from "./rayPlace.ts";

/** Milliseconds. */
const waits: Waits = { shortest: 500, longest: 5000, patience: 60_000 };

export async function stopCommand(
  args: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand(args, {
    address: { type: "string" },
    results: { type: "string" },
  });
  const { sweep, root } = await openSweep(positionals, "ray stop", values.results);
  const api = openRay(await addressFor(sweep, root, values.address), signal);
  const notes = (await readNotes(root, sweep.file.id))?.jobs ?? [];
  const open = notes.filter(({ end }) => end === undefined);
  const stopped = await Promise.all(
    open.map(async ({ id }) => {
      const job = await patiently(waits, () => api.job(id), signal);
      if (!job || hasEnded(job)) return false;
      await patiently(waits, () => api.stop(id), signal);
      for (;;) {
        const now = await patiently(waits, () => api.job(id), signal);
        if (!now || hasEnded(now)) return true;
        await pause(waits.shortest, signal);
      }
    }),
  );
  const count = stopped.filter(Boolean).length;
  terminal.print(
    `${count} ${count === 1 ? "job" : "jobs"} stopped. equipoise sweep ray takes over what they had finished and goes on with the rest.`,
  );
  return sweepExitCodes.done;
}
