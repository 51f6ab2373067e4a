import { beforeAll, describe, expect, test } from "vitest";
import { createRandom } from "#engine/sampling/random.ts";
import { lossAsKeras } from "#engine/targets/keras.ts";
import type { LossId } from "#protocol/losses.ts";
import { pythonHas, runPython } from "./codeSuite.ts";

/** Losses that learn while they train, and two that do not. */
const tried: readonly LossId[] = [
  "equalization-v2",
  "equalized-focal",
  "softmax-equalization",
  "seesaw",
  "balanced-softmax",
  "class-balanced-focal",
];
const classes = ["a", "b", "c", "d"];
const counts = [300, 60, 20, 4];
const batch = 8;
const width = 3;

const random = createRandom(7);
const numbers = (length: number): number[] => Array.from({ length }, () => 4 * random.next() - 2);
// Every class in some half of a batch alone, so that a memory of one half would show.
const labels = [0, 0, 1, 3, 0, 2, 0, 1];
const y = [0, 1, 2].flatMap((step) => labels.map((label) => (label + step) % 4));
const x = y.map(() => numbers(width));
const weights = Array.from({ length: width }, () => numbers(classes.length));

interface Trained {
  readonly replicas: number;
  readonly weights: readonly (readonly number[])[];
  readonly memory: readonly (readonly number[])[];
}
type Results = readonly { readonly both: Trained; readonly single: Trained }[];

const hasKeras = pythonHas(
  "keras, tensorflow",
  "generated Keras losses were not run under a distribution strategy",
);

describe.runIf(hasKeras)("under a distribution strategy of two replicas,", () => {
  let results: Results;
  beforeAll(() => {
    const cases = tried.map((loss) => ({
      source: lossAsKeras({ loss, parameters: {}, sampler: "instance-balanced" }, classes, counts),
      x,
      y,
      weights,
      batch,
      classes: classes.length,
    }));
    results = runPython<Results>("runKerasReplicas.py", { cases });
  }, 300_000);

  test.each(tried.map((loss, at) => [loss, at] as const))(
    "three steps of %s leave the weights and the memory of one replica with whole batches",
    (_, at) => {
      const { both, single } = results[at]!;
      expect([both.replicas, single.replicas]).toEqual([2, 1]);
      expect(both.memory.length).toBe(single.memory.length);
      const pairs = (["weights", "memory"] as const).flatMap((part) =>
        single[part].flat().map((value, i) => [both[part].flat()[i]!, value] as const),
      );
      for (const [ours, whole] of pairs)
        expect(Math.abs(ours - whole)).toBeLessThanOrEqual(1e-9 * Math.abs(whole) + 1e-12);
      // It trained at all.
      const moved = single.weights[0]!.some((value, i) => Math.abs(value - weights.flat()[i]!) > 1e-3);
      expect(moved).toBe(true);
    },
  );
});
