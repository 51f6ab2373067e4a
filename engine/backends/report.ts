/** What can train on this machine: every backend tried, and the machine that they run on. */

import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import { type BackendId, type BackendReport, backendIds } from "#protocol/backends.ts";
import { t } from "#protocol/l10n.ts";
import { startBackend, stopBackend } from "./backend.ts";
import { availableCores } from "./cores.ts";
import { readSetup, tensorflowFolder } from "./tensorflow/place.ts";
import { readWebgpuSetup, webgpuFolder } from "./webgpu/place.ts";

/**
 * Starts each backend with its self-test and leaves the chosen one running.
 * @throws EquipoiseError `backend/unavailable` where none of the choice works.
 */
export async function reportBackends(choice: BackendId | "auto", threads?: number): Promise<BackendReport> {
  const backends: BackendReport["backends"][number][] = [];
  for (const id of backendIds) {
    const start = performance.now();
    try {
      const { reason, threads: used } = await startBackend(id, threads);
      const milliseconds = Math.round(performance.now() - start);
      backends.push({ id, works: true, threads: used, reason, milliseconds });
    } catch (error) {
      backends.push({ id, works: false, reason: (error as Error).message });
    }
    await stopBackend();
  }
  const chosen = await startBackend(choice, threads);
  const tensorflow = orUndefined(() => readSetup(tensorflowFolder()));
  const webgpu = orUndefined(() => readWebgpuSetup(webgpuFolder()));
  return {
    chosen,
    backends,
    machine: {
      node: process.versions.node,
      cores: availableCores(),
      memoryMegabytes: Math.round(os.totalmem() / 2 ** 20),
      gpus: await gpus(),
    },
    ...(tensorflow && { tensorflow: { ...tensorflow, setup: tensorflowFolder() } }),
    ...(webgpu && { webgpu: { ...webgpu, setup: webgpuFolder() } }),
  };
}

function orUndefined<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    // Why it is unreadable stands beside the backend.
    return undefined;
  }
}

/** NVIDIA's GPUs as their driver names them: "NVIDIA H100, 81559 MiB, 512 MiB used"; none where there is no driver. */
async function gpus(): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(
      "nvidia-smi",
      ["--query-gpu=name,memory.total,memory.used", "--format=csv,noheader"],
      { timeout: 5000 },
    );
    return stdout
      .trim()
      .split("\n")
      .map((line) => t`${line} used`);
  } catch {
    return [];
  }
}
