/** Where our TensorFlow set-up lies, and what it says of itself. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dataFolder } from "#engine/dataFolder.ts";

/** How a set-up came to its TensorFlow. */
export type TensorflowSource = "environment" | "private";

/** What `description.json` says beside the binding. */
export interface TensorflowSetup {
  readonly format: 1;
  /** The `tensorflow` folder of a Python package: its libraries, its headers. */
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
  /** Whether the self-test passed on it: `checking` names a process that began and was not seen to end. */
  readonly check: "new" | "passed" | { readonly checking: number };
}

export interface LibraryMark {
  readonly size: number;
  readonly changed: number;
}

/** Names inside the folder of a set-up. */
export const bindingFile = "tfjs_binding.node";
/** A link to the package's folder: the binding looks for its libraries through it, so it names no path of its own. */
export const libraryLink = "tensorflow";
const descriptionFile = "description.json";

/** The folder of the set-up in force: EQUIPOISE_TENSORFLOW, else the one in the data folder; it may not exist. */
export function tensorflowFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["EQUIPOISE_TENSORFLOW"];
  return named ? resolve(named) : join(dataFolder(environment), "tensorflow");
}

/** Whether somebody set it up here; a damaged set-up counts, so that its owner hears of it. */
export function hasTensorflow(): boolean {
  return existsSync(join(tensorflowFolder(), descriptionFile));
}

/** The set-up in a folder, or undefined where there is none; throws Error where its description is damaged. */
export function readSetup(folder: string): TensorflowSetup | undefined {
  const file = join(folder, descriptionFile);
  if (!existsSync(file)) return undefined;
  try {
    const setup = JSON.parse(readFileSync(file, "utf8")) as TensorflowSetup;
    if (setup.format === 1 && typeof setup.folder === "string" && setup.library) return setup;
  } catch {
    // Told below, with the place.
  }
  throw new Error(`${file} is damaged; set TensorFlow up again`);
}

/** Replaces the description in one step, so that a reader never meets half of it. */
export function writeSetup(folder: string, setup: TensorflowSetup): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, descriptionFile);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(setup, null, 2)}\n`);
  renameSync(draft, file);
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

/** Whether a process of this number runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of somebody else is alive too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
