/** On which cluster a sweep is, and its jobs there. */
import { type ClusterAddress, clusterAddress } from "#engine/sweep/ray/address.ts";
import { openRay, type RayApi } from "#engine/sweep/ray/api.ts";
import { type JobNote, readNotes } from "#engine/sweep/ray/notes.ts";
import { patiently, type Waits } from "#engine/sweep/ray/patience.ts";
import type { Sweep } from "#engine/sweep/sweepFile.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepId } from "#protocol/sweep.ts";
import { openSweep } from "./place.ts";

/** The address given, else that of the notes of an earlier call. */
export async function addressFor(
  { file }: Sweep,
  root: string,
  given: string | undefined,
): Promise<ClusterAddress> {
  const address = given ?? (await readNotes(root, file.id))?.address;
  if (address !== undefined) return clusterAddress(address, process.env);
  throw new EquipoiseError(
    "settings/invalid",
    "On which cluster? Give the address of Ray's dashboard, such as --address http://127.0.0.1:8265.",
  );
}

/** Milliseconds, of a command that looks at jobs. */
export const lookWaits: Waits = { shortest: 1000, longest: 5000, patience: 60_000 };

export interface RayJobs {
  readonly id: SweepId;
  readonly api: RayApi;
  /** As they were noted; none where the sweep was never on Ray. */
  readonly notes: readonly JobNote[];
  /** Asks again while there is no whole answer. */
  ask<T>(act: () => Promise<T>): Promise<T>;
}

/** The options that lead to the jobs of a sweep. */
export const jobsOptions = { address: { type: "string" }, results: { type: "string" } } as const;

/** Opens the jobs of the sweep that the words of a command name. */
export async function openJobs(
  positionals: readonly string[],
  command: string,
  { address, results }: { readonly address?: string | undefined; readonly results?: string | undefined },
  signal: AbortSignal,
): Promise<RayJobs> {
  const { sweep, root } = await openSweep(positionals, command, results);
  const { id } = sweep.file;
  const api = openRay(await addressFor(sweep, root, address), signal);
  const notes = (await readNotes(root, id))?.jobs ?? [];
  return { id, api, notes, ask: (act) => patiently(lookWaits, act, signal) };
}
