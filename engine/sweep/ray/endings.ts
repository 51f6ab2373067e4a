/** What the end of a job means for its trials. */
import { EquipoiseError, type ErrorCode } from "#protocol/errors.ts";
import { sweepExitCodes } from "#protocol/sweep.ts";
import type { RayJob } from "./api.ts";

export type JobEnd =
  | { readonly kind: "done" }
  /** What every other job would end with too. */
  | { readonly kind: "refused"; readonly problem: EquipoiseError }
  /** Somebody stopped it: here, on Ray's page, or with Ray's own command. */
  | { readonly kind: "stopped"; readonly message: string }
  /** Another worker, on Ray or not, has a trial of it. */
  | { readonly kind: "held"; readonly message: string }
  /** It waited for a node in vain. */
  | { readonly kind: "no-room"; readonly message: string }
  /** Its node could not begin it, or not tell of it: what other nodes may do as well. */
  | { readonly kind: "not-begun"; readonly message: string }
  /** It ended while a trial ran, as with its node. */
  | { readonly kind: "lost"; readonly index: number; readonly message: string };

/** Exit codes of a worker after which another attempt gives the same, and of a shell that finds no program. */
const refusals: ReadonlyMap<number, { readonly code: ErrorCode; readonly next: string }> = new Map([
  [sweepExitCodes.usage, { code: "settings/invalid", next: "" }],
  [sweepExitCodes.dataChanged, { code: "data/changed", next: "" }],
  [sweepExitCodes.backendUnavailable, { code: "backend/unavailable", next: "" }],
  [sweepExitCodes.cannotWrite, { code: "disk/full", next: "" }],
  [
    126,
    {
      code: "settings/invalid",
      next: " Node does not run on the node: name another with --node or --upload-node.",
    },
  ],
  [
    127,
    {
      code: "settings/invalid",
      next: " The node has no Node: name it with --node PATH, or send one with --upload-node FILE.",
    },
  ],
]);

const noRoom = ["JOB_SUPERVISOR_ACTOR_START_TIMEOUT", "JOB_SUPERVISOR_ACTOR_UNSCHEDULABLE"];
const notBegun = [
  "RUNTIME_ENV_SETUP_FAILURE",
  "JOB_SUPERVISOR_ACTOR_START_FAILURE",
  "JOB_ENTRYPOINT_COMMAND_START_ERROR",
];

/** Returns what to do about a job that is over; `job` is undefined where the cluster does not know it any more. */
export function judge(
  id: string,
  job: RayJob | undefined,
  missing: readonly number[],
  hasLog: boolean,
): JobEnd {
  const [index] = missing;
  if (index === undefined) return { kind: "done" };
  const left = `${missing.length} of its trials had not ended`;
  if (!job) return { kind: "lost", index, message: `${id}: the cluster does not know it any more; ${left}` };
  const said = shorten(job.message);
  const refusal = job.exitCode === undefined ? undefined : refusals.get(job.exitCode);
  if (job.status === "FAILED" && refusal)
    return { kind: "refused", problem: new EquipoiseError(refusal.code, `${id}: ${said}.${refusal.next}`) };
  if (job.status === "STOPPED") return { kind: "stopped", message: `${id} was stopped; ${left}` };
  if (!hasLog && job.status === "SUCCEEDED")
    return {
      kind: "not-begun",
      message: `${id} ended well, and its node does not give its log, which holds the results; ${left}. With --shared results need no log`,
    };
  if (job.exitCode === sweepExitCodes.tryAgain)
    return {
      kind: "held",
      message: `${id}: another worker has trials of it; looking again in half a minute`,
    };
  if (noRoom.includes(job.error ?? "")) return { kind: "no-room", message: `${id} found no node: ${said}` };
  if (notBegun.includes(job.error ?? ""))
    return { kind: "not-begun", message: `${id} could not begin: ${said}` };
  return { kind: "lost", index, message: `${id} ended with trial ${index} under way (${said})` };
}

/** Ray adds the last lines of the log; what they say last is what happened. */
function shorten(message: string): string {
  const lines = message.split("\n").map((line) => line.trim());
  const worker = lines.filter((line) => line.startsWith("equipoise: ")).at(-1);
  return (worker?.slice("equipoise: ".length) ?? lines.find(Boolean) ?? "no reason given")
    .replace(/\.$/, "")
    .slice(0, 500);
}
