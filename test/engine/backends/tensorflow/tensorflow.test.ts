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

  test.each(["linear", "mlp", "resnet8"] as const)("trains %s as the cpu backend does", async (model) => {
    const expected = await trained("cpu", model);
    const got = await trained("tensorflow", model);
    for (const [name, values] of Object.entries(expected)) expectNear(got[name] ?? [], values);
  });
});

/** Logits and state after two steps, from the same start. */
async function trained(backend: "cpu" | "tensorflow", model: ModelId): Promise<Record<string, Float32Array>> {
  await startBackend(backend);
  const inputShape = model === "resnet8" ? [8, 8, 3] : [12];
  const [rows, width] = [4, inputShape.reduce((a, b) => a * b, 1)];
  const inputs = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * i));
  const network = createNetwork({ model, inputShape, classes: 3, seed: 1, decayBias: true });
  try {
    const update = { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3 };
    const gradientOf = (logits: Float32Array): Float32Array =>
      logits.map((value, i) => (value - (i % 3)) / rows);
    for (let step = 0; step < 2; step++) await network.step({ inputs, rows }, gradientOf, update);
    const state = Object.entries(await network.save()).map(([name, { values }]) => [name, values] as const);
    return { ...Object.fromEntries(state), logits: await network.logits({ inputs, rows }) };
  } finally {
    network.dispose();
  }
}

function expectNear(got: ArrayLike<number>, expected: Float32Array): void {
  expect(got.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const worst = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (got[i] ?? Number.NaN))),
    0,
  );
  expect(worst / scale).toBeLessThan(1e-4);
}
