/** The sweep that an action of `equipoise sweep` is about, and where its results lie. */
import { resolve } from "node:path";
import { readSweep, type Sweep } from "#engine/sweep/sweepFile.ts";
import { onlyPath } from "../command.ts";

/** Options of every action on a sweep file. */
export const placeOptions = { results: { type: "string" }, json: { type: "boolean" } } as const;

export interface OpenedSweep {
  readonly sweep: Sweep;
  /** The folder that holds `.equipoise`. */
  readonly root: string;
}

/** Opens the only file among the arguments. Throws as `readSweep` does. */
export async function openSweep(
  positionals: readonly string[],
  action: string,
  results: string | undefined,
): Promise<OpenedSweep> {
  const sweep = await readSweep(onlyPath(positionals, `sweep ${action} FILE`));
  return { sweep, root: results === undefined ? sweep.folder : resolve(results) };
}
