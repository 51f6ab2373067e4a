import { describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { difference } from "#engine/backends/selfTest.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import { createRandom } from "#engine/sampling/random.ts";
import type { BackendId } from "#protocol/training.ts";
import { presentTensorflow } from "../backends/tensorflow/present.ts";

const missing = await presentTensorflow();
if (missing) console.warn(`Curves are not compared with tensorflow: ${missing}`);
const fast: readonly BackendId[] = missing ? ["wasm"] : ["wasm", "tensorflow"];

const [features, rows, steps] = [20, 16, 200];

/** A long tail: class k has 100 / 2^k samples, each near its own corner. */
const counts = [100, 50, 25, 12, 6, 3];
const labels = Int32Array.from(counts.flatMap((count, k) => Array<number>(count).fill(k)));
const random = createRandom(1);
const samples = Array.from(labels, (label) =>
  Float32Array.from(
    { length: features },
    (_, j) => 2 * random.next() - 1 + (j % counts.length === label ? 0.7 : 0),
  ),
);

async function curve(backend: BackendId, model: "linear" | "mlp", id: Parameters<typeof prepareLoss>[0]) {
  await startBackend(backend, 1);
  const loss = prepareLoss(id, {}, counts);
  const { biasStart, decayBias } = loss;
  const network = createNetwork({
    model,
    inputShape: [features],
    classes: loss.columns,
    seed: 4,
    decayBias,
    ...(biasStart === undefined ? {} : { biasStart }),
  });
  const tally = { positive: new Float64Array(counts.length), negative: new Float64Array(counts.length) };
  const values: number[] = [];
  const draw = createRandom(7);
  const gradient = new Float32Array(rows * loss.columns);
  for (let step = 0; step < steps; step++) {
    const chosen = Array.from({ length: rows }, () => draw.integer(labels.length));
    const inputs = new Float32Array(rows * features);
    for (const [row, i] of chosen.entries()) inputs.set(samples[i]!, row * features);
    const gradientOf = (logits: Float32Array) => {
      const targets = { labels: Int32Array.from(chosen, (i) => labels[i]!) };
      values.push(loss.step(logits, targets, gradient, tally));
      return gradient;
    };
    await network.step({ inputs, rows }, gradientOf, {
      learningRate: 0.05,
      momentum: 0.9,
      weightDecay: 5e-4,
    });
  }
  network.dispose();
  return { values, tally };
}

describe.each(["linear", "mlp"] as const)("a %s net", (model) => {
  test.each(["cross-entropy", "class-balanced-focal", "balanced-softmax", "equalization-v2"] as const)(
    "has the same curve of %s and the same gradient sums on every backend over 200 steps",
    async (id) => {
      const cpu = await curve("cpu", model, id);
      for (const backend of fast) {
        const other = await curve(backend, model, id);
        expect(difference(other.values, cpu.values), backend).toBeLessThan(1e-3);
        expect(difference(other.tally.positive, cpu.tally.positive), backend).toBeLessThan(1e-4);
        expect(difference(other.tally.negative, cpu.tally.negative), backend).toBeLessThan(1e-4);
      }
      await stopBackend();
      const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
      expect(mean(cpu.values.slice(-20))).toBeLessThan(0.8 * mean(cpu.values.slice(0, 5)));
    },
    60_000,
  );
});
