/** Makes the binding between Node and a TensorFlow: our own build's where there is one, else compiled here. */

import { spawn } from "node:child_process";
import { copyFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { t } from "#protocol/l10n.ts";
import { unavailable } from "../unavailable.ts";
import { bindingFile, libraryLink, libraryNames } from "./place.ts";

/**
 * Puts a binding into `target`, where the link to the package already is.
 * @param tell hears what is being done.
 * @param mustCompile whether the one of our own build is not wanted, as where it does not load on an older system.
 * @throws EquipoiseError `backend/unavailable` where there is neither a binding for this system nor a compiler.
 */
export async function makeBinding(
  target: string,
  tell: (message: string) => void,
  mustCompile: boolean,
  signal?: AbortSignal,
): Promise<"compiled" | "prebuilt"> {
  const ready = mustCompile ? undefined : prebuiltBinding();
  if (ready !== undefined) {
    copyFileSync(ready, join(target, bindingFile));
    return "prebuilt";
  }
  const { sources, nodeHeaders } = sourceFolders();
  const includes = join(target, libraryLink, "include");
  if (!existsSync(join(includes, "tensorflow", "c", "eager", "c_api.h")))
    throw unavailable(t`This TensorFlow has no headers in ${includes}, so that no binding can be compiled.`);
  tell(t`Compiling the binding, about half a minute.`);
  await compile(compilerCall(target, sources, nodeHeaders, includes), signal);
  return "compiled";
}

/** The binding that our own build made for this system, beside the bundle: `npm run package -- --binding`. */
function prebuiltBinding(): string | undefined {
  const file = join(here(), "tensorflow", `${process.platform}-${process.arch}`, bindingFile);
  return existsSync(file) ? file : undefined;
}

/** Where the sources of tfjs-node's binding and Node's headers are: beside a bundle, else in the packages. */
function sourceFolders(): { sources: string; nodeHeaders: string } {
  const beside = join(here(), "tensorflow");
  if (existsSync(join(beside, "binding", "tfjs_binding.cc")))
    return { sources: join(beside, "binding"), nodeHeaders: join(beside, "include") };
  const require = createRequire(join(here(), "_.js"));
  try {
    const sources = join(require.resolve("@tensorflow/tfjs-node/package.json"), "..", "binding");
    const nodeHeaders = join(require.resolve("node-api-headers/package.json"), "..", "include");
    return { sources, nodeHeaders };
  } catch (error) {
    throw unavailable(
      t`The sources of the binding are missing. Install @tensorflow/tfjs-node 4.22.0 and node-api-headers beside Equipoise.`,
      error,
    );
  }
}

/** The folder of this module, or of the bundle that it is in. */
function here(): string {
  return (import.meta as { dirname?: string }).dirname ?? process.cwd();
}

/**
 * A shared library of the two sources, which finds TensorFlow through the link beside it: `..` in the libraries' own
 * search paths is then followed from the package's real folder, where CUDA's libraries lie beside it.
 */
function compilerCall(
  target: string,
  sources: string,
  nodeHeaders: string,
  includes: string,
): readonly string[] {
  const mac = process.platform === "darwin";
  const origin = mac ? "@loader_path" : "$ORIGIN";
  const libraries = libraryNames().map((name) => join(target, libraryLink, name));
  return [
    ...["-shared", "-fPIC", "-O2", "-std=c++17", "-w"],
    ...["-DNAPI_VERSION=8", "-DNODE_GYP_MODULE_NAME=tfjs_binding"],
    ...[`-I${nodeHeaders}`, `-I${includes}`],
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(sources, name)),
    ...["-o", join(target, bindingFile)],
    ...libraries,
    `-Wl,-rpath,${origin}/${libraryLink}`,
    ...(mac ? ["-undefined", "dynamic_lookup"] : []),
  ];
}

async function compile(args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  const compilers = process.env["CXX"] ? [process.env["CXX"]] : ["c++", "g++", "clang++"];
  for (const compiler of compilers) {
    const problem = await runCompiler(compiler, args, signal);
    if (problem === undefined) return;
    if (problem !== missing) {
      throw unavailable(t`${compiler} cannot compile the binding: ${problem}`);
    }
  }
  throw unavailable(
    t`No C++ compiler is here (looked for ${compilers.join(", ")}). Install one, such as g++ or the Xcode command line tools, then set TensorFlow up again.`,
  );
}

const missing = Symbol("missing");

/** Undefined where it compiled, else the first error that the compiler printed. */
async function runCompiler(
  compiler: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | typeof missing | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(compiler, args, { stdio: ["ignore", "ignore", "pipe"], ...(signal && { signal }) });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve(missing);
      else reject(error);
    });
    child.once("close", (code) => {
      if (code === 0) resolve(undefined);
      else resolve(/^.*error.*$/im.exec(output)?.[0] ?? `it ended with code ${code}`);
    });
  });
}
