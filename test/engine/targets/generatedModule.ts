/** Loads generated JavaScript modules that import TensorFlow.js. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll } from "vitest";

// Below node_modules, so that the modules find TensorFlow.js as a user's would.
const folder = mkdtempSync(
  join(fileURLToPath(new URL("../../../node_modules/", import.meta.url)), ".equipoise-"),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let modules = 0;

/** What a module of this source exports, by name. */
export async function generatedModule(source: string): Promise<Record<string, unknown>> {
  const path = join(folder, `${modules++}.mjs`);
  writeFileSync(path, source);
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Record<string, unknown>;
}
