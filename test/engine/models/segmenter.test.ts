import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { createNetwork } from "#engine/models/createNetwork.ts";
import type { Batch, LogitsToGradient, NetworkSpec, Update } from "#engine/models/network.ts";
import { createRandom } from "#engine/sampling/random.ts";

const [side, classes, rows] = [8, 3, 2];
const spec: NetworkSpec = {
  model: "segmenter",
  inputShape: [side, side, 3],
  classes,
  seed: 4,
  decayBias: true,
};
const still: Update = { learningRate: 0, momentum: 0, weightDecay: 0 };

/** The brightest channel of a pixel is its class; a quarter of the pixels has none. */
function batch(seed: number): { inputs: Batch; labels: Int32Array } {
  const random = createRandom(seed);
  const inputs = Float32Array.from({ length: rows * side * side * 3 }, () => 2 * random.next() - 1);
  const labels = Int32Array.from({ length: rows * side * side }, (_, pixel) => {
    const colour = [...inputs.subarray(3 * pixel, 3 * pixel + 3)];
    return pixel % 4 === 3 ? -100 : colour.indexOf(Math.max(...colour));
  });
  return { inputs: { inputs, rows }, labels };
}

function crossEntropy(labels: Int32Array, values: number[] = []): LogitsToGradient {
  const loss = prepareLoss("cross-entropy", {}, [1, 1, 1]);
  return (logits) => {
    const gradient = new Float32Array(logits.length);
    values.push(loss.measure(logits, { labels }, gradient).loss);
    return gradient;
  };
}

describe("the segmentation net", () => {
  beforeAll(() => startBackend("wasm", 1));
  afterAll(stopBackend);

  test("gives a row of logits for every pixel", async () => {
    const network = createNetwork(spec);
    const { inputs } = batch(1);
    expect(await network.logits(inputs)).toHaveLength(rows * side * side * classes);
    expect(await network.features(inputs)).toHaveLength(rows * side * side * network.featureSize);
    network.dispose();
  });

  test("has the gradients that finite differences give", async () => {
    const network = createNetwork(spec);
    for (let i = 0; i < 5; i++) {
      const { inputs, labels } = batch(i);
      await network.step(inputs, crossEntropy(labels), { learningRate: 0.1, momentum: 0, weightDecay: 0 });
    }
    const { inputs, labels } = batch(9);
    const before = await network.save();
    await network.step(inputs, crossEntropy(labels), { learningRate: 1, momentum: 0, weightDecay: 0 });
    const after = await network.save();
    const random = createRandom(6);
    const names = Object.keys(before).filter((name) => !/velocity|mean|variance/.test(name));
    expect(names).toHaveLength(4 * 3 + 2);
    for (const name of names) {
      const values = before[name]!.values;
      const i = random.integer(values.length);
      const valueAt = async (shift: number): Promise<number> => {
        const moved = values.slice();
        moved[i]! += shift;
        network.restore({ ...before, [name]: { ...before[name]!, values: moved } });
        const seen: number[] = [];
        await network.step(inputs, crossEntropy(labels, seen), still);
        return seen[0]!;
      };
      const slope = values[i]! - after[name]!.values[i]!;
      const expected = ((await valueAt(0.004)) - (await valueAt(-0.004))) / 0.008;
      expect(Math.abs(slope - expected), `${name}[${i}]: ${slope}, ${expected}`).toBeLessThan(4e-3);
    }
    network.dispose();
  });

  test("goes on from a saved state as if it had never stopped", async () => {
    const [first, second] = [createNetwork(spec), createNetwork({ ...spec, seed: 8 })];
    const train = async (network: typeof first): Promise<number[]> => {
      const values: number[] = [];
      for (let i = 0; i < 4; i++) {
        const { inputs, labels } = batch(i);
        const update = { learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3 };
        await network.step(inputs, crossEntropy(labels, values), update);
      }
      return values;
    };
    const begun = await train(first);
    second.restore(await first.save());
    const resumed = await train(second);
    expect(resumed).toEqual(await train(first));
    expect(resumed[3]!).toBeLessThan(begun[0]!);
    first.dispose();
    second.dispose();
  });

  test("takes the same step on cpu", async () => {
    const { inputs, labels } = batch(2);
    const step = async () => {
      const network = createNetwork(spec);
      const update = { learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3 };
      await network.step(inputs, crossEntropy(labels), update);
      const state = await network.save();
      network.dispose();
      return state;
    };
    const onWasm = await step();
    await startBackend("cpu", 1);
    const onCpu = await step();
    await startBackend("wasm", 1);
    for (const [name, { values }] of Object.entries(onWasm))
      for (const [i, value] of values.entries()) expect(onCpu[name]!.values[i]).toBeCloseTo(value, 4);
  });

  test("refuses inputs that it cannot halve", () => {
    for (const inputShape of [[7, 8, 3], [12], [8, 8]])
      expect(() => createNetwork({ ...spec, inputShape })).toThrow("even number of pixels");
  });
});
