import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ExperimentUpdate } from "#protocol/training.ts";
import { createOutbox, merged } from "../../client/outbox.ts";

const update = (step: number, experiment = "e"): ExperimentUpdate => ({
  experiment,
  state: { kind: "running", startedAt: 0, stepsDone: step, stepsTotal: 9 },
  runs: [{ id: "r", state: { kind: "running", epoch: 1, step } }],
  epochs: [],
  gradients: [
    {
      run: "r",
      epoch: 1,
      step,
      window: { positive: Float64Array.of(step), negative: Float64Array.of(1) },
      accumulated: { positive: Float64Array.of(step), negative: Float64Array.of(1) },
    },
  ],
});
const steps = (sent: readonly ExperimentUpdate[]) =>
  sent.map(({ gradients }) => gradients.map(({ step }) => step));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first update goes at once, those of the next tenth of a second together", async () => {
  const sent: ExperimentUpdate[] = [];
  const box = createOutbox(async (one) => void sent.push(one));
  for (const step of [1, 2, 3]) box.add(update(step));
  expect(steps(sent)).toEqual([[1]]);
  await vi.advanceTimersByTimeAsync(99);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2);
  expect(steps(sent)).toEqual([[1], [2, 3]]);
});

test("nothing more is sent while the page has not taken the last update, and no report is lost", async () => {
  const sent: ExperimentUpdate[] = [];
  const taken: (() => void)[] = [];
  const box = createOutbox((one) => {
    sent.push(one);
    return new Promise<void>((resolve) => taken.push(resolve));
  });
  for (const step of [1, 2]) box.add(update(step));
  await vi.advanceTimersByTimeAsync(1000);
  box.add(update(3));
  expect(sent).toHaveLength(1);
  taken[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(steps(sent)).toEqual([[1], [2, 3]]);
});

test("a page that never answers gets an update every two seconds", async () => {
  const sent: ExperimentUpdate[] = [];
  const box = createOutbox((one) => {
    sent.push(one);
    return new Promise(() => {});
  });
  for (const step of [1, 2]) box.add(update(step));
  await vi.advanceTimersByTimeAsync(2001);
  expect(steps(sent)).toEqual([[1], [2]]);
});

test("updates of another experiment are not merged, and a flush sends what waits", () => {
  const sent: ExperimentUpdate[] = [];
  const box = createOutbox(async (one) => void sent.push(one));
  for (const one of [update(1), update(2), update(1, "f")]) box.add(one);
  box.flush();
  expect(sent.map(({ experiment }) => experiment)).toEqual(["e", "e", "f"]);
});

test("of two states of a run the later one stays", () => {
  const { runs, state } = merged(update(1), update(2));
  expect(runs).toEqual(update(2).runs);
  expect(state).toEqual(update(2).state);
});
