/** What a client remembers of the jobs of a sweep, so that the next one finds them: `ray.json` beside the results. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "#engine/runs/files.ts";
import { EquipoiseError } from "#protocol/errors.ts";
import type { SweepId } from "#protocol/sweep.ts";
import type { SweepRay } from "#protocol/sweepRequests.ts";
import { sweepFolder } from "../results.ts";
import type { RayStatus } from "./api.ts";

export interface JobNote {
  readonly id: string;
  /** As `--index` takes them. */
  readonly indices: string;
  /** Absent: on its way, waiting or running. LOST: the cluster does not know it any more. */
  readonly end?: RayStatus | "LOST";
  /** What Ray said at the end, where it was no success. */
  readonly message?: string;
}

export interface RayNotes {
  readonly format: "equipoise-ray";
  readonly version: 1;
  readonly sweep: SweepId;
  /** Without secrets: a token is in no file. */
  readonly address: string;
  /** In the order of submission. */
  readonly jobs: readonly JobNote[];
}

function notesPath(root: string, id: SweepId): string {
  return join(sweepFolder(root, id), "ray.json");
}

/** Returns the notes of a sweep; undefined where it was never on Ray. Throws `data/unreadable`. */
export async function readNotes(root: string, id: SweepId): Promise<RayNotes | undefined> {
  const path = notesPath(root, id);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const notes = JSON.parse(text) as RayNotes;
    if (notes.format === "equipoise-ray" && notes.version === 1 && Array.isArray(notes.jobs)) return notes;
  } catch {
    // Told below.
  }
  throw new EquipoiseError(
    "data/unreadable",
    `${path} are no notes of this version. Delete the file: jobs are found again by their ids.`,
  );
}

/** Returns what the notes tell of the jobs of a sweep; undefined where there are none that can be read. */
export async function rayJobs(root: string, id: SweepId): Promise<SweepRay | undefined> {
  const notes = await readNotes(root, id).catch(() => undefined);
  if (!notes) return undefined;
  const open = notes.jobs.filter(({ end }) => end === undefined).length;
  const trouble = notes.jobs.findLast(({ message }) => message !== undefined)?.message;
  const { address, jobs } = notes;
  return { address, open, ended: jobs.length - open, ...(trouble === undefined ? {} : { trouble }) };
}

/** Throws `disk/full`. */
export async function writeNotes(root: string, notes: RayNotes): Promise<void> {
  const { jobs, ...rest } = notes;
  const lines = jobs.map((job) => `    ${JSON.stringify(job)}`).join(",\n");
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, "");
  await replaceFile(notesPath(root, notes.sweep), `${head},\n  "jobs": [${lines && `\n${lines}\n  `}]\n}\n`);
}
