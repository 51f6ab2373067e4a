/** The choice of a backend: best first, each proven by a self-test before it is used. */

import * as tf from "@tensorflow/tfjs";
import type { BackendDescription, BackendId } from "#protocol/backends.ts";
import { t } from "#protocol/l10n.ts";
import { startCpu } from "./cpu.ts";
import { selfTest } from "./selfTest.ts";
import { hasTensorflow } from "./tensorflow/place.ts";
import { unavailable } from "./unavailable.ts";
import { startWasm, stopWasm } from "./wasm.ts";
import { hasWebgpu } from "./webgpu/place.ts";

interface Backend {
  readonly id: BackendId;
  /** Whether `auto` tries it; absent: always. One that nobody set up is not worth a word. */
  isHere?(): boolean;
  /** `isChosen`: by its own name. */
  start(
    threads: number | undefined,
    isChosen: boolean,
  ): Promise<{ readonly threads: number; readonly reason: string }>;
  /** Called once the self-test was passed. */
  confirm?(): Promise<void>;
  /** Whether it failed since, with all that lived on it. */
  isLost?(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Best first. */
const backends: readonly Backend[] = [
  {
    id: "tensorflow",
    isHere: hasTensorflow,
    async start(threads) {
      return (await tensorflow()).startTensorflow(threads);
    },
    async confirm() {
      (await tensorflow()).confirmTensorflow();
    },
    async stop() {
      if (loaded.has("tensorflow")) (await tensorflow()).stopTensorflow();
    },
  },
  {
    id: "webgpu",
    isHere: hasWebgpu,
    async start(_, isChosen) {
      return (await webgpu()).startWebgpu(isChosen);
    },
    async confirm() {
      (await webgpu()).confirmWebgpu();
    },
    async isLost() {
      return (await webgpu()).isWebgpuLost();
    },
    async stop() {
      if (loaded.has("webgpu")) (await webgpu()).stopWebgpu();
    },
  },
  { id: "wasm", start: startWasm, stop: stopWasm },
  {
    id: "cpu",
    async start() {
      await startCpu();
      return { threads: 1, reason: t`plain JavaScript, slow` };
    },
    async stop() {},
  },
];

/** Backends whose kernels were read: where they are used only. */
const loaded = new Set<BackendId>();

async function tensorflow(): Promise<typeof import("./tensorflow/start.ts")> {
  loaded.add("tensorflow");
  return import("./tensorflow/start.ts");
}

async function webgpu(): Promise<typeof import("./webgpu/start.ts")> {
  loaded.add("webgpu");
  return import("./webgpu/start.ts");
}

let active: (BackendDescription & { readonly best: boolean }) | undefined;

/**
 * Makes a backend active that has passed the self-test, and says which and why. One that is active already and fits
 * the choice stays, with the nets that live on it.
 * @param choice one backend, or `auto` for the best that works here.
 * @param threads asked for; by default EQUIPOISE_THREADS, else as many as help.
 * @throws EquipoiseError `backend/unavailable` where none of the choice works, with the reason of each.
 */
export async function startBackend(
  choice: BackendId | "auto",
  threads: number | undefined = threadsOfEnvironment(),
): Promise<BackendDescription> {
  const broken = active !== undefined && (await isLost(active.id));
  if (active && !broken && fits(active, choice, threads)) return describe(active);
  if (broken) await stopBackend();
  active = undefined;
  tf.enableProdMode();
  const failures: string[] = [];
  for (const backend of backends) {
    if (choice === "auto" ? backend.isHere?.() === false : backend.id !== choice) continue;
    try {
      const start = await backend.start(threads, choice === backend.id);
      await selfTest();
      await backend.confirm?.();
      const reason = [start.reason, ...failures].join("; ");
      active = {
        id: backend.id,
        threads: start.threads,
        reason,
        best: choice === "auto" || isBest(backend.id),
      };
      return describe(active);
    } catch (error) {
      await backend.stop();
      failures.push(t`${backend.id} does not run: ${(error as Error).message}`);
    }
  }
  throw unavailable(
    t`No training backend runs here: ${failures.join("; ")}. Choose another with --backend or in equipoise.yaml.`,
  );
}

function fits(running: NonNullable<typeof active>, choice: string, threads: number | undefined): boolean {
  const chosen = choice === "auto" ? running.best : choice === running.id;
  return chosen && (threads === undefined || threads === running.threads);
}

async function isLost(id: BackendId): Promise<boolean> {
  return (await backends.find((backend) => backend.id === id)?.isLost?.()) ?? false;
}

function isBest(id: BackendId): boolean {
  return backends.find(({ isHere }) => isHere?.() !== false)?.id === id;
}

function describe({ id, threads, reason }: BackendDescription): BackendDescription {
  return { id, threads, reason };
}

/** Ends the active backend with its threads. Nets and tensors made on it are gone. */
export async function stopBackend(): Promise<void> {
  active = undefined;
  for (const backend of backends) await backend.stop();
}

/** What an editor passes on from its settings to the process that it starts. */
function threadsOfEnvironment(): number | undefined {
  const threads = Number(process.env["EQUIPOISE_THREADS"]);
  return Number.isInteger(threads) && threads > 0 ? threads : undefined;
}
