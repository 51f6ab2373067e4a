/** Sets WebGPU up for training: a folder of ours with Dawn's library for this system. */
import { rmSync } from "node:fs";
import type { BackendDescription } from "#protocol/backends.ts";
import { t } from "#protocol/l10n.ts";
import { startBackend } from "../backend.ts";
import { removeSetup, replaceSetup } from "../setupFolder.ts";
import { unavailable } from "../unavailable.ts";
import { fetchFiles } from "./download.ts";
import { platforms, thisPlatform, type WebgpuSetup, webgpuFolder, webgpuVersion } from "./place.ts";

/**
 * Makes the set-up, in place of one that is there. Until the new one is complete the old one stays, so cancelling
 * leaves it as it was. The self-test is left to the first start.
 * @param from an archive of the `webgpu` package, or the package, instead of npm's registry.
 * @throws EquipoiseError `backend/unavailable` with the next step; the signal's reason where it was cancelled.
 */
export async function setUpWebgpu(
  tell: (message: string) => void,
  from?: string,
  signal?: AbortSignal,
): Promise<WebgpuSetup> {
  const platform = thisPlatform();
  const files = platforms[platform];
  if (!files) {
    const known = Object.keys(platforms).join(", ");
    throw unavailable(
      t`WebGPU ${webgpuVersion} has no library for ${platform}, only for ${known}. Train on wasm, or set TensorFlow up.`,
    );
  }
  return replaceSetup(webgpuFolder(), async (draft) => {
    await fetchFiles({ folder: `dist/${platform}`, files }, draft, tell, from, signal);
    signal?.throwIfAborted();
    return { format: 1, version: webgpuVersion, platform, check: "new" };
  });
}

/**
 * Sets up and proves it by the self-test. What does not pass is not left behind.
 * @throws EquipoiseError as `setUpWebgpu`, and where the self-test is not passed.
 */
export async function setUpAndTestWebgpu(
  tell: (message: string) => void,
  from?: string,
  signal?: AbortSignal,
): Promise<BackendDescription> {
  await setUpWebgpu(tell, from, signal);
  tell(t`Testing its numbers.`);
  try {
    return await startBackend("webgpu");
  } catch (error) {
    rmSync(webgpuFolder(), { recursive: true, force: true });
    throw error;
  }
}

/** Undoes a set-up; false where there was nothing. */
export function removeWebgpu(): boolean {
  return removeSetup(webgpuFolder());
}
