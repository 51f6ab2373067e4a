import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { prepareLoss } from "#engine/losses/registry.ts";
import { score } from "#engine/training/evaluation.ts";
import { openExperiment, runExperiment } from "#engine/training/experiment.ts";
import { bootstrapImageScores } from "#engine/training/imageBootstrap.ts";
import { decisionOf, lossRows, withBackgroundClass } from "#engine/training/lossRows.ts";
import { proposeExperiment } from "#engine/training/proposal.ts";
import type { LossId, LossParameters } from "#protocol/losses.ts";
import type { ExperimentPlan, ExperimentSnapshot, LossChoice } from "#protocol/training.ts";
import { temporaryFolder } from "../tiny.ts";

afterAll(() => stopBackend());

const samples = join(import.meta.dirname, "../../../samples");

function choice(loss: LossId, parameters: LossParameters = {}): LossChoice {
  return { loss, parameters, sampler: "instance-balanced" };
}

async function train(plan: ExperimentPlan, signal?: AbortSignal): Promise<ExperimentSnapshot> {
  const training = runExperiment(plan, signal);
  for (;;) {
    const next = await training.next();
    if (next.done) return next.value;
  }
}

async function proposed(sample: string, manifest: string): Promise<ExperimentPlan> {
  const folder = temporaryFolder();
  cpSync(join(samples, sample), folder, { recursive: true });
  const { plan } = await proposeExperiment({ manifest: join(folder, manifest), folder });
  return { ...plan, seeds: 1, epochs: 3, backend: "wasm" };
}

describe("rows of background", () => {
  const labels = Int32Array.of(0, -1, 1, -1, -1);

  test("stay what they are to a sigmoid loss and are one more class to a softmax and to samplers", () => {
    expect(lossRows("equalization-v2", labels, [1, 1])).toEqual({ labels, counts: [1, 1] });
    const mapped = { labels: Int32Array.of(0, 2, 1, 2, 2), counts: [1, 1, 3] };
    expect(lossRows("seesaw", labels, [1, 1])).toEqual(mapped);
    expect(withBackgroundClass(labels, [1, 1])).toEqual(mapped);
    expect(withBackgroundClass(labels.subarray(0, 1), [1, 1]).counts).toEqual([1, 1]);
  });

  test("are predicted by a half, by the objectness column, or by the column of background", () => {
    const counts = [5, 5];
    const decide = (id: LossId, parameters: LossParameters, all: number[], logits: number[]): number => {
      const loss = prepareLoss(id, parameters, all);
      expect(logits).toHaveLength(loss.columns);
      return decisionOf(loss, 2, true)(Float32Array.from(logits), 0);
    };
    expect(decide("equalized-focal", {}, counts, [-0.1, -2])).toBe(-1);
    expect(decide("equalized-focal", {}, counts, [0.1, 0.2])).toBe(1);
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    for (const [z, other] of [
      [3, -0.1],
      [3, 0.1],
      [-1, -2],
      [-1, -0.5],
      [-20, -15],
    ] as const) {
      const object = sigmoid(z) * (1 - sigmoid(other)) > sigmoid(other);
      expect(decide("equalization-v2", { objectness: true }, counts, [-30, z, other])).toBe(object ? 1 : -1);
    }
    expect(decide("seesaw", {}, [...counts, 9], [1, 0, 2])).toBe(-1);
    expect(decide("seesaw", {}, [...counts, 9], [3, 0, 2])).toBe(0);
  });
});

describe("the score", () => {
  test("knows background, and leaves out pixels without a class", () => {
    const truth = Int32Array.of(0, 0, 1, -1, -1, -100);
    const { accuracy, recall, background, overlap, balancedAccuracy } = score([0, -1, 1, -1, 0, 1], truth, 2);
    expect([...recall]).toEqual([0.5, 1]);
    expect(balancedAccuracy).toBe(0.75);
    expect(accuracy).toBe(3 / 5);
    expect(background).toEqual({ recall: 0.5, precision: 0.5 });
    expect(overlap?.[0]).toBeCloseTo(1 / 3, 6);
    expect(overlap?.[1]).toBe(1);
  });

  test("of masks is resampled by image", async () => {
    // Two classes, three images of two pixels; one seed is right on the first image alone.
    const outcomes = {
      losses: 1,
      seeds: 1,
      classes: 2,
      truth: Int32Array.of(0, 1, 0, 1, 0, -100),
      predicted: [Int32Array.of(0, 1, 1, 0, 1, 0)],
      weights: Float64Array.of(0.5, 0.5),
    };
    const [scores] = await bootstrapImageScores(outcomes, 2, 3000);
    const mean = scores!.reduce((sum, value) => sum + value, 0) / 3000;
    // Recall is 1/3 and 1/2; whole images come and go, so that every share of thirds is met.
    expect(Math.abs(mean - (1 / 3 + 1 / 2) / 2)).toBeLessThan(0.03);
    expect(Math.max(...scores!)).toBe(1);
    expect(Math.min(...scores!)).toBe(0);
  });
});

describe("crops of boxes", () => {
  test("are proposed with one click, detection losses among the choices", async () => {
    const plan = await proposed("cifar10-boxes", "train.json");
    expect(plan).toMatchObject({ inputs: "crops", model: "mlp" });
    expect(plan.test?.labels).toBe(plan.train.labels.replace("train", "test"));
    const ids = plan.losses.map(({ loss }) => loss);
    expect(ids).toContain("equalization-v2");
    expect(ids).toContain("seesaw");
    expect(plan.losses.find(({ loss }) => loss === "equalization-v2")?.parameters).toMatchObject({
      objectness: true,
    });
  });

  test("train every detection loss, with background and with quality", async () => {
    const plan = await proposed("cifar10-boxes", "train.json");
    const losses = [
      choice("cross-entropy"),
      choice("equalization", { lambda: 0.05 }),
      choice("equalization-v2", { objectness: true }),
      choice("equalization-v2"),
      choice("equalized-focal"),
      choice("equalized-quality-focal"),
      choice("seesaw"),
      { ...choice("cross-entropy"), sampler: "class-balanced" as const },
    ];
    const { state, runs, comparison } = await train({ ...plan, losses, epochs: 12 });
    expect(state).toEqual({ kind: "finished" });
    for (const { state: run, epochs, gradients } of runs) {
      if (run.kind !== "finished") throw new Error(JSON.stringify(run));
      expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
      expect(run.result.background).toBeDefined();
      expect(gradients.at(-1)!.window.positive).toHaveLength(10);
    }
    expect(comparison?.results.every(({ background }) => background !== undefined)).toBe(true);
    // Chance is a tenth for boxes; background is half of all crops.
    expect(Math.max(...comparison!.results.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.5);
  });

  test("go on after a stop as if there had been none", async () => {
    const plan = await proposed("cifar10-boxes", "train.json");
    const losses = [choice("equalized-quality-focal")];
    const whole = await train({ ...plan, losses, epochs: 8 });
    const other = { ...(await proposed("cifar10-boxes", "train.json")), losses, epochs: 8 };
    const abort = new AbortController();
    const experiment = await openExperiment(other);
    for await (const { runs } of experiment.run(abort.signal)) if (runs.length > 0) abort.abort();
    const resumed = await train(other);
    expect(resumed.runs[0]?.epochs.map(({ loss }) => loss)).toEqual(
      whole.runs[0]?.epochs.map(({ loss }) => loss),
    );
    expect(resumed.runs[0]?.state).toEqual(whole.runs[0]?.state);
  });

  test("need their images, and say where they looked", async () => {
    const folder = temporaryFolder();
    cpSync(join(samples, "cifar10-boxes", "train.json"), join(folder, "train.json"));
    await expect(proposeExperiment({ manifest: join(folder, "train.json"), folder })).rejects.toThrow(
      /No images for train.json in .*looked for such as train_00001.jpg.*train: inputs/,
    );
  });

  test("refuse recipes, which want one class a sample", async () => {
    const plan = await proposed("cifar10-boxes", "train.json");
    const losses = [{ ...choice("cross-entropy"), recipe: "crt" as const }];
    await expect(openExperiment({ ...plan, losses })).rejects.toThrow(
      "The recipe crt takes one class a sample",
    );
  });
});

describe("masks", () => {
  test("are proposed with one click and train losses for every pixel", async () => {
    const plan = await proposed("fashion-masks", "masks/train");
    expect(plan).toMatchObject({ inputs: "masks", model: "segmenter", batchSize: 16 });
    const losses = [choice("cross-entropy"), choice("balanced-softmax"), choice("equalization-v2")];
    const { state, runs, counts, testSamples, classes, comparison } = await train({
      ...plan,
      losses,
      epochs: 4,
    });
    expect(state).toEqual({ kind: "finished" });
    expect(classes[0]).toBe("ground");
    expect(testSamples).toBe(32);
    const labelled = counts.reduce((sum, count) => sum + count, 0);
    // Faint pixels have no class and count nowhere.
    expect(labelled).toBeGreaterThan(40 * 1024);
    expect(labelled).toBeLessThan(48 * 1024);
    for (const { state: run, epochs } of runs) {
      if (run.kind !== "finished") throw new Error(JSON.stringify(run));
      expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss);
      expect(run.result.overlap).toHaveLength(11);
    }
    // Of eleven classes.
    expect(Math.max(...comparison!.results.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.4);
  });

  test("refuse nets without pixels, samplers by class, and augmentation that would leave the masks behind", async () => {
    const plan = await proposed("fashion-masks", "masks/train");
    const refused = (changes: Partial<ExperimentPlan>) =>
      expect(openExperiment({ ...plan, ...changes })).rejects;
    await refused({ model: "mlp" }).toThrow("model is mlp, and the inputs are masks. Take segmenter");
    await refused({ losses: [{ ...choice("cross-entropy"), sampler: "class-balanced" }] }).toThrow(
      "the sampler class-balanced draws by class, and an image with masks has many",
    );
    await refused({ augmentation: ["flip"] }).toThrow("augmentation is flip, which changes images alone");
  });

  test("that hold colours are refused before training", async () => {
    const folder = temporaryFolder();
    for (const kind of ["images", "masks"]) {
      mkdirSync(join(folder, kind));
      await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
        .png()
        .toFile(join(folder, kind, "a.png"));
    }
    writeFileSync(join(folder, "masks", "classes.txt"), "a\nb\n");
    await expect(proposeExperiment({ manifest: join(folder, "masks"), folder })).rejects.toThrow(
      "masks/a.png is no mask: it holds colours",
    );
  });
});
