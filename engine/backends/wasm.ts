/** The embedded backend: TensorFlow.js on WebAssembly, with threads and with the kernels that training needs. */

import * as tf from "@tensorflow/tfjs";
import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { t } from "#protocol/l10n.ts";
import { availableCores } from "./cores.ts";
import { useHeap } from "./heapPrimitives.ts";
import { startRowThreads, stopRowThreads } from "./rowThreads.ts";
import { wasmFolder } from "./wasmFiles.ts";
import { exportedMemory, guardMemory, type WasmBackend } from "./wasmHeap.ts";
import { installWasmKernels } from "./wasmKernels/wasmKernels.ts";
import { type Started, withThreads } from "./wasmThreads.ts";

/**
 * Waiting threads spin: on dense nets of a few hundred columns a second thread gains nothing on a free core and loses
 * on one that the editor is using. Half the cores, and no more than four, are asked for where nobody says otherwise.
 */
const mostThreads = 4;
const startLimit = 20_000;

/** The package's own factory, kept because removing a backend forgets it. */
const makeBackend = tf.findBackendFactory("wasm");
let running: (Started & { readonly backend: tf.KernelBackend }) | undefined;

export interface WasmStart {
  readonly threads: number;
  /** Why it runs with this number of threads. */
  readonly reason: string;
}

/**
 * Makes `wasm` the active backend.
 * @param threads the number asked for; by default half the cores that may be used, from 1 to 4.
 * @throws Error where WebAssembly or its files cannot be loaded.
 */
export async function startWasm(threads?: number): Promise<WasmStart> {
  const cores = availableCores();
  const wanted = Math.max(1, Math.min(threads ?? Math.min(mostThreads, Math.floor(cores / 2)), cores));
  const used = t`of ${cores} ${cores === 1 ? "core" : "cores"} that may be used`;
  const reason = threads === undefined ? t`half ${used}` : t`${threads} asked for, ${used}`;
  if (wanted === 1) {
    await start(1);
    return { threads: 1, reason };
  }
  try {
    return { threads: await start(wanted), reason };
  } catch (error) {
    await stopWasm();
    await start(1);
    return { threads: 1, reason: t`threads do not start here (${(error as Error).message})` };
  }
}

/** Ends the backend and its worker threads. Tensors made on it are gone. */
export async function stopWasm(): Promise<void> {
  await stopRowThreads();
  const workers = running?.workers ?? [];
  running = undefined;
  if (tf.findBackendFactory("wasm")) tf.removeBackend("wasm");
  await Promise.all(workers.map((worker) => worker.terminate()));
}

async function start(threads: number): Promise<number> {
  await stopWasm();
  const folder = wasmFolder();
  setWasmPaths(folder);
  setThreadsCount(threads);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", threads > 1);
  const made = await withThreads(threads, folder, async () => within(startLimit, makeBackend()));
  running = { ...made, backend: made.result };
  tf.registerBackend("wasm", () => made.result, 2);
  const backend = made.result as unknown as WasmBackend;
  guardMemory(backend);
  useHeap(exportedMemory(backend) ?? made.memory);
  installWasmKernels();
  await tf.setBackend("wasm");
  await retireIdleWorkers(made);
  await startRowThreads(threads);
  return threads > 1 ? getThreadsCount() : 1;
}

/** The threaded build starts eight workers whatever it needs. */
async function retireIdleWorkers({ result, workers }: Started): Promise<void> {
  const pool = (result as unknown as WasmBackend).wasm.PThread;
  const idle = pool?.unusedWorkers.splice(0) ?? [];
  await Promise.all(idle.map((worker) => worker.terminate()));
  // One that waits for work must not keep the process alive.
  for (const worker of workers) worker.unref();
}

/** The package's promise stays open for ever where a second start follows an aborted one. */
async function within<T>(milliseconds: number, promise: T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`WebAssembly did not start within ${milliseconds / 1000} s`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, limit]);
  } catch (error) {
    // The package rejects with a plain object.
    throw error instanceof Error
      ? error
      : new Error(String((error as { message?: string }).message ?? error));
  } finally {
    clearTimeout(timer);
  }
}
