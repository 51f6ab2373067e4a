/** Where the WebAssembly files of TensorFlow.js lie: beside a bundle, else in the installed package. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { t } from "#protocol/l10n.ts";
import { unavailable } from "./unavailable.ts";

/** The script that a worker thread of the threaded build runs, beside `.wasm` files of the same name. */
export const threadedScript = "tfjs-backend-wasm-threaded-simd.js";

/**
 * The folder with `tfjs-backend-wasm*.wasm` and the scripts of the threaded build, ending in a separator.
 * @throws EquipoiseError `backend/unavailable` where there is none.
 */
export function wasmFolder(): string {
  // The CommonJS bundles have `__dirname` here: scripts/build.mjs defines it.
  const here = (import.meta as { dirname?: string }).dirname ?? process.cwd();
  const candidates = [join(here, "wasm"), packageFolder(here)];
  for (const folder of candidates) {
    if (folder !== undefined && existsSync(join(folder, threadedScript))) return folder + sep;
  }
  throw unavailable(
    t`The WebAssembly files of TensorFlow.js are missing: looked in ${candidates.filter(Boolean).join(t` and `)}. Install Equipoise again.`,
  );
}

function packageFolder(from: string): string | undefined {
  try {
    const manifest = createRequire(join(from, "_.js")).resolve("@tensorflow/tfjs-backend-wasm/package.json");
    return join(manifest, "..", "wasm-out");
  } catch {
    return undefined;
  }
}
