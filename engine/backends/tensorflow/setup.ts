/** Sets TensorFlow up for training: a folder of ours with a binding to it, or with all of it; nothing is written elsewhere. */
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { t } from "#protocol/l10n.ts";
import type { BackendDescription, SetupWish } from "#protocol/training.ts";
import { startBackend } from "../backend.ts";
import { removeSetup, replaceSetup } from "../setupFolder.ts";
import { makeBinding } from "./binding.ts";
import { type FoundTensorflow, findTensorflow, tensorflowAt } from "./find.ts";
import { fetchOfficial, type OfficialKind, officialArchive, officialVersion } from "./official.ts";
import { libraryLink, libraryMark, type TensorflowSetup, tensorflowFolder } from "./place.ts";
import { makePrivatePython, removePrivatePython } from "./privatePython.ts";

export type TensorflowWish = Omit<Extract<SetupWish, { readonly backend: "tensorflow" }>, "backend">;

/**
 * Makes the set-up for a TensorFlow, in place of one that is there. Until the new one is complete the old one stays,
 * so cancelling leaves it as it was. The self-test is left to the first start.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function setUpTensorflow(
  wish: TensorflowWish,
  tell: (message: string) => void,
  signal?: AbortSignal,
): Promise<TensorflowSetup> {
  if (wish.official) return setUpOfficial(wish, wish.official, tell, signal);
  const found = await wished(wish, tell, signal);
  tell(t`Found TensorFlow ${found.version} in ${found.folder}.`);
  return replaceSetup(tensorflowFolder(), async (draft) => {
    symlinkSync(found.folder, join(draft, libraryLink), process.platform === "win32" ? "junction" : "dir");
    const binding = await makeBinding(draft, tell, wish.mustCompile === true, signal);
    signal?.throwIfAborted();
    return describe(found, found.folder, binding, wish.isPrivate ? "private" : "environment");
  });
}

async function setUpOfficial(
  { from, mustCompile }: TensorflowWish,
  kind: OfficialKind,
  tell: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<TensorflowSetup> {
  const archive = officialArchive(kind);
  return replaceSetup(tensorflowFolder(), async (draft) => {
    const folder = join(draft, libraryLink);
    await fetchOfficial(archive, folder, tell, from, signal);
    const binding = await makeBinding(draft, tell, mustCompile === true, signal);
    signal?.throwIfAborted();
    const found = { folder: join(tensorflowFolder(), libraryLink), version: officialVersion };
    return describe(found, folder, binding, "official");
  });
}

async function wished(
  { python, isPrivate }: TensorflowWish,
  tell: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<FoundTensorflow> {
  if (isPrivate) return tensorflowAt(await makePrivatePython(tell, signal), signal);
  tell(t`Looking for TensorFlow.`);
  return python ? tensorflowAt(python, signal) : findTensorflow(signal);
}

/** Undoes a set-up, and takes away an environment of ours; false where there was nothing. */
export function removeTensorflow(): boolean {
  const wasSetUp = removeSetup(tensorflowFolder());
  return removePrivatePython() || wasSetUp;
}

/**
 * Sets up and proves it by the self-test. What does not pass is not left behind.
 * @throws EquipoiseError as `setUpTensorflow`, and where the self-test is not passed.
 */
export async function setUpAndTestTensorflow(
  wish: TensorflowWish,
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
    if (binding === "prebuilt")
      return setUpAndTestTensorflow(
        { ...(wish.official ? wish : { python: folder }), mustCompile: true },
        tell,
        signal,
      );
    throw error;
  }
}

/** @param now where its libraries lie at this moment. */
function describe(
  found: FoundTensorflow,
  now: string,
  binding: TensorflowSetup["binding"],
  source: TensorflowSetup["source"],
): TensorflowSetup {
  const library = libraryMark(now);
  if (!library) throw new Error(`expected libraries in ${now}, found none`);
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
