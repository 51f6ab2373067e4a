/** Recorded runs of other programs against the engine on the same logits. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { prepareLoss } from "#engine/losses/registry.ts";
import type { StoredRun } from "#engine/runs/runFolder.ts";

export interface SeenStep {
  readonly logits: readonly number[];
  readonly labels: readonly number[];
}

/** Classes and counts of the sample that scripts train on. */
export function sampleData(): { readonly classes: readonly string[]; readonly counts: readonly number[] } {
  const list = fileURLToPath(new URL("../../../samples/cifar10-lt/train_if100.txt", import.meta.url));
  const counts = new Array<number>(10).fill(0);
  for (const line of readFileSync(list, "utf8").trim().split("\n")) counts[Number(line.split(" ")[1])]!++;
  return { classes: counts.map((_, k) => `class ${k}`), counts };
}

/** Cross-entropy of the engine gives the sums of every report, of two epochs of 39 steps. */
export function expectEngineRatios(run: StoredRun, steps: readonly SeenStep[]): void {
  const loss = prepareLoss("cross-entropy", {}, sampleData().counts);
  const sums = () => ({ positive: new Float64Array(10), negative: new Float64Array(10) });
  const [window, accumulated] = [sums(), sums()];
  let reports = 0;
  for (const [at, { logits, labels }] of steps.entries()) {
    if (at === 39) for (const side of Object.values(window)) side.fill(0);
    for (const tally of [window, accumulated]) {
      loss.step(
        Float64Array.from(logits),
        { labels: Int32Array.from(labels) },
        new Float64Array(logits.length),
        tally,
      );
    }
    const report = run.gradients.find(({ step }) => step === at + 1);
    if (!report) continue;
    reports++;
    for (const [ours, theirs] of [
      [window, report.window],
      [accumulated, report.accumulated],
    ] as const) {
      for (let k = 0; k < 10; k++) {
        const ratio = ours.positive[k]! / ours.negative[k]!;
        expect(Math.abs(theirs.positive[k]! / theirs.negative[k]! - ratio)).toBeLessThanOrEqual(1e-5 * ratio);
        expect(theirs.positive[k]!).toBeCloseTo(ours.positive[k]!, 4);
      }
    }
  }
  expect(reports).toBe(15);
}
