import { afterEach, describe, expect, test } from "vitest";
import { startRowThreads, stopRowThreads } from "#engine/backends/rowThreads.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { lossIds } from "#protocol/losses.ts";

afterEach(stopRowThreads);

/** Enough for three shares. */
const [rows, classes] = [160, 1230];
const counts = Array.from({ length: classes }, (_, k) => Math.ceil(8000 / (k + 1)));
const logits = Float32Array.from({ length: rows * classes }, (_, i) => 4 * Math.sin(i * 1.7));
const labels = Int32Array.from({ length: rows }, (_, i) => (i % 7 === 3 ? -100 : (i * 37) % classes));

/** Two steps, so that the sums of one are in the state of the next. */
function steps(id: (typeof lossIds)[number]) {
  const loss = prepareLoss(id, {}, counts);
  const gradient = new Float32Array(logits.length);
  const tally = { positive: new Float64Array(classes), negative: new Float64Array(classes) };
  const values = [1, 2].map(() => loss.step(logits, { labels }, gradient, tally));
  return { values, gradient, tally, memory: loss.save() };
}

function bits({ values, gradient, tally }: ReturnType<typeof steps>): string {
  const parts = [Float64Array.from(values), gradient, tally.positive, tally.negative];
  return parts.map((part) => Buffer.from(part.buffer).toString("base64")).join();
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, scale] = [0, 1e-12];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return most / scale;
}

describe("blocks of rows over several threads", () => {
  test.each(lossIds.map((id, i) => [id, 2 + (i % 2)] as const))(
    "give what one thread gives: %s over %i",
    async (id, threads) => {
      const alone = steps(id);
      await startRowThreads(threads);
      const shared = steps(id);
      expect(furthest(shared.values, alone.values)).toBeLessThan(1e-5);
      expect(furthest(shared.gradient, alone.gradient)).toBeLessThan(1e-5);
      for (const side of ["positive", "negative"] as const)
        expect(furthest(shared.tally[side], alone.tally[side])).toBeLessThan(1e-4);
    },
  );

  test("give the same bits each time", async () => {
    await startRowThreads(3);
    for (const id of ["equalization-v2", "balanced-softmax", "seesaw"] as const) {
      const first = steps(id);
      for (let i = 0; i < 3; i++) expect(bits(steps(id))).toBe(bits(first));
    }
  });
});

test("after the threads have ended, one thread goes on", async () => {
  const alone = steps("cross-entropy");
  await startRowThreads(2);
  await stopRowThreads();
  expect(bits(steps("cross-entropy"))).toBe(bits(alone));
});
