import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import type { Update } from "#engine/models/network.ts";

afterAll(stopBackend);

/** Bytes of the heap that the wasm backend has taken, or of the tensors where there is no such heap. */
function held(): number {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  return wasm?.HEAPU8.length ?? tf.memory().numBytes;
}

// Those of tensorflow and webgpu, whose memory is not TensorFlow.js's own, are in their backends' tests.
describe.each(["wasm", "cpu"] as const)("training on %s", { timeout: 240_000 }, (backend) => {
  test.each([
    ["linear", [12], 10_000, "sgd"],
    ["mlp", [12], 10_000, "sgd"],
    ["mlp", [12], 2_000, "adam"],
    ["resnet8", [8, 8, 3], backend === "wasm" ? 1_000 : 5, "sgd"],
  ] as const)(
    "of %s [%s] keeps no tensor and no memory over %i steps of %s",
    async (model, inputShape, steps, kind) => {
      await startBackend(backend, 1);
      const network = createNetwork({ model, inputShape, classes: 3, seed: 1, decayBias: true });
      const [rows, size] = [4, inputShape.reduce((a, b) => a * b, 1)];
      const inputs = Float32Array.from({ length: rows * size }, (_, i) => Math.sin(i));
      const gradient = new Float32Array(3 * rows).fill(0.1);
      const step = async (number: number): Promise<void> => {
        const update: Update = {
          learningRate: 0.01 / number,
          momentum: 0.9,
          weightDecay: 1e-4,
          ...(kind === "adam" ? { adamStep: number } : {}),
        };
        await network.step({ inputs, rows }, () => gradient, update);
      };
      for (let number = 1; number <= steps / 10; number++) await step(number);
      const start = { tensors: tf.memory().numTensors, bytes: held() };
      for (let number = 1; number <= steps; number++) await step(number);
      expect({ tensors: tf.memory().numTensors, bytes: held() }).toEqual(start);
      network.dispose();
      expect(tf.memory().numTensors).toBe(0);
    },
  );
});
