import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { readRun, type StoredRun } from "#engine/runs/runFolder.ts";
import { crc32c, eventFile } from "#engine/runs/tensorBoard.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { gradientRatio } from "#engine/training/gradientRatio.ts";
import { python, pythonHas } from "../targets/codeSuite.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

test("the checksum is CRC-32C", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

async function trained(): Promise<StoredRun> {
  const folder = temporaryFolder();
  tinyData(folder);
  const updates = runExperiment(tinyPlan(folder, { seeds: 1, epochs: 2 }));
  for (;;) {
    const next = await updates.next();
    if (next.done) return (await readRun(runFolderOf(folder, next.value.runs[0]!.id)))!;
  }
}

interface Events {
  readonly scalars: Record<string, [step: number, value: number][]>;
  readonly histograms: Record<
    string,
    [step: number, num: number, min: number, max: number, sum: number, limits: number[], counts: number[]][]
  >;
}

describe.runIf(pythonHas("tensorboard", "TensorBoard reading our event files"))("TensorBoard", () => {
  test("reads the same scalars and histograms", async () => {
    const run = await trained();
    const folder = join(temporaryFolder(), "run");
    mkdirSync(folder);
    writeFileSync(join(folder, "events.out.tfevents.1.equipoise"), eventFile(run));
    const script = fileURLToPath(new URL("readEvents.py", import.meta.url));
    const events = JSON.parse(
      execFileSync(python, ["-W", "ignore", script, folder], { encoding: "utf8" }),
    ) as Events;
    const of = (values: (epoch: StoredRun["epochs"][number]) => number): unknown =>
      run.epochs.map((epoch) => [epoch.step, Math.fround(values(epoch))]);
    expect(events.scalars).toEqual({
      "loss/train": of(({ loss }) => loss),
      "accuracy/test": of(({ accuracy }) => accuracy),
      "balanced_accuracy/test": of(({ balancedAccuracy }) => balancedAccuracy),
    });
    const ratios = events.histograms["gradient_ratio/accumulated"]!;
    expect(ratios.map(([step]) => step)).toEqual(run.gradients.map(({ step }) => step));
    for (const [i, [, num, min, max, sum, limits, counts]] of ratios.entries()) {
      const values = [...gradientRatio(run.gradients[i]!.accumulated)].filter(Number.isFinite);
      expect([num, min, max]).toEqual([values.length, Math.min(...values), Math.max(...values)]);
      expect(sum).toBeCloseTo(values.reduce((a, b) => a + b, 0));
      for (const [bucket, count] of counts.entries()) {
        const [low, high] = [limits[bucket - 1] ?? -Infinity, limits[bucket]!];
        expect(count).toBe(values.filter((value) => value >= low && value < high).length);
      }
    }
    expect(events.histograms["recall"]).toHaveLength(run.epochs.length);
  }, 120_000);
});
