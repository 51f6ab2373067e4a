import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { readNpy } from "#engine/data/npy.ts";
import { adjustRuns } from "#engine/training/adjusted.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import type { ExperimentPlan, ExperimentSnapshot } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  tinyData(folder);
});

async function train(changes: Partial<ExperimentPlan> = {}): Promise<ExperimentSnapshot> {
  const updates = runExperiment(tinyPlan(folder, { seeds: 1, ...changes }));
  for (;;) {
    const next = await updates.next();
    if (next.done) return next.value;
  }
}

const crossEntropy = { loss: "cross-entropy", parameters: {}, sampler: "instance-balanced" } as const;

describe("the adjustment of logits", () => {
  test("is the run as it is at tau 0", async () => {
    const { runs, comparison } = await train();
    const [run] = runs;
    const { points, isCorrectedInTraining } = await adjustRuns(folder, [run!.id], [0]);
    const result = run!.state.kind === "finished" ? run!.state.result : undefined;
    const [point] = points;
    expect(point!.accuracy).toBe(result!.accuracy);
    expect(point!.balancedAccuracy).toBe(result!.balancedAccuracy);
    expect(point!.recall).toEqual(result!.recall);
    expect(point!.calibrationError).toBeCloseTo(result!.calibrationError!, 6);
    expect(comparison?.results.every(({ meanAveragePrecision }) => meanAveragePrecision! > 0.3)).toBe(true);
    expect(isCorrectedInTraining).toBe(false);
    expect((await adjustRuns(folder, [runs[1]!.id], [0])).isCorrectedInTraining).toBe(true);
  });

  test("at tau 1 is what the recipe post-hoc trains", async () => {
    const { runs } = await train({ losses: [crossEntropy, { ...crossEntropy, recipe: "post-hoc" }] });
    const [plain, recipe] = runs;
    const { points } = await adjustRuns(folder, [plain!.id], [1]);
    expect(recipe!.state.kind === "finished" && recipe!.state.result.recall).toEqual(points[0]!.recall);
  });

  test("moves recall from head to tail, as means over seeds", async () => {
    const { runs } = await train({ seeds: 2, losses: [crossEntropy] });
    const ids = runs.map(({ id }) => id);
    const { points } = await adjustRuns(folder, ids, [0, 1, 3]);
    const [none, one, three] = points;
    expect(three!.groups.tail!).toBeGreaterThan(none!.groups.tail!);
    expect(three!.groups.head!).toBeLessThan(none!.groups.head!);
    const alone = await Promise.all(ids.map((id) => adjustRuns(folder, [id], [1])));
    const mean = alone.reduce((sum, { points: [point] }) => sum + point!.balancedAccuracy / 2, 0);
    expect(one!.balancedAccuracy).toBeCloseTo(mean, 12);
  });

  test("says what cannot be adjusted", async () => {
    const { runs } = await train({ losses: [crossEntropy] });
    const id = runs[0]!.id;
    await expect(adjustRuns(folder, ["none"], [1])).rejects.toMatchObject({ code: "run/unknown" });
    await expect(adjustRuns(folder, ["../.."], [1])).rejects.toMatchObject({ code: "run/unknown" });
    await expect(adjustRuns(folder, [], [1])).rejects.toMatchObject({ code: "run/unknown" });
    for (const taus of [[Number.NaN], [], [11]])
      await expect(adjustRuns(folder, [id], taus)).rejects.toMatchObject({ code: "settings/invalid" });
    const place = join(folder, ".equipoise/runs", id);
    const description = JSON.parse(readFileSync(join(place, "run.json"), "utf8"));
    rmSync(join(place, "logits.npy"));
    await expect(adjustRuns(folder, [id], [1])).rejects.toThrow("logits.npy");
    const { link: _, ...state } = description.state;
    writeFileSync(join(place, "run.json"), JSON.stringify({ ...description, state }));
    await expect(adjustRuns(folder, [id], [1])).rejects.toMatchObject({ code: "data/none" });
  });
});

test("logits lie beside the run as one array, scaled where the head gives cosines", async () => {
  const ldam = { loss: "ldam", parameters: {}, sampler: "instance-balanced" } as const;
  const { runs } = await train({ losses: [crossEntropy, ldam] });
  for (const [at, { id }] of runs.entries()) {
    const place = join(folder, ".equipoise/runs", id);
    const { shape, type, values } = await readNpy(join(place, "logits.npy"));
    expect(shape).toEqual([30, 3]);
    expect(type).toBe("float32");
    const predictions = await readNpy(join(place, "predictions.npy"));
    const largest = Array.from({ length: 30 }, (_, row) => {
      const own = [0, 1, 2].map((k) => Number(values[3 * row + k]));
      return own.indexOf(Math.max(...own));
    });
    expect(largest).toEqual([...predictions.values.slice(30)]);
    if (at === 1) expect(Math.max(...Array.from(values, Number))).toBeGreaterThan(5);
  }
});
