/** `equipoise sweep ray stop`: ends the jobs of a sweep. */
import { hasEnded } from "#engine/sweep/ray/api.ts";
import { pause } from "#engine/sweep/ray/patience.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import { type ExitCode, parseCommand, type Surroundings } from "../command.ts";
import { jobsOptions, lookWaits, openJobs } from "./rayPlace.ts";

export async function stopCommand(
  args: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<ExitCode> {
  const { values, positionals } = parseCommand("sweep", args, jobsOptions);
  const { api, notes, ask } = await openJobs(positionals, "ray stop", values, signal);
  const open = notes.filter(({ end }) => end === undefined);
  const stopped = await Promise.all(
    open.map(async ({ id }) => {
      const job = await ask(() => api.job(id));
      if (!job || hasEnded(job)) return false;
      await ask(() => api.stop(id));
      for (;;) {
        const now = await ask(() => api.job(id));
        if (!now || hasEnded(now)) return true;
        await pause(lookWaits.shortest / 2, signal);
      }
    }),
  );
  const count = stopped.filter(Boolean).length;
  terminal.print(
    `${count} ${count === 1 ? "job" : "jobs"} stopped. equipoise sweep ray takes over what they had finished and goes on with the rest.`,
  );
  return sweepExitCodes.done;
}
