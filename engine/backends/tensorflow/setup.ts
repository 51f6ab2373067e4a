/** Sets TensorFlow up for training: a folder of ours with a binding to it, or with all of it; nothing is written elsewhere. */
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { BackendDescription, SetupWish } from "#protocol/backends.ts";
import { t } from "#protocol/l10n.ts";
import { startBackend } from "../backend.ts";
import { removeSetup, replaceSetup } from "../setupFolder.ts";
import { makeBinding } from "./binding.ts";
import { type FoundTensorflow, findTensorflow, tensorflowAt } from "./find.ts";
import { fetchOfficial, officialArchive, officialVersion } from "./official.ts";
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
  const archive = wish.official && officialArchive(wish.official);
  const found = await wished(wish, tell, signal);
  return replaceSetup(tensorflowFolder(), async (draft) => {
    const libraries = join(draft, libraryLink);
    if (archive) await fetchOfficial(archive, libraries, tell, wish.from, signal);
    else symlinkSync(found.folder, libraries, process.platform === "win32" ? "junction" : "dir");
    const binding = await makeBinding(draft, tell, wish.mustCompile === true, signal);
    signal?.throwIfAborted();
    const source = wish.official ? "official" : wish.isPrivate ? "private" : "environment";
    return describe(found, libraries, binding, source);
  });
}

/** The TensorFlow that is wished for; the official one will be where it is found then. */
async function wished(
  { python, isPrivate, official }: TensorflowWish,
  tell: (message: string) => void,
  signal: AbortSignal | undefined,
): Promise<FoundTensorflow> {
  if (official) return { folder: join(tensorflowFolder(), libraryLink), version: officialVersion };
  if (!isPrivate) tell(t`Looking for TensorFlow.`);
  const place = isPrivate ? await makePrivatePython(tell, signal) : python;
  const found = await (place ? tensorflowAt(place, signal) : findTensorflow(signal));
  tell(t`Found TensorFlow ${found.version} in ${found.folder}.`);
  return found;
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

/** @param libraries the folder, or the link to it, in the draft. */
function describe(
  found: FoundTensorflow,
  libraries: string,
  binding: TensorflowSetup["binding"],
  source: TensorflowSetup["source"],
): TensorflowSetup {
  const library = libraryMark(libraries);
  if (!library) throw new Error(`expected libraries in ${libraries}, found none`);
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
