import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRun, type StoredRun } from "#engine/runs/runFolder.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { recorderForPyTorch } from "#engine/targets/pytorch/recorder.ts";
import { lossAsPyTorch } from "#engine/targets/pytorch.ts";
import type { LossId } from "#protocol/losses.ts";
import { pythonHas, runPython } from "./codeSuite.ts";

const learning: readonly LossId[] = ["equalization-v2", "equalized-focal", "softmax-equalization", "seesaw"];
const classes = ["a", "b", "c", "d"];
const counts = [300, 60, 20, 4];
const rows = 8;

const random = createRandom(11);
const steps = Array.from({ length: 3 }, () => ({
  logits: Array.from({ length: rows }, () => classes.map(() => 4 * random.next() - 2)),
  // Every class in some half alone, so that a state of one half would show.
  labels: [0, 0, 1, 3, 0, 2, 0, random.integer(4)],
}));

interface StepResult {
  readonly loss: number;
  readonly grad: readonly (readonly number[])[];
  readonly state: readonly (readonly number[])[];
}
interface Results {
  /** By loss and step. */
  readonly single: readonly (readonly StepResult[])[];
  /** The same by process. */
  readonly both: readonly (readonly (readonly StepResult[])[])[];
}

const hasTorch = pythonHas("torch.distributed", "generated losses were not run on two processes");
const folder = mkdtempSync(join(tmpdir(), "equipoise-replicas-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(hasTorch)("on two processes with half of each batch,", () => {
  let results: Results;
  const folders = ["single", "both"].map((name) => join(folder, name));
  beforeAll(() => {
    const choice = (loss: LossId) => ({ loss, parameters: {}, sampler: "instance-balanced" }) as const;
    results = runPython<Results>("runReplicas.py", {
      cases: learning.map((loss) => ({ source: lossAsPyTorch(choice(loss), classes, counts), steps })),
      recorder: recorderForPyTorch({ classes, counts }),
      folders,
    });
  }, 300_000);

  test.each(learning.map((loss, at) => [loss, at] as const))(
    "%s has loss, gradient and memory of the whole batch in one process",
    (_, at) => {
      for (const [step, whole] of results.single[at]!.entries()) {
        const halves = results.both.map((process) => process[at]![step]!);
        // The halves are of the same size: their mean is that of the batch, as DDP averages gradients.
        expect((halves[0]!.loss + halves[1]!.loss) / 2).toBeCloseTo(whole.loss, 10);
        const gradient = halves.flatMap(({ grad }) => grad.flat()).map((value) => value / 2);
        for (const [i, value] of whole.grad.flat().entries()) expect(gradient[i]).toBeCloseTo(value, 10);
        for (const { state } of halves) {
          for (const [i, value] of whole.state.flat().entries()) {
            expect(Math.abs(state.flat()[i]! - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value) + 1e-12);
          }
        }
      }
    },
  );

  test("the recorder adds its sums and tests over both, and one of them writes the run", async () => {
    const [single, both] = await Promise.all(folders.map(onlyRun));
    expect(both!.gradients.map(({ step }) => step)).toEqual(single!.gradients.map(({ step }) => step));
    for (const [at, report] of both!.gradients.entries()) {
      const whole = single!.gradients[at]!;
      for (let k = 0; k < classes.length; k++) {
        // Each half divides by half of the rows, so sums are twice as large and ratios the same.
        expect(report.window.positive[k]!).toBeCloseTo(2 * whole.window.positive[k]!, 5);
        expect(report.accumulated.negative[k]!).toBeCloseTo(2 * whole.accumulated.negative[k]!, 5);
      }
    }
    expect(both!.epochs[0]!.recall).toEqual(single!.epochs[0]!.recall);
    expect(both!.description.state).toMatchObject({ kind: "finished" });
  });
});

async function onlyRun(place: string): Promise<StoredRun> {
  const runs = readdirSync(join(place, ".equipoise/runs"));
  expect(runs).toHaveLength(1);
  const run = await readRun(join(place, ".equipoise/runs", runs[0]!));
  return run ?? expect.fail("the folder holds no run");
}
