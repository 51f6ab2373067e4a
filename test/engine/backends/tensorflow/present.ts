/** The TensorFlow that tests run on: that of EQUIPOISE_PYTHON, else of `.cache/python`, with a binding of its own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tensorflowAt } from "#engine/backends/tensorflow/find.ts";
import { libraryMark, readSetup } from "#engine/backends/tensorflow/place.ts";
import { setUpTensorflow } from "#engine/backends/tensorflow/setup.ts";
import { lock } from "../lock.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** The interpreter that tests ask for TensorFlow, or undefined where there is none. */
export function testPython(): string | undefined {
  const candidates = [process.env["EQUIPOISE_PYTHON"], join(root, ".cache", "python", "bin", "python3")];
  return candidates.find((file) => file !== undefined && existsSync(file));
}

/**
 * Sets TensorFlow up in `.cache/tensorflow`, once for all test runs, and names that folder in EQUIPOISE_TENSORFLOW.
 * Returns why there is none where it is missing.
 */
export async function presentTensorflow(): Promise<string | undefined> {
  const python = testPython();
  if (!python) return "no EQUIPOISE_PYTHON";
  const folder = join(root, ".cache", "tensorflow");
  const unlock = await lock(`${folder}.lock`);
  try {
    const found = await tensorflowAt(python);
    process.env["EQUIPOISE_TENSORFLOW"] = folder;
    const setup = readSetup(folder);
    const isCurrent =
      setup?.folder === found.folder &&
      JSON.stringify(setup.library) === JSON.stringify(libraryMark(found.folder)) &&
      setup.check === "passed";
    if (!isCurrent) await setUpTensorflow({ python }, () => {});
    return undefined;
  } catch (error) {
    process.env["EQUIPOISE_TENSORFLOW"] = "";
    return (error as Error).message;
  } finally {
    unlock();
  }
}
