/** The WebGPU that tests run on: Dawn from npm's registry, on the GPU or software Vulkan that Vitest was started with. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isEmulated, loadDawn } from "#engine/backends/webgpu/dawn.ts";
import { readWebgpuSetup, webgpuVersion } from "#engine/backends/webgpu/place.ts";
import { setUpWebgpu } from "#engine/backends/webgpu/setup.ts";
import { lock } from "../lock.ts";

let emulated = false;

/** Whether a processor plays the GPU of `presentWebgpu`. */
export function isEmulatedGpu(): boolean {
  return emulated;
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * Sets WebGPU up in `.cache/webgpu`, once for all test runs, and names that folder in EQUIPOISE_WEBGPU. Returns why there
 * is none where it is missing.
 */
export async function presentWebgpu(): Promise<string | undefined> {
  const folder = join(root, ".cache", "webgpu");
  const unlock = await lock(`${folder}.lock`);
  try {
    process.env["EQUIPOISE_WEBGPU"] = folder;
    const setup = readWebgpuSetup(folder);
    if (setup?.version !== webgpuVersion || setup.check !== "passed") await setUpWebgpu(() => {});
    const adapter = await loadDawn(folder).requestAdapter({ powerPreference: "high-performance" });
    if (!adapter)
      throw new Error(
        "no GPU and no software Vulkan; node scripts/harness/vulkanInstallation.mjs puts one into .cache",
      );
    emulated = isEmulated(adapter);
    return undefined;
  } catch (error) {
    process.env["EQUIPOISE_WEBGPU"] = "";
    return (error as Error).message;
  } finally {
    unlock();
  }
}
