/**
 * Who trains a trial, agreed on by files of a shared folder. A claim is a file that only one process can make. Its owner
 * shows that it lives by writing another one again and again; whoever wants the trial looks whether that changes, for as
 * long as a lease by its own clock. No time of two machines is ever compared, so that wrong clocks do no harm.
 */
import { link, mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exists, writing } from "#engine/runs/files.ts";
import { hasEnded, isKnownAlive, ownPlace, type ProcessPlace } from "#engine/runs/processPlace.ts";

export interface ClaimTimes {
  /** Milliseconds between two signs of life. */
  readonly beat: number;
  /** Milliseconds without a sign of life after which a claim is taken over. */
  readonly lease: number;
}

/** A training step of a deep net may take seconds; a network file system may show a change late. */
export const usualTimes: ClaimTimes = { beat: 5_000, lease: 60_000 };

/** A trial that is ours until it is released, or lost to another worker that found no sign of life of us. */
export interface Claim {
  /** From 1: how often the trial was begun, by whomever. */
  readonly attempt: number;
  /** Aborts where another worker took the trial over. */
  readonly lost: AbortSignal;
  /** Shown with the next sign of life, such as "120/400". */
  tell(text: string): void;
  /** Whether it is ours at this moment; asked before something is written that cannot be taken back. */
  isOurs(): Promise<boolean>;
  /** Ends the signs of life; `again` lets the next worker have it without waiting. */
  release(again: boolean): Promise<void>;
}

export type ClaimAnswer =
  | { readonly kind: "ours"; readonly claim: Claim }
  | { readonly kind: "taken"; readonly by: string };

/** Of attempt n: who made it (`n.claim`), its signs of life (`n.beat`), and whether it was given back (`n.released`). */
const file = (folder: string, attempt: number, kind: "claim" | "beat" | "released"): string =>
  join(folder, `${attempt}.${kind}`);

/**
 * Claims the trial whose claims lie in this folder. Waits for at most one lease to see whether a present owner lives.
 * Throws `disk/full` where the folder cannot be written, and the signal's reason.
 */
export async function claimTrial(
  folder: string,
  times: ClaimTimes = usualTimes,
  signal?: AbortSignal,
): Promise<ClaimAnswer> {
  for (;;) {
    const last = await lastAttempt(folder);
    if (last > 0 && !(await isFree(folder, last, times, signal)))
      return { kind: "taken", by: await ownerText(folder, last) };
    const attempt = last + 1;
    const isOurs = await createOnce(file(folder, attempt, "claim"), `${JSON.stringify(ownPlace())}\n`);
    if (isOurs) return { kind: "ours", claim: await hold(folder, attempt, times) };
    // Another worker came first; it will show signs of life.
  }
}

/** Whether a trial is being trained as far as can be told without waiting. */
export async function claimOwner(
  folder: string,
): Promise<{ readonly attempt: number; readonly by: string } | undefined> {
  const attempt = await lastAttempt(folder);
  if (attempt === 0 || (await exists(file(folder, attempt, "released")))) return undefined;
  const owner = await readOwner(folder, attempt);
  return owner && hasEnded(owner) ? undefined : { attempt, by: await ownerText(folder, attempt) };
}

/** When the owner gave its last sign of life, by the clock that stamps the files, and what it told: such as "120/400". */
export async function lastSign(
  folder: string,
  attempt: number,
): Promise<{ readonly time: number; readonly told: string } | undefined> {
  const path = file(folder, attempt, "beat");
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(path, "utf8")]);
    return { time: mtimeMs, told: text.trim().split(" ")[1] ?? "" };
  } catch {
    return undefined;
  }
}

async function lastAttempt(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.reduce((last, name) => Math.max(last, Number(/^(\d+)\.claim$/.exec(name)?.[1] ?? 0)), 0);
}

async function isFree(
  folder: string,
  attempt: number,
  { beat, lease }: ClaimTimes,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (await exists(file(folder, attempt, "released"))) return true;
  const owner = await readOwner(folder, attempt);
  if (owner && hasEnded(owner)) return true;
  // One that hangs does not beat, and is watched as any other.
  if (owner && isKnownAlive(owner) && (await hasBeatenSince(folder, attempt, Date.now() - 2 * beat)))
    return false;
  const look = (): Promise<string> => readFile(file(folder, attempt, "beat"), "utf8").catch(() => "");
  const first = await look();
  const until = performance.now() + lease;
  while (performance.now() < until) {
    await sleep(Math.min(beat / 2, 1000), undefined, signal ? { signal } : {});
    if (await exists(file(folder, attempt, "released"))) return true;
    if ((await look()) !== first || (await lastAttempt(folder)) !== attempt) return false;
  }
  return true;
}

/** By the clocks of this machine and of its files: wrong ones lead to a longer look, never to a trial taken over. */
async function hasBeatenSince(folder: string, attempt: number, time: number): Promise<boolean> {
  const sign = await lastSign(folder, attempt);
  return sign !== undefined && sign.time > time;
}

/** Shows signs of life until it is released or lost. */
async function hold(folder: string, attempt: number, { beat }: ClaimTimes): Promise<Claim> {
  const lost = new AbortController();
  let beats = 0;
  let stopped = false;
  let told = "";
  const isOurs = async (): Promise<boolean> => {
    if (!stopped && (await lastAttempt(folder)) > attempt)
      lost.abort(new Error("another worker took the trial over"));
    return !lost.signal.aborted;
  };
  const show = async (): Promise<void> => {
    if (!(await isOurs()) || stopped) return;
    await writeFile(file(folder, attempt, "beat"), `${++beats} ${told}\n`);
  };
  await writing(file(folder, attempt, "beat"), show);
  // A folder that cannot be written for a moment must not end the training: what counts is written at the end.
  const timer = setInterval(() => void show().catch(() => {}), beat);
  timer.unref();
  return {
    attempt,
    lost: lost.signal,
    tell: (text) => {
      told = text;
    },
    isOurs,
    async release(again) {
      stopped = true;
      clearInterval(timer);
      if (again && !lost.signal.aborted)
        await writeFile(file(folder, attempt, "released"), "").catch(() => {});
    },
  };
}

async function readOwner(folder: string, attempt: number): Promise<ProcessPlace | undefined> {
  try {
    return JSON.parse(await readFile(file(folder, attempt, "claim"), "utf8")) as ProcessPlace;
  } catch {
    return undefined;
  }
}

async function ownerText(folder: string, attempt: number): Promise<string> {
  const owner = await readOwner(folder, attempt);
  return owner ? `process ${owner.process} on ${owner.host}` : "another worker";
}

let drafts = 0;

/**
 * Creates a file with its whole content where there is none; returns whether there was none. Of several processes on
 * several machines one alone gets true. Throws `disk/full`.
 */
export async function createOnce(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${process.pid}-${drafts++}-${Math.random().toString(36).slice(2)}.tmp`;
  return writing(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    if (await exists(path)) return false;
    try {
      const handle = await open(draft, "wx");
      try {
        await handle.writeFile(content);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      return await linkOnce(draft, path, content);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function linkOnce(draft: string, path: string, content: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? problem.code : undefined;
    if (code === "EEXIST") return false;
    // Object stores and some network drives know no hard links; they still create a file only once.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw problem;
    return writeFile(path, content, { flag: "wx" }).then(
      () => true,
      (second: unknown) => {
        if (second instanceof Error && "code" in second && second.code === "EEXIST") return false;
        throw second;
      },
    );
  }
}
