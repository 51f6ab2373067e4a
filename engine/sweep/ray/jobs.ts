/** Trials as jobs: which indices one runs, what it is called, and what its node executes. */
import { createHash } from "node:crypto";
import type { SweepId } from "#protocol/sweep.ts";
import { shellWord } from "../shell.ts";

/** Returns indices as `--index` takes them: "0-9,12". */
export function indexText(indices: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < indices.length; ) {
    const first = indices[at] as number;
    let last = first;
    while (indices[at + 1] === last + 1) {
      last++;
      at++;
    }
    at++;
    parts.push(first === last ? String(first) : `${first}-${last}`);
  }
  return parts.join(",");
}

/** Returns the indices of such a text, in its order. */
export function indicesOf(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/**
 * Returns a job's id. It follows from the sweep, the trials and how often these were tried as one job, so that submitting
 * twice is the same as once, also by a client that has lost its notes.
 */
export function jobId(sweep: SweepId, indices: string, attempt: number): string {
  const plain = indices.replaceAll(",", "_");
  const short = plain.length <= 40 ? plain : `${plain.slice(0, 24)}_${hash(plain)}`;
  return `${sweep}-${short}-try${attempt}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** A program as the shell of a node finds it, and the sweep there. */
export interface Entry {
  readonly node: string;
  readonly program: string;
  readonly sweep: string;
  /** Whether nodes write into the results folder of this machine. */
  readonly isShared: boolean;
}

/** Returns the command that a job runs. */
export function entrypoint({ node, program, sweep, isShared }: Entry, indices: string): string {
  const words = [
    node,
    program,
    "train",
    "--sweep",
    sweep,
    "--index",
    indices,
    ...(isShared ? [] : ["--frames"]),
  ];
  // Replacing the shell, the program itself gets the signal of a stop and can end in order.
  return `exec ${words.map(shellWord).join(" ")}`;
}
