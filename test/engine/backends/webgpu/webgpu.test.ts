import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { selfTest } from "#engine/backends/selfTest.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import type { Network } from "#engine/models/network.ts";
import { openExperiment } from "#engine/training/experiment.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../../tiny.ts";
import { presentWebgpu } from "./present.ts";

const missing = await presentWebgpu();
if (missing) console.warn(`WEBGPU IS NOT TESTED: ${missing}`);

afterEach(stopBackend);

/** What is used of the backend's device. */
interface TestedDevice {
  readonly limits: { readonly maxBufferSize: number };
  createBuffer(wish: { readonly size: number; readonly usage: number }): object;
  destroy(): void;
}

function tiny(model: "linear" | "mlp"): Network {
  return createNetwork({ model, inputShape: [12], classes: 3, seed: 1, decayBias: true });
}

const inputs = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i));
const gradient = new Float32Array(12).fill(0.1);
const update = { learningRate: 0.01, momentum: 0.9, weightDecay: 1e-4 };

describe.skipIf(missing !== undefined)("the webgpu backend", { timeout: 240_000 }, () => {
  test("is taken where it is chosen, says which GPU it is, and passes its self-test again after a stop", async () => {
    const description = await startBackend("webgpu");
    expect(description).toMatchObject({ id: "webgpu", threads: 1 });
    expect(description.reason).toMatch(/^WebGPU on .+, Dawn of webgpu \d+\.\d+\.\d+$/);
    expect(tf.getBackend()).toBe("webgpu");
    await stopBackend();
    await startBackend("wasm", 1);
    await startBackend("webgpu");
    const before = tf.memory().numTensors;
    await selfTest();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("is left alone by auto where a processor plays the GPU", async () => {
    const { reason } = await startBackend("webgpu");
    await stopBackend();
    const best = await startBackend("auto", 1);
    if (!reason.includes("swiftshader")) expect(best.id).toBe("webgpu");
    else {
      expect(best.id).toBe("wasm");
      expect(best.reason).toMatch(/webgpu does not run: the only GPU is played by a processor: SwiftShader/);
    }
  });

  test.each(["linear", "mlp"] as const)(
    "keeps no tensor and no memory of the GPU over steps of %s",
    async (model) => {
      await startBackend("webgpu");
      const network = tiny(model);
      const step = (): Promise<void> => network.step({ inputs, rows: 4 }, () => gradient, update);
      const held = (): { tensors: number; bytes: number } => {
        const memory = tf.memory() as tf.MemoryInfo & { numBytesAllocatedInGPU: number };
        return { tensors: memory.numTensors, bytes: memory.numBytesAllocatedInGPU };
      };
      for (let i = 0; i < 20; i++) await step();
      const start = held();
      for (let i = 0; i < steps; i++) await step();
      expect(held()).toEqual(start);
      network.dispose();
    },
  );

  test("fails a step, and what follows, where the GPU has no memory left or is lost, and starts anew", async () => {
    const step = async (network: Network): Promise<void> =>
      network.step({ inputs, rows: 4 }, () => gradient, update);
    const trainedOnce = async (): Promise<Network> => {
      expect(await startBackend("webgpu")).toMatchObject({ id: "webgpu" });
      const network = tiny("linear");
      await step(network);
      expect(Object.keys(await network.save())).toContain("head/weight");
      return network;
    };
    const first = await trainedOnce();
    const { device } = tf.backend() as unknown as { device: TestedDevice };
    // Reserved, not written to; no GPU has 256 GB.
    const size = device.limits.maxBufferSize;
    for (let bytes = 0; bytes < 256e9; bytes += size) device.createBuffer({ size, usage: 128 });
    const full =
      /^The GPU has not enough memory for this training\. Lower the batch size\. .*last checkpoint is kept/;
    await expect(step(first)).rejects.toThrow(full);
    await expect(first.save()).rejects.toThrow(full);

    const second = await trainedOnce();
    (tf.backend() as unknown as { device: TestedDevice }).device.destroy();
    const lost = /^The GPU was lost: .*last checkpoint is kept: start again to go on from there/;
    await expect(step(second)).rejects.toThrow(lost);
    await expect(second.save()).rejects.toThrow(lost);
    (await trainedOnce()).dispose();
  });
});

describe.skipIf(missing !== undefined)("an experiment on webgpu", { timeout: 300_000 }, () => {
  test("fails as a whole when the GPU is lost, and goes on from its checkpoint when started again", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const plan = tinyPlan(folder, { backend: "webgpu", seeds: 1, epochs: 100_000 });
    const experiment = await openExperiment(plan);
    const begun = performance.now();
    for await (const { runs } of experiment.run()) {
      // Checkpoints are written every ten seconds.
      if (performance.now() - begun < 12_000 || runs[0]?.state.kind !== "running") continue;
      (tf.backend() as unknown as { device: TestedDevice }).device.destroy();
    }
    const { state, runs } = experiment.snapshot();
    expect(state).toMatchObject({ kind: "failed", message: expect.stringMatching(/^The GPU was lost: /) });
    expect(runs.map((run) => run.state.kind)).toEqual(["failed", "waiting"]);

    const next = await openExperiment(plan);
    expect(next.id).toBe(experiment.id);
    const [first] = next.snapshot().runs;
    const saved = first?.state.kind === "stopped" ? first.state.step : 0;
    expect(saved).toBeGreaterThan(0);
    const abort = new AbortController();
    for await (const update of next.run(abort.signal))
      if (update.runs.some((run) => run.state.kind === "running" && run.state.step > saved)) abort.abort();
    expect(next.snapshot().state).toEqual({ kind: "stopped" });
  });
});

/** A step takes some 50 ms where a processor plays the GPU; EQUIPOISE_LONG takes those of a long training. */
const steps = process.env["EQUIPOISE_LONG"] ? 10_000 : 60;
