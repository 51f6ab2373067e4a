/**
 * Results through a job's log, for clusters whose nodes share no disk with the client: one line a trial, which holds its
 * result and the files of its run. A line that was cut short or mixed with another fails the checksum of its compression
 * and counts as none.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { writing } from "#engine/runs/files.ts";
import { runFiles } from "#engine/runs/runFolder.ts";
import type { TrialResult } from "#protocol/sweep.ts";
import { addResult, parseResult, sweepFolder } from "../results.ts";
import { type Sweep, trialAt } from "../sweepFile.ts";

const mark = "equipoise-trial:1 ";

/** Bytes of one line, packed. A larger run comes without its logits, a still larger one not at all: its result does. */
const mostFrameBytes = 4_000_000;
/** Unpacked; a log is written by a program that ours may not be. */
const mostUnpacked = 1 << 28;

interface Head {
  readonly result: TrialResult;
  /** Bytes of each file, in the order in which they follow. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** Returns the line that brings a result and its run from the results folder `root`. */
export async function frameOf(root: string, result: TrialResult): Promise<string> {
  const folder = runFolderOf(root, result.run);
  const found = await Promise.all(
    runFiles.map(async (name) => ({
      name,
      content: await readFile(join(folder, name)).catch(() => undefined),
    })),
  );
  const files = found.flatMap(({ name, content }) => (content ? [{ name, content }] : []));
  for (const some of [files, files.filter(({ name }) => name !== "logits.npy")]) {
    const whole = pack(result, some);
    if (whole.length <= mostFrameBytes) return mark + whole.toString("base64");
  }
  return mark + pack(result, []).toString("base64");
}

function pack(
  result: TrialResult,
  files: readonly { readonly name: string; readonly content: Buffer }[],
): Buffer {
  const head: Head = { result, files: files.map(({ name, content }) => ({ name, bytes: content.length })) };
  return gzipSync(
    Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...files.map(({ content }) => content)]),
  );
}

/** A trial as a log brought it. */
export interface Framed {
  readonly result: TrialResult;
  readonly files: readonly { readonly name: string; readonly content: Uint8Array }[];
}

/** Returns the trials of a sweep that whole lines of a log bring; the last of each counts. */
export function framesIn(log: string, sweep: Sweep): Framed[] {
  const found = new Map<number, Framed>();
  for (const line of log.split("\n")) {
    const at = line.indexOf(mark);
    const framed = at < 0 ? undefined : unpack(line.slice(at + mark.length).trim(), sweep);
    if (framed) found.set(framed.result.index, framed);
  }
  return [...found.values()];
}

/** The log as a person reads it. */
export function withoutFrames(log: string): string {
  return log
    .split("\n")
    .filter((line) => !line.includes(mark))
    .join("\n");
}

function unpack(text: string, sweep: Sweep): Framed | undefined {
  try {
    const content = gunzipSync(Buffer.from(text, "base64"), { maxOutputLength: mostUnpacked });
    const end = content.indexOf(10);
    const { result, files } = JSON.parse(content.toString("utf8", 0, end)) as Head;
    const trial = trialAt(sweep, result.index);
    const isOurs = parseResult(JSON.stringify(result), sweep.file.id, trial.index) !== undefined;
    if (!isOurs || result.run !== trial.run || !files.every(({ name }) => isRunFile(name))) return undefined;
    let from = end + 1;
    const parts = files.map(({ name, bytes }) => {
      from += bytes;
      return { name, content: content.subarray(from - bytes, from) };
    });
    return { result, files: parts };
  } catch {
    return undefined;
  }
}

function isRunFile(name: string): boolean {
  return runFiles.some((known) => known === name);
}

/** Adds a trial and its run to the results in `root`, unless the trial has a result there. Throws `disk/full`. */
export async function keepFramed(root: string, { result, files }: Framed): Promise<TrialResult> {
  const folder = runFolderOf(root, result.run);
  // Not beside the runs, and of one name: what a killed client leaves is no run, and gone with the trial's next result.
  const draft = join(sweepFolder(root, result.sweep), "incoming", String(result.index));
  // The run first: a result says that its run is there.
  await writing(folder, async () => {
    if (files.length === 0) return;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    await mkdir(dirname(folder), { recursive: true });
    try {
      for (const { name, content } of files) await writeFile(join(draft, name), content);
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return addResult(root, result);
}
