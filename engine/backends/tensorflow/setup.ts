/** Sets TensorFlow up for training: a folder of ours with a binding to it; nothing is written anywhere else. */
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeBinding } from "./binding.ts";
import { type FoundTensorflow, findTensorflow, tensorflowAt } from "./find.ts";
import { libraryLink, libraryMark, type TensorflowSetup, tensorflowFolder, writeSetup } from "./place.ts";

export interface SetupWish {
  /** An interpreter, an environment or a package's folder; by default what the usual places have. */
  readonly python?: string | undefined;
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
  const found = wish.python ? await tensorflowAt(wish.python, signal) : await findTensorflow(signal);
  tell(`Found TensorFlow ${found.version} in ${found.folder}.`);
  const folder = tensorflowFolder();
  const draft = `${folder}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    symlinkSync(found.folder, join(draft, libraryLink), process.platform === "win32" ? "junction" : "dir");
    const setup = describe(found, await makeBinding(draft, tell, signal));
    writeSetup(draft, setup);
    signal?.throwIfAborted();
    replaceFolder(draft, folder);
    return setup;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Undoes a set-up; false where there was none. */
export function removeTensorflow(): boolean {
  const folder = tensorflowFolder();
  const isThere = libraryMark(join(folder, libraryLink)) !== undefined;
  rmSync(folder, { recursive: true, force: true });
  return isThere;
}

function describe(found: FoundTensorflow, binding: TensorflowSetup["binding"]): TensorflowSetup {
  const library = libraryMark(found.folder);
  if (!library) throw new Error(`expected libraries in ${found.folder}, found none`);
  return {
    format: 1,
    folder: found.folder,
    version: found.version,
    ...(found.python && { python: found.python }),
    source: "environment",
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
