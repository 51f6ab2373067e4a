/** Finds TensorFlow as Python has it, without importing it. */

import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { t } from "#protocol/l10n.ts";
import { unavailable } from "../unavailable.ts";
import { libraryMark, libraryNames } from "./place.ts";

/** A TensorFlow that a binding can be made for. */
export interface FoundTensorflow {
  /** The package's folder, with its libraries and headers. */
  readonly folder: string;
  readonly version: string;
  readonly python?: string;
}

/** Asks the interpreter where the package lies and which version it states; importing it would take seconds. */
const question = `
import importlib.util, importlib.metadata, json
spec = importlib.util.find_spec("tensorflow")
version = None
for name in ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-cpu-aws", "tensorflow-rocm", "intel-tensorflow"):
    try:
        version = importlib.metadata.version(name)
        break
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps({"folder": list(spec.submodule_search_locations)[0] if spec else None, "version": version}))
`;

/**
 * Finds TensorFlow at a path: an interpreter, an environment's folder, or the package's own folder.
 * @throws EquipoiseError `backend/unavailable` that says what is not there.
 */
export async function tensorflowAt(path: string, signal?: AbortSignal): Promise<FoundTensorflow> {
  const place = resolve(path);
  if (!existsSync(place)) throw unavailable(t`There is nothing at ${place}.`);
  const isFolder = statSync(place).isDirectory();
  if (isFolder && libraryMark(place)) return { folder: place, version: "unknown" };
  const python = isFolder ? interpreterOf(place) : place;
  if (!python) throw unavailable(t`${place} is neither a Python environment nor a TensorFlow package.`);
  const found = await askPython(python, signal);
  if ("problem" in found) throw unavailable(found.problem);
  return found;
}

/**
 * Finds the first TensorFlow of the usual places: the active environment, then the interpreters on the path.
 * @throws EquipoiseError `backend/unavailable` with what each of them said.
 */
export async function findTensorflow(signal?: AbortSignal): Promise<FoundTensorflow> {
  const problems: string[] = [];
  for (const python of usualInterpreters()) {
    const found = await askPython(python, signal);
    if (!("problem" in found)) return found;
    problems.push(found.problem);
  }
  const seen = problems.length > 0 ? problems.join(" ") : t`There is no Python here.`;
  throw unavailable(
    t`${seen} Name one that has TensorFlow: equipoise backend setup tensorflow --python PATH; or let Equipoise install it in a folder of its own: equipoise backend setup tensorflow --private, or without a Python: --official cpu.`,
  );
}

/** Interpreters worth asking, the active environment first. */
export function usualInterpreters(environment: NodeJS.ProcessEnv = process.env): string[] {
  const active = [environment["VIRTUAL_ENV"], environment["CONDA_PREFIX"]]
    .filter((folder) => folder !== undefined && folder !== "")
    .map((folder) => interpreterOf(folder as string));
  const names = process.platform === "win32" ? ["python.exe"] : ["python3", "python"];
  const separator = process.platform === "win32" ? ";" : ":";
  const onPath = (environment["PATH"] ?? "")
    .split(separator)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .filter((file) => existsSync(file));
  return [...new Set([...active.filter((file) => file !== undefined), ...onPath])];
}

/** The interpreter in an environment's folder. */
export function interpreterOf(environment: string): string | undefined {
  const names =
    process.platform === "win32" ? ["python.exe", join("Scripts", "python.exe")] : ["bin/python3"];
  return names.map((name) => join(environment, name)).find((file) => existsSync(file));
}

async function askPython(
  python: string,
  signal: AbortSignal | undefined,
): Promise<FoundTensorflow | { readonly problem: string }> {
  let answer: { folder: string | null; version: string | null };
  try {
    const options = { timeout: 30_000, ...(signal && { signal }) };
    // -I keeps the current folder and the user's PYTHON variables out of the answer.
    const { stdout } = await promisify(execFile)(python, ["-I", "-c", question], options);
    answer = JSON.parse(stdout) as typeof answer;
  } catch (error) {
    signal?.throwIfAborted();
    const [line = ""] = (error as Error).message.split("\n");
    return { problem: t`${python} does not answer: ${line}.` };
  }
  if (answer.folder === null) return { problem: t`${python} has no TensorFlow.` };
  const version = answer.version ?? "unknown";
  if (!libraryMark(answer.folder)) {
    const [library] = libraryNames();
    return { problem: t`TensorFlow ${version} of ${python} has no ${library} that a binding could use.` };
  }
  return { folder: answer.folder, version, python };
}
