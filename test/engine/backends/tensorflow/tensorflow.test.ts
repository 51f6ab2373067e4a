import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { selfTest } from "#engine/backends/selfTest.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import type { ModelId } from "#protocol/project.ts";
import { presentTensorflow } from "./present.ts";

const missing = await presentTensorflow();
if (missing) console.warn(`TensorFlow is not tested: ${missing}`);

afterEach(stopBackend);

describe.skipIf(missing !== undefined)("the tensorflow backend", { timeout: 120_000 }, () => {
  test("is the best where it is set up, and says which TensorFlow it is", async () => {
    const description = await startBackend("auto", 2);
    expect(description).toMatchObject({ id: "tensorflow", threads: 2 });
    expect(description.reason).toMatch(/^TensorFlow \d+\.\d+\.\d+ on [CG]PU, of .*tensorflow$/);
    expect(tf.getBackend()).toBe("tensorflow");
  });

  test("starts again after it was stopped, and leaves no tensor of its self-test behind", async () => {
    await startBackend("tensorflow", 2);
    await stopBackend();
    await startBackend("wasm", 1);
    await startBackend("tensorflow", 2);
    const before = tf.memory().numTensors;
    await selfTest();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.skipIf(missing !== undefined)("training on tensorflow", { timeout: 240_000 }, () => {
  test("follows the losses of wasm over 20 steps of ResNet-8", async () => {
    const [expected, got] = [await losses("wasm", "resnet8", 20), await losses("tensorflow", "resnet8", 20)];
    expectNear(got, Float32Array.from(expected), 1e-2);
    expect(got[19]).toBeLessThan(0.8 * (got[0] ?? 0));
  });

  test.each(["linear", "mlp"] as const)("keeps no tensor over 10,000 steps of %s", async (model) => {
    await startBackend("tensorflow", 1);
    const network = createNetwork({ model, inputShape: [12], classes: 3, seed: 1, decayBias: true });
    const inputs = Float32Array.from({ length: 48 }, (_, i) => Math.sin(i));
    const gradient = new Float32Array(12).fill(0.1);
    const step = async (rate: number): Promise<void> =>
      network.step({ inputs, rows: 4 }, () => gradient, {
        learningRate: rate,
        momentum: 0.9,
        weightDecay: 1e-4,
      });
    // Handles of TensorFlow itself, beyond what TensorFlow.js counts; a few scalars stay.
    const handles = (): number =>
      (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
    for (let i = 0; i < 200; i++) await step(0.01 / (i + 1));
    const start = { ours: tf.memory().numTensors, theirs: handles() };
    for (let i = 0; i < 10_000; i++) await step(0.01 / (i + 1));
    expect(tf.memory().numTensors).toBe(start.ours);
    expect(handles()).toBeLessThanOrEqual(start.theirs + 70);
    network.dispose();
    const rest = handles();
    createNetwork({ model, inputShape: [12], classes: 3, seed: 1, decayBias: true }).dispose();
    expect(handles()).toBe(rest);
  });

  test("is left for wasm, with the reason, where its self-test is not passed", async () => {
    await startBackend("tensorflow", 2);
    await stopBackend();
    const kernel = tf.getKernel("UnsortedSegmentSum", "tensorflow");
    tf.unregisterKernel("UnsortedSegmentSum", "tensorflow");
    try {
      const { id, reason } = await startBackend("auto", 1);
      expect(id).toBe("wasm");
      expect(reason).toMatch(/tensorflow does not run: self-test "gradient of gather"/);
    } finally {
      tf.registerKernel(kernel);
    }
  });

  test("says in one sentence that memory is full", async () => {
    await startBackend("tensorflow", 2);
    const much = tf.zeros([1, 1]);
    // 4 TB: no machine that runs tests has it.
    expect(() => tf.tile(much, [1 << 20, 1 << 20])).toThrow(/memory|OOM|allocat/i);
    much.dispose();
    expect((await startBackend("tensorflow", 2)).id).toBe("tensorflow");
  });

  test("runs in two processes at once", async () => {
    const source = fileURLToPath(new URL("../../../../engine/backends/backend.ts", import.meta.url));
    const script = fileURLToPath(new URL("../startAndEnd.mjs", import.meta.url));
    const started = [1, 2].map(() => promisify(execFile)(process.execPath, [script, source, "tensorflow"]));
    for (const { stdout } of await Promise.all(started)) expect(stdout).toMatch(/"id":"tensorflow"/);
  });
});

/** The losses of steps towards fixed logits. */
async function losses(backend: "wasm" | "tensorflow", model: ModelId, steps: number): Promise<number[]> {
  await startBackend(backend, 1);
  const [rows, size] = [4, 32 * 32 * 3];
  const network = createNetwork({ model, inputShape: [32, 32, 3], classes: 3, seed: 1, decayBias: true });
  const inputs = Float32Array.from({ length: rows * size }, (_, i) => Math.sin(i * i));
  const values: number[] = [];
  const gradientOf = (logits: Float32Array): Float32Array => {
    const off = logits.map((value, i) => value - (i % 3));
    values.push(off.reduce((sum, value) => sum + value * value, 0));
    return off.map((value) => value / rows);
  };
  const update = { learningRate: 0.01, momentum: 0.9, weightDecay: 1e-3 };
  for (let step = 0; step < steps; step++) await network.step({ inputs, rows }, gradientOf, update);
  network.dispose();
  return values;
}

function expectNear(got: ArrayLike<number>, expected: Float32Array, tolerance: number): void {
  expect(got.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const worst = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (got[i] ?? Number.NaN))),
    0,
  );
  expect(worst / scale).toBeLessThan(tolerance);
}
