import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBackend, stopBackend } from "#engine/backends/backend.ts";
import { countLabels, datasetOf, type Matrix } from "#engine/data/dataset.ts";
import type { TrainingData } from "#engine/data/inputs.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { createTrainer } from "#engine/trainer.ts";
import { searchCandidates } from "#engine/training/search/candidates.ts";
import { measureAdvice, measureOn, raceCost } from "#engine/training/search/measureAdvice.ts";
import { validationSplits } from "#engine/training/search/validationSplits.ts";
import type { AdviceProgress } from "#protocol/advice.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../../tiny.ts";

beforeAll(() => startBackend("cpu"));
afterAll(() => stopBackend());

/** Classes around centres on a line, `apart` deviations from one to the next. */
function clusters(counts: readonly number[], apart: number): TrainingData {
  const random = createRandom(5);
  const labels = counts.flatMap((count, k) => new Array<number>(count).fill(k));
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const values = Float32Array.from(labels.flatMap((k) => [apart * k + normal(), normal()]));
  const matrix: Matrix = { values, rows: labels.length, columns: 2 };
  const places = Int32Array.from(labels, (_, i) => i);
  const scale = { mean: new Float32Array(2), factor: new Float32Array(2).fill(1) };
  const train = datasetOf(matrix, places, Int32Array.from(labels), scale);
  const classes = counts.map((_, k) => `class ${k}`);
  return { classes, counts: countLabels(train.labels, counts.length), train, test: train, notes: [] };
}

describe("candidates", () => {
  test("begin with cross-entropy, leave out betas without effect, and are all different", () => {
    const choices = searchCandidates([5000, 500, 50], undefined);
    expect(choices[0]?.loss).toBe("cross-entropy");
    expect(new Set(choices.map((choice) => JSON.stringify(choice))).size).toBe(choices.length);
    const betas = choices.filter(({ loss }) => loss === "class-balanced-softmax");
    expect(betas.map(({ parameters }) => parameters["beta"])).toEqual([0.99, 0.999, 0.9999]);
    expect(choices.some(({ schedule }) => schedule)).toBe(true);
  });
});

describe("validation splits", () => {
  test("are one where each class leaves ten rows, else three different ones", () => {
    expect(validationSplits(clusters([100, 50], 1)).splits).toHaveLength(1);
    const { splits, smallest } = validationSplits(clusters([100, 15], 1));
    expect(smallest).toEqual({ name: "class 1", rows: 3 });
    expect(splits.map(({ counts }) => counts)).toEqual([
      [80, 12],
      [80, 12],
      [80, 12],
    ]);
    const rows = splits.map(({ test: part }) => [...part.range(0, part.rows)].join());
    expect(new Set(rows).size).toBe(3);
  });

  test("name the classes that a single sample keeps from being measured", () => {
    expect(validationSplits(clusters([30, 20, 1], 1)).untested).toEqual(["class 2"]);
  });
});

describe("measured advice", () => {
  const plan = tinyPlan("/nowhere", { epochs: 18, batchSize: 64, learningRate: 0.1 });

  test("finds a remedy where the tail overlaps the head, at a fraction of the cost of trying all", async () => {
    const advice = await measureOn(clusters([900, 300, 60], 1.5), plan, {});
    expect(advice.verdict).toBe("helps");
    expect(advice.choice).not.toMatchObject({ loss: "cross-entropy", sampler: "instance-balanced" });
    expect(advice.gain?.low).toBeGreaterThan(0);
    expect(advice.steps).toBeLessThan(advice.allSteps / 2);
    expect(advice.why).toContain("cross-entropy");
    expect(advice.evidence).toMatch(/^measured \d.* % balanced accuracy against /);
    expect(advice.candidates.map(({ fate }) => fate)).toContain("dropped");
  });

  test("says that nothing helps where classes are as frequent as each other", async () => {
    const advice = await measureOn(clusters([300, 300, 300], 1.5), plan, {});
    expect(advice.verdict).toBe("nothing-helps");
    expect(advice.choice).toMatchObject({ loss: "cross-entropy", sampler: "instance-balanced" });
    expect(advice.gain).toBeUndefined();
    expect(advice.why).toContain("Nothing tried is ahead of cross-entropy");
  });

  test("is the same each time", async () => {
    const data = clusters([200, 60, 15], 1.5);
    const [a, b] = [await measureOn(data, plan, {}), await measureOn(data, plan, {})];
    expect({ ...a, seconds: 0 }).toEqual({ ...b, seconds: 0 });
  });

  test("does not look at the test part", async () => {
    const data = clusters([200, 60, 15], 1.5);
    const other = { ...data, test: clusters([9, 9, 9], 3).train };
    const [a, b] = [await measureOn(data, plan, {}), await measureOn(other, plan, {})];
    expect({ ...a, seconds: 0 }).toEqual({ ...b, seconds: 0 });
  });

  test("costs less with fewer epochs, and no more than trying all", () => {
    expect(raceCost(20, 36)).toBeLessThan(20 * 36 * 0.3);
    expect(raceCost(20, 9)).toBeLessThan(raceCost(20, 36));
  });

  test("looks within an epoch where the time is short, and keeps all candidates", async () => {
    const advice = await measureOn(clusters([9000, 3000, 600], 1.5), { ...plan, epochs: 1 }, {});
    const trained = advice.candidates.map(({ epochs }) => epochs);
    expect(advice.epochs).toBeCloseTo(1, 0);
    expect(trained.filter((epochs) => epochs > 0 && epochs < 0.2).length).toBeGreaterThan(5);
    expect(trained).not.toContain(0);
  });

  test("refuses masks, naming what to do instead", async () => {
    const masks = tinyPlan(temporaryFolder(), { inputs: "masks", model: "segmenter" });
    await expect(measureAdvice(masks)).rejects.toThrow("equipoise compare");
  });

  test("is asked of the training process, told how far it is, and stopped", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const heard: AdviceProgress[] = [];
    const trainer = createTrainer(
      () => {},
      (progress) => heard.push(progress),
    );
    const advice = await trainer.measure({ manifest, folder, seconds: 600 });
    expect(advice.splits).toBe(3);
    expect(heard.at(-1)?.share).toBeGreaterThan(0);
    // A window that was reloaded has another process.
    const next = createTrainer(() => {});
    expect(await next.latestAdvice({ manifest, folder })).toEqual(advice);
    expect(await next.latestAdvice({ manifest: `${manifest}.other`, folder })).toBeNull();
    const asked = trainer.measure({ manifest, folder, seconds: 600 });
    const failed = expect(asked).rejects.toMatchObject({ code: "run/stopped" });
    await expect(trainer.measure({ manifest, folder, seconds: 1 })).rejects.toMatchObject({
      code: "run/busy",
    });
    await trainer.stopMeasuring();
    await failed;
    expect(await next.latestAdvice({ manifest, folder })).toEqual(advice);
    writeFileSync(manifest, `# changed\n${readFileSync(manifest, "utf8")}`);
    expect(await next.latestAdvice({ manifest, folder })).toBeNull();
  });
});
