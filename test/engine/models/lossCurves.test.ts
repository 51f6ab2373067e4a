import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { difference } from "#engine/backends/selfTest.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import { createRandom } from "#engine/sampling/random.ts";
import type { BackendId } from "#protocol/backends.ts";
import type { ModelId } from "#protocol/project.ts";
import { presentTensorflow } from "../backends/tensorflow/present.ts";
import { isEmulatedGpu, presentWebgpu } from "../backends/webgpu/present.ts";

const missing = { tensorflow: await presentTensorflow(), webgpu: await presentWebgpu() };
for (const [backend, reason] of Object.entries(missing))
  if (reason) console.warn(`TRAINING IS NOT COMPARED WITH ${backend}: ${reason}`);
const others: readonly BackendId[] = [
  "wasm",
  ...(["tensorflow", "webgpu"] as const).filter((backend) => missing[backend] === undefined),
];

const [features, rows] = [20, 16];
/** A step takes a tenth of a second where a processor plays the GPU: the start of the curve then, all with EQUIPOISE_LONG. */
const stepsOn = (backend: BackendId): number =>
  backend === "webgpu" && isEmulatedGpu() && !process.env["EQUIPOISE_LONG"] ? 30 : 200;

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

async function curve(
  backend: BackendId,
  model: "linear" | "mlp",
  id: Parameters<typeof prepareLoss>[0],
  count: number,
) {
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
  for (let step = 0; step < count; step++) {
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

const models = ["linear", "mlp"] as const;
const losses = ["cross-entropy", "class-balanced-focal", "balanced-softmax", "equalization-v2"] as const;
const convolutional = [
  ["resnet8", [8, 8, 3], 1],
  ["segmenter", [8, 8, 3], 64],
] as const;

type Stepped = Record<string, ArrayLike<number>>;
const curves = new Map<string, Awaited<ReturnType<typeof curve>>>();
const steps = new Map<string, Stepped>();
const keyOf = (...parts: readonly (string | number)[]): string => parts.join(" ");

/** All of cpu first: changing between backends would cost a self-test each time. */
beforeAll(async () => {
  for (const model of models)
    for (const id of losses)
      for (const count of new Set(["cpu" as const, ...others].map(stepsOn)))
        curves.set(keyOf(model, id, count), await curve("cpu", model, id, count));
  for (const [model, inputShape, pixels] of convolutional)
    steps.set(model, await stepped("cpu", model, inputShape, pixels));
}, 300_000);

afterAll(stopBackend);

/** What `beforeAll` left. */
function known<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`expected ${key}, got nothing`);
  return value;
}

// A processor may play the GPU.
describe.each(others)("training on %s", { timeout: 300_000 }, (backend) => {
  describe.each(models)("a %s net", (model) => {
    test.each(losses)("has the curve of %s and the gradient sums that it has on cpu", async (id) => {
      const count = stepsOn(backend);
      const cpu = known(curves, keyOf(model, id, count));
      const other = await curve(backend, model, id, count);
      expect(other.values).toHaveLength(count);
      expect(difference(other.values, cpu.values)).toBeLessThan(1e-3);
      expect(difference(other.tally.positive, cpu.tally.positive)).toBeLessThan(1e-4);
      expect(difference(other.tally.negative, cpu.tally.negative)).toBeLessThan(1e-4);
    });
  });

  test.each(convolutional)(
    "%s has the logits, gradients and weights after one step that it has on cpu",
    async (model, inputShape, pixels) => {
      const cpu = known(steps, model);
      const other = await stepped(backend, model, inputShape, pixels);
      expect(Object.keys(other)).toEqual(Object.keys(cpu));
      for (const [name, values] of Object.entries(cpu))
        expect(difference(other[name] ?? [], values), name).toBeLessThan(2e-4);
    },
  );
});

test.each(models)("a %s net learns with each loss", (model) => {
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  for (const id of losses) {
    const { values } = known(curves, keyOf(model, id, 200));
    expect(mean(values.slice(-20)), id).toBeLessThan(0.8 * mean(values.slice(0, 5)));
  }
});

/** Logits before and after a step of cross-entropy, weights, running statistics, and velocities: the gradients. */
async function stepped(
  backend: BackendId,
  model: ModelId,
  inputShape: readonly number[],
  pixels: number,
): Promise<Stepped> {
  await startBackend(backend, 1);
  const images = 4;
  const loss = prepareLoss("cross-entropy", {}, counts);
  const network = createNetwork({ model, inputShape, classes: loss.columns, seed: 3, decayBias: true });
  const size = inputShape.reduce((a, b) => a * b, 1);
  const batch = {
    inputs: Float32Array.from({ length: images * size }, (_, i) => Math.sin(i * i)),
    rows: images,
  };
  const targets = { labels: Int32Array.from({ length: images * pixels }, (_, i) => i % counts.length) };
  const gradient = new Float32Array(images * pixels * loss.columns);
  const tally = { positive: new Float64Array(counts.length), negative: new Float64Array(counts.length) };
  const seen: number[] = [];
  const gradientOf = (logits: Float32Array): Float32Array => {
    seen.push(...logits, loss.step(logits, targets, gradient, tally));
    return gradient;
  };
  await network.step(batch, gradientOf, { learningRate: 0.1, momentum: 0.9, weightDecay: 0 });
  const state = Object.entries(await network.save()).map(([name, { values }]) => [name, values] as const);
  const result = { seen, ...Object.fromEntries(state), after: await network.logits(batch) };
  network.dispose();
  return result;
}
