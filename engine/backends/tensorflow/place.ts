/** Where our TensorFlow set-up lies, and what it says of itself. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { hasDescription, readDescription, type Setup, setupFolder } from "../setupFolder.ts";

/** How a set-up came to its TensorFlow. */
export type TensorflowSource = "environment" | "private" | "official";

/** What `description.json` says beside the binding. */
export interface TensorflowSetup extends Setup {
  /** With libraries and headers: the `tensorflow` folder of a Python package, or of this set-up. */
  readonly folder: string;
  /** As the Python package states it. */
  readonly version: string;
  /** The interpreter that it belongs to, where one was asked. */
  readonly python?: string;
  readonly source: TensorflowSource;
  /** Compiled here, or taken from our own build. */
  readonly binding: "compiled" | "prebuilt";
  /** Size and time of change of the library, to notice that the environment was upgraded. */
  readonly library: LibraryMark;
}

export interface LibraryMark {
  readonly size: number;
  readonly changed: number;
}

/** Names inside the folder of a set-up. */
export const bindingFile = "tfjs_binding.node";
/** The libraries' folder, or a link to the package's: the binding looks through it, so it names no path of its own. */
export const libraryLink = "tensorflow";

/** The folder of the set-up in force, EQUIPOISE_TENSORFLOW where that is set; it may not exist. */
export function tensorflowFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return setupFolder("tensorflow", "EQUIPOISE_TENSORFLOW", environment);
}

/** Whether somebody set it up here. */
export function hasTensorflow(): boolean {
  return hasDescription(tensorflowFolder());
}

/** The set-up in a folder, or undefined where there is none; throws Error where its description is damaged. */
export function readSetup(folder: string): TensorflowSetup | undefined {
  return readDescription<TensorflowSetup>(
    folder,
    "TensorFlow",
    (setup) => typeof setup.folder === "string" && setup.library !== undefined,
  );
}

/** The names that the two libraries of TensorFlow have on this system. */
export function libraryNames(): readonly [string, string] {
  return process.platform === "darwin"
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
}

/** The mark of the library in a package's folder, or undefined where it is not there. */
export function libraryMark(folder: string): LibraryMark | undefined {
  const found = statSync(join(folder, libraryNames()[0]), { throwIfNoEntry: false });
  return found && { size: found.size, changed: Math.round(found.mtimeMs) };
}
