/** Sets TensorFlow up for training: a folder of ours with a binding to it; nothing is written anywhere else. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { t } from "#protocol/l10n.ts";
import type { BackendDescription } from "#protocol/training.ts";
import { startBackend } from "../backend.ts";
import { makeBinding } from "./binding.ts";
import { type FoundTensorflow, findTensorflow, tensorflowAt } from "./find.ts";
import {
  isAlive,
  libraryLink,
  libraryMark,
  type TensorflowSetup,
  tensorflowFolder,
  writeSetup,
} from "./place.ts";
import { makePrivatePython, removePrivatePython } from "./privatePython.ts";

export interface SetupWish {
  /** An interpreter, an environment or a package's folder; by default what the usual places have. */
  readonly python?: string | undefined;
  /** Install TensorFlow with pip in an environment of ours instead. */
  readonly isPrivate?: boolean | undefined;
  /** Compile the binding, even where Equipoise has one. */
  readonly mustCompile?: boolean | undefined;
}

/**
 * Makes the set-up for a TensorFlow, in place of one that is there. Until the new one is complete the old one stays,
 * so cancelling leaves it as it was. The self-test is left to the first start.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function setUpTensorflow(
  wish: SetupWish,
  tell: (message: string) => void,
  signal?: AbortSignal,
): Promise<TensorflowSetup> {
  const found = await wished(wish, tell, signal);
  tell(t`Found TensorFlow ${found.version} in ${found.folder}.`);
  const folder = tensorflowFolder();
  removeDrafts(folder);
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    symlinkSync(found.folder, join(draft, libraryLink), process.platform === "win32" ? "junction" : "dir");
    const binding = await makeBinding(draft, tell, wish.mustCompile === true, signal);
    const setup = describe(found, binding, wish.isPrivate ? "private" : "environment");
    writeSetup(draft, setup);
    signal?.throwIfAborted();
    replaceFolder(draft, folder);
    return setup;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function wished(
  { python, isPrivate }: SetupWish,
  tell: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<FoundTensorflow> {
  if (isPrivate) return tensorflowAt(await makePrivatePython(tell, signal), signal);
  tell(t`Looking for TensorFlow.`);
  return python ? tensorflowAt(python, signal) : findTensorflow(signal);
}

/** Undoes a set-up, and takes away an environment of ours; false where there was nothing. */
export function removeTensorflow(): boolean {
  const folder = tensorflowFolder();
  const isThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  removeDrafts(folder);
  return removePrivatePython() || isThere;
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

/**
 * Sets up and proves it by the self-test. What does not pass is not left behind.
 * @throws EquipoiseError as `setUpTensorflow`, and where the self-test is not passed.
 */
export async function setUpAndTest(
  wish: SetupWish,
  tell: (message: string) => void,
  signal?: AbortSignal,
): Promise<BackendDescription> {
  const { binding, folder } = await setUpTensorflow(wish, tell, signal);
  tell(t`Testing its numbers.`);
  try {
    return await startBackend("tensorflow");
  } catch (error) {
    rmSync(tensorflowFolder(), { recursive: true, force: true });
    // Ours may want a newer system than this one.
    if (binding === "prebuilt") return setUpAndTest({ python: folder, mustCompile: true }, tell, signal);
    throw error;
  }
}

function describe(
  found: FoundTensorflow,
  binding: TensorflowSetup["binding"],
  source: TensorflowSetup["source"],
): TensorflowSetup {
  const library = libraryMark(found.folder);
  if (!library) throw new Error(`expected libraries in ${found.folder}, found none`);
  return {
    format: 1,
    folder: found.folder,
    version: found.version,
    ...(found.python && { python: found.python }),
    source,
    binding,
    library,
    check: "new",
  };
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
