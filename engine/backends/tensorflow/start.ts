/** The backend on the user's own TensorFlow: tfjs-node with a binding that the set-up put into our folder. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { t } from "#protocol/l10n.ts";
import { availableCores } from "../cores.ts";
import { createFirstStart } from "../setupFolder.ts";
import { installTensorflowKernels } from "./kernels.ts";
import { makeNodeBackend, type NodeBackend, type TFJSBinding } from "./node.ts";
import { bindingFile, libraryMark, readSetup, type TensorflowSetup, tensorflowFolder } from "./place.ts";
import { followTensors } from "./variables.ts";

/** A process has one TensorFlow, with the threads of its first start. */
let loaded:
  | { readonly backend: tf.KernelBackend & NodeBackend; readonly home: string; readonly threads: number }
  | undefined;

const again = t`run \`equipoise backend setup tensorflow\` again`;
const firstStart = createFirstStart(t`${again}, or choose another TensorFlow`);

/**
 * Makes `tensorflow` the active backend; the self-test is the caller's.
 * @param threads asked for; by default as many as there are cores that may be used.
 * @throws Error where it is not set up, its libraries are gone or changed, or its last check did not end.
 */
export async function startTensorflow(threads?: number): Promise<{ threads: number; reason: string }> {
  const folder = tensorflowFolder();
  const setup = usableSetup(folder);
  if (loaded && loaded.home !== setup.folder)
    throw new Error(`this process has loaded the TensorFlow of ${loaded.home}; start it again`);
  firstStart.begin(folder, setup);
  if (!loaded) {
    const wanted = threads ?? availableCores();
    const backend = await makeNodeBackend(loadBinding(folder, setup, wanted));
    loaded = { backend, home: setup.folder, threads: wanted };
    followTensors(loaded.backend);
    installTensorflowKernels();
  }
  const { backend } = loaded;
  if (!tf.findBackendFactory("tensorflow")) tf.registerBackend("tensorflow", () => backend, 3);
  await tf.setBackend("tensorflow");
  const device = backend.isUsingGpuDevice ? "GPU" : "CPU";
  const fixed = threads !== undefined && threads !== loaded.threads ? t`, as many as it started with` : "";
  return {
    threads: loaded.threads,
    reason: t`TensorFlow ${backend.binding.TF_Version} on ${device}, of ${setup.folder}${fixed}`,
  };
}

/** Notes that the self-test was passed, so that the next start need not fear a crash. */
export function confirmTensorflow(): void {
  firstStart.pass();
}

/** Leaves TensorFlow loaded, as a process can load it only once. */
export function stopTensorflow(): void {
  firstStart.giveUp();
  if (tf.findBackendFactory("tensorflow")) tf.removeBackend("tensorflow");
}

function usableSetup(folder: string): TensorflowSetup {
  const setup = readSetup(folder);
  if (!setup) throw new Error("it is not set up; run `equipoise backend setup tensorflow`");
  const mark = libraryMark(setup.folder);
  if (!mark) throw new Error(`TensorFlow ${setup.version} is gone from ${setup.folder}; ${again}`);
  if (mark.size !== setup.library.size || mark.changed !== setup.library.changed)
    throw new Error(`TensorFlow in ${setup.folder} was changed since it was set up; ${again}`);
  if (!existsSync(join(folder, bindingFile)))
    throw new Error(`${join(folder, bindingFile)} is gone; ${again}`);
  return setup;
}

function loadBinding(folder: string, { folder: home }: TensorflowSetup, threads: number): TFJSBinding {
  const settings = {
    // Its own messages would mix with ours; errors are still printed.
    TF_CPP_MIN_LOG_LEVEL: "2",
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: "1",
  };
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
  const file = join(folder, bindingFile);
  try {
    return createRequire(file)(file) as TFJSBinding;
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    throw new Error(`its libraries in ${home} cannot be loaded (${line}); ${again}`, { cause: error });
  }
}
