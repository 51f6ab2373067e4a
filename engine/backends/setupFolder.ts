/**
 * Folders in which a backend was set up: each has a description, is made beside its place and put there when complete,
 * and remembers whether its first start ended well.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { dataFolder } from "#engine/dataFolder.ts";
import { isAlive } from "#engine/runs/process.ts";
import { t } from "#protocol/l10n.ts";

/** What every `description.json` says. */
export interface Setup {
  readonly format: 1;
  /** Whether the self-test passed on it: `checking` names a process that began and was not seen to end. */
  readonly check: "new" | "passed" | { readonly checking: number };
}

const descriptionFile = "description.json";

/** The folder of the set-up in force: the one that `variable` names, else `name` in the data folder; it may not exist. */
export function setupFolder(name: string, variable: string, environment: NodeJS.ProcessEnv): string {
  const named = environment[variable];
  return named ? resolve(named) : join(dataFolder(environment), name);
}

/** Whether somebody made a set-up here; a damaged one counts, so that its owner hears of it. */
export function hasDescription(folder: string): boolean {
  return existsSync(join(folder, descriptionFile));
}

/**
 * The description in a folder, or undefined where there is none.
 * @param title what a user calls it.
 * @throws Error where it is damaged, or `isComplete` misses something in it.
 */
export function readDescription<T extends Setup>(
  folder: string,
  title: string,
  isComplete: (setup: T) => boolean,
): T | undefined {
  const file = join(folder, descriptionFile);
  if (!existsSync(file)) return undefined;
  try {
    const setup = JSON.parse(readFileSync(file, "utf8")) as T;
    if (setup.format === 1 && isComplete(setup)) return setup;
  } catch {
    // Told below, with the place.
  }
  throw new Error(t`${file} is damaged; set ${title} up again`);
}

/** Replaces the description in one step, so that a reader never meets half of it. */
export function writeDescription(folder: string, setup: Setup): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, descriptionFile);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(setup, null, 2)}\n`);
  renameSync(draft, file);
}

/** Fills a draft beside `folder` and puts it in its place; where `fill` throws, what was there stays. */
export async function replaceSetup<T extends Setup>(
  folder: string,
  fill: (draft: string) => Promise<T>,
): Promise<T> {
  removeDrafts(folder);
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const setup = await fill(draft);
    writeDescription(draft, setup);
    replaceFolder(draft, folder);
    return setup;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Undoes a set-up; false where there was nothing. */
export function removeSetup(folder: string): boolean {
  const isThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  removeDrafts(folder);
  return isThere;
}

/** What set-ups left whose process was killed. */
function removeDrafts(folder: string): void {
  const beside = dirname(folder);
  if (!existsSync(beside)) return;
  const start = `${basename(folder)}.`;
  for (const name of readdirSync(beside)) {
    const pid = name.startsWith(start) ? Number(name.slice(start.length)) : Number.NaN;
    if (pid === process.pid || (Number.isInteger(pid) && !isAlive(pid)))
      rmSync(join(beside, name), { recursive: true, force: true });
  }
}

/** A process that has the old one loaded keeps it until its end. */
function replaceFolder(draft: string, folder: string): void {
  const old = `${folder}.old`;
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(old, { recursive: true, force: true });
  try {
    renameSync(folder, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  renameSync(draft, folder);
  rmSync(old, { recursive: true, force: true });
}

/** Follows the first start of a set-up on disk, so that one that ends the process is not tried at every start. */
export interface FirstStart {
  /** @throws Error where an earlier try was not seen to end. */
  begin(folder: string, setup: Setup): void;
  /** Notes that the self-test was passed, so that the next start need not fear a crash. */
  pass(): void;
  /** A check that failed, but not by ending the process, is made again at the next start. */
  giveUp(): void;
}

/** @param again what to do about a start that ended its process. */
export function createFirstStart(again: string): FirstStart {
  let checking: { readonly folder: string; readonly setup: Setup } | undefined;
  const note = (check: Setup["check"]): void => {
    if (checking) writeDescription(checking.folder, { ...checking.setup, check });
  };
  return {
    begin(folder, setup) {
      const { check } = setup;
      if (typeof check === "object" && !isAlive(check.checking))
        throw new Error(t`its first start ended the process that tried it; ${again}`);
      if (check === "passed") return;
      checking = { folder, setup };
      note({ checking: process.pid });
    },
    pass() {
      note("passed");
      checking = undefined;
    },
    giveUp() {
      note("new");
      checking = undefined;
    },
  };
}
