// Puts a software Vulkan (SwiftShader, with the loader) into .cache/vulkan for the tests of the webgpu backend: that of the
// private Chromium. Run alone: node scripts/harness/vulkanInstallation.mjs
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { registryCopy } from "./browserInstallation.mjs";
import { root } from "./cache.mjs";

const folder = join(root, ".cache", "vulkan");
const driver = "vk_swiftshader_icd.json";

/** Makes the folder where it is not there, and returns it. Throws where there is no package for this system. */
export async function vulkanInstallation() {
  const files = [driver, "libvk_swiftshader.so", "libvulkan.so.1"];
  if (files.every((name) => existsSync(join(folder, name)))) return folder;
  const from = await registryCopy();
  mkdirSync(folder, { recursive: true });
  for (const name of files) copyFileSync(join(from, name), join(folder, name));
  return folder;
}

/**
 * The variables with which a process finds the software Vulkan, none where it was not put there or where VK_DRIVER_FILES
 * names a driver already.
 */
export function vulkanEnvironment() {
  if (!existsSync(join(folder, driver)) || process.env.VK_DRIVER_FILES) return {};
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  return { LD_LIBRARY_PATH: libraries, VK_DRIVER_FILES: join(folder, driver) };
}

if (process.argv[1] === import.meta.filename) console.log(await vulkanInstallation());
