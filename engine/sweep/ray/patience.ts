/** Waiting: for a cluster that does not answer, and between two looks. */
import { setTimeout as sleep } from "node:timers/promises";
import { EquipoiseError } from "#protocol/errors.ts";
import { RayTrouble } from "./api.ts";

/** Milliseconds. */
export interface Waits {
  /** Between looks at the jobs: the first, and the longest while nothing changes. */
  readonly shortest: number;
  readonly longest: number;
  /** For a cluster that does not answer. */
  readonly patience: number;
}

/** Asks again while there is no whole answer, at growing distances; throws `cluster/unreachable` once patience ends. */
export async function patiently<T>(
  { shortest, longest, patience }: Waits,
  act: () => Promise<T>,
  signal?: AbortSignal,
  tell: (message: string) => void = () => {},
): Promise<T> {
  const until = performance.now() + patience;
  let wait = shortest;
  for (;;) {
    try {
      return await act();
    } catch (problem) {
      if (!(problem instanceof RayTrouble)) throw problem;
      if (performance.now() + wait > until) throw unreachable(problem, patience);
      tell(`${problem.message}; asking again`);
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, longest);
  }
}

/** Throws the signal's reason where it aborts meanwhile. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal ? { signal } : {});
}

function unreachable({ message }: RayTrouble, patience: number): EquipoiseError {
  const minutes = patience / 60_000;
  const waited = minutes >= 1 ? `${Math.round(minutes)} min` : `${Math.round(patience / 1000)} s`;
  return new EquipoiseError(
    "cluster/unreachable",
    `${message}; given up after ${waited}. What has come back is kept. Once the cluster is there again the same command ` +
      "goes on; jobs that still run there are found again.",
  );
}
