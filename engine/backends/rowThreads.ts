/** Threads that take their share of a block of rows: one heap for all, and worker threads that wait for work on it. */
import { Worker } from "node:worker_threads";
import { heapModules } from "#engine/kernels/heapModules.ts";
import { type RowKernel, type RowWorkers, useRowWorkers } from "#engine/kernels/rows.ts";
import { moduleOf, sharedMemory } from "#engine/kernels/webAssembly.ts";

/** States of a worker: the first number that both sides see. */
const [idle, asked, answered] = [0, 1, 2] as const;
/** More than any kernel takes. */
const mostArguments = 16;
/** A share takes a few milliseconds; a worker that is not done by then has died. */
const patience = 30_000;

const kernelNames: readonly RowKernel[] = [
  "softmaxRows",
  "softmaxBinaryRows",
  "binaryRows",
  "seesawRows",
  "marginRows",
  "thinnedRows",
];

/**
 * Waits for arguments, runs the kernel, leaves the result. A worker sleeps between two blocks, and nothing else happens
 * in its thread, so it may block.
 */
const script = `
const { parentPort, workerData } = require("node:worker_threads");
const { memory, module, control, numbers, names } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory, exp: Math.exp, log: Math.log, log1p: Math.log1p } });
const state = new Int32Array(control);
const values = new Float64Array(numbers);
parentPort.postMessage("ready");
for (;;) {
  Atomics.wait(state, 0, ${idle});
  if (Atomics.load(state, 0) !== ${asked}) continue;
  values[0] = exports[names[state[1]]](...values.subarray(1, 1 + state[2])) ?? 0;
  Atomics.store(state, 0, ${answered});
  Atomics.notify(state, 0);
  Atomics.wait(state, 0, ${answered});
}`;

interface RowThread {
  readonly worker: Worker;
  readonly state: Int32Array;
  readonly values: Float64Array;
}

let running: readonly RowThread[] = [];

/**
 * Spreads blocks of rows over this many threads, the calling one included, from now on. Results do not depend on which
 * thread is faster: each has its rows and its sums, and these are added in the order of the threads.
 */
export async function startRowThreads(threads: number): Promise<void> {
  await stopRowThreads();
  if (threads < 2) return;
  const memory = sharedMemory();
  const module = moduleOf(heapModules.shared);
  running = await Promise.all(Array.from({ length: threads - 1 }, () => startThread(memory, module)));
  useRowWorkers(workersOf(memory, running));
}

/** Goes back to one thread. */
export async function stopRowThreads(): Promise<void> {
  useRowWorkers(undefined);
  const threads = running;
  running = [];
  await Promise.all(threads.map(({ worker }) => worker.terminate()));
}

async function startThread(memory: RowWorkers["memory"], module: object): Promise<RowThread> {
  const control = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
  const numbers = new SharedArrayBuffer((1 + mostArguments) * Float64Array.BYTES_PER_ELEMENT);
  const workerData = { memory, module, control, numbers, names: kernelNames };
  const worker = new Worker(script, { eval: true, workerData });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  // One that waits for work must not keep the process alive.
  worker.unref();
  return { worker, state: new Int32Array(control), values: new Float64Array(numbers) };
}

function workersOf(memory: RowWorkers["memory"], threads: readonly RowThread[]): RowWorkers {
  return {
    memory,
    count: threads.length,
    ask(index, kernel, args) {
      const { state, values } = threads[index] as RowThread;
      values.set(args, 1);
      state[1] = kernelNames.indexOf(kernel);
      state[2] = args.length;
      Atomics.store(state, 0, asked);
      Atomics.notify(state, 0);
    },
    answer(index) {
      const { state, values } = threads[index] as RowThread;
      if (Atomics.wait(state, 0, asked, patience) === "timed-out")
        throw new Error("a row thread does not answer");
      const [result = 0] = values;
      Atomics.store(state, 0, idle);
      Atomics.notify(state, 0);
      return result;
    },
  };
}
