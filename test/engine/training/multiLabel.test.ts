import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { firstLabels, setsOf } from "#engine/manifest/labelSets.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { proposeExperiment } from "#engine/training/proposal.ts";
import { measureAdvice } from "#engine/training/search/measureAdvice.ts";
import { storedExperiment } from "#engine/training/stored.ts";
import { losses, lossIds, withDefaults } from "#protocol/losses.ts";
import type { ExperimentPlan, ExperimentSnapshot, LossChoice } from "#protocol/training.ts";
import { severalSamples, writeOneHot } from "../multiLabel.ts";
import { python, pythonHas } from "../targets/codeSuite.ts";
import { temporaryFolder, writeNpy } from "../tiny.ts";

afterAll(() => stopBackend());

let folder: string;
let manifest: string;
beforeEach(() => {
  folder = temporaryFolder();
  manifest = writeOneHot(folder, "train.csv", severalSamples(400));
  writeOneHot(folder, "test.csv", severalSamples(200, 2));
});

async function planned(changes: Partial<ExperimentPlan> = {}): Promise<ExperimentPlan> {
  const { plan } = await proposeExperiment({ manifest, folder });
  return { ...plan, backend: "wasm", epochs: 6, seeds: 3, losses: plan.losses.slice(0, 2), ...changes };
}

async function train(plan: ExperimentPlan, stopAfter = Infinity): Promise<ExperimentSnapshot> {
  const abort = new AbortController();
  const updates = runExperiment(plan, abort.signal);
  let steps = 0;
  for (;;) {
    const next = await updates.next();
    if (next.done) return next.value;
    if (next.value.state.kind === "running") steps = next.value.state.stepsDone;
    if (steps >= stopAfter) abort.abort();
  }
}

const choiceOf = (loss: LossChoice["loss"], more: Partial<LossChoice> = {}): LossChoice => ({
  loss,
  parameters: withDefaults(loss, {}),
  sampler: "instance-balanced",
  ...more,
});

describe("samples with several labels", () => {
  test("are proposed with sigmoid losses, binary cross-entropy first", async () => {
    const { plan, notes, test: tested, trainSamples } = await proposeExperiment({ manifest, folder });
    expect(plan).toMatchObject({
      isMultiLabel: true,
      inputs: "embeddings",
      test: { labels: join(folder, "test.csv") },
    });
    expect([tested, trainSamples]).toEqual(["test.csv, 200 samples", 400]);
    expect(plan.losses[0]?.loss).toBe("binary-cross-entropy");
    expect(plan.losses.every(({ loss }) => losses[loss].family === "sigmoid")).toBe(true);
    expect(notes.join(" ")).toMatch(/Samples have 0\.9 labels on average.*mean average precision decides/);
  });

  test("are compared by mean average precision, and stand on disk as in memory", async () => {
    const snapshot = await train(await planned());
    expect(snapshot.state).toEqual({ kind: "finished" });
    const { metric, results, verdict } = snapshot.comparison!;
    expect(metric).toBe("mean-average-precision");
    expect(verdict.kind).not.toBe("too-few-seeds");
    for (const result of results) {
      expect(result.recall).toHaveLength(4);
      // By chance a class would have its rate, 0.05 to 0.5, on average 0.22.
      expect(result.score).toBeGreaterThan(0.4);
      expect(result.meanAveragePrecision).toBeCloseTo(result.score!, 6);
      expect(result.interval!.high - result.interval!.low).toBeGreaterThan(0.02);
    }
    const stored = await storedExperiment(folder, snapshot.id);
    expect(stored).toEqual(snapshot);
  });

  test("give the same after a stop in the middle", async () => {
    const plan = await planned({
      losses: [choiceOf("binary-cross-entropy"), choiceOf("equalization-v2")],
      seeds: 1,
    });
    const whole = await train(plan);
    const stopped = await train(plan, 9);
    expect(stopped.state).toEqual({ kind: "stopped" });
    const resumed = await train(plan);
    expect(resumed.id).toBe(stopped.id);
    expect(resumed.comparison).toEqual(whole.comparison);
  });

  test("train every sigmoid loss", async () => {
    const sigmoid = lossIds.filter((id) => losses[id].family === "sigmoid");
    const plan = await planned({ losses: sigmoid.map((loss) => choiceOf(loss)), seeds: 1, epochs: 8 });
    const { runs } = await train(plan);
    for (const { state, id } of runs) {
      expect([id, state.kind]).toEqual([id, "finished"]);
      if (state.kind === "finished") expect(state.result.balancedAccuracy).toBeGreaterThan(0.35);
    }
  });

  test("are drawn by repeat factors too", async () => {
    const plan = await planned({
      losses: [choiceOf("binary-cross-entropy", { sampler: "repeat-factor" })],
      seeds: 1,
    });
    expect((await train(plan)).state).toEqual({ kind: "finished" });
  });

  test("are refused by a softmax, by class samplers and by recipes, with what to take instead", async () => {
    const refused = async (choice: LossChoice): Promise<ExperimentSnapshot> =>
      train(await planned({ losses: [choice] }));
    await expect(refused(choiceOf("balanced-softmax"))).rejects.toThrow(
      /Balanced softmax: a softmax takes one label a sample.*Take a sigmoid loss: Binary cross-entropy/,
    );
    await expect(refused(choiceOf("binary-cross-entropy", { sampler: "class-balanced" }))).rejects.toThrow(
      /sampler class-balanced draws by the one class.*instance-balanced or repeat-factor/,
    );
    await expect(refused(choiceOf("binary-cross-entropy", { recipe: "crt" }))).rejects.toThrow(
      /recipe crt takes one class/,
    );
    const { isMultiLabel: _, ...single } = await planned({ losses: [choiceOf("cross-entropy")] });
    await expect(train(single)).rejects.toThrow(
      /train.csv have several labels or none, other than the plan says/,
    );
  });

  test("lie as rows of 0 and 1 in a NumPy array beside embeddings", async () => {
    const { labels, features } = severalSamples(300, 3);
    const rows = labels.flatMap((own) => [0, 1, 2, 3].map((k) => Number(own.includes(k))));
    writeNpy(join(folder, "y.npy"), "|u1", [300, 4], rows);
    writeNpy(join(folder, "x.npy"), "<f4", [300, 6], features.flat());
    const { plan } = await proposeExperiment({ manifest: join(folder, "y.npy"), folder });
    expect(plan).toMatchObject({ isMultiLabel: true, train: { inputs: join(folder, "x.npy") } });
  });

  test("get measured advice", async () => {
    const advice = await measureAdvice(await planned({ epochs: 12 }));
    expect(advice.metric).toBe("mean-average-precision");
    expect(advice.baseline.loss).toBe("binary-cross-entropy");
    expect(advice.candidates.length).toBeGreaterThan(6);
    expect(advice.candidates.every(({ choice }) => losses[choice.loss].family === "sigmoid")).toBe(true);
    expect(advice.candidates[0]!.score).toBeGreaterThan(0.4);
    expect(advice.why).toMatch(/mean average precision/);
  });
});

describe.runIf(pythonHas("sklearn", "scikit-learn measuring average precision"))("scikit-learn", () => {
  test("measures the same average precision of the stored truth and logits", {
    timeout: 180_000,
  }, async () => {
    const snapshot = await train(await planned({ seeds: 1 }));
    const script = fileURLToPath(new URL("averagePrecision.py", import.meta.url));
    for (const { id, state } of snapshot.runs) {
      const output = execFileSync(python, ["-W", "ignore", script, runFolderOf(folder, id)], {
        encoding: "utf8",
      });
      const { classes, macro, weighted } = JSON.parse(output) as Record<"macro" | "weighted", number> & {
        classes: number[];
      };
      if (state.kind !== "finished") throw new Error(`expected ${id} to be finished`);
      const { recall, balancedAccuracy, accuracy } = state.result;
      for (const [k, value] of classes.entries()) expect(recall[k]).toBeCloseTo(value, 6);
      expect(balancedAccuracy).toBeCloseTo(macro, 6);
      expect(accuracy).toBeCloseTo(weighted, 6);
    }
  });
});

test("first labels stand for sets, -1 for none", () => {
  expect([...firstLabels(setsOf([[2, 1], [], [0]]))]).toEqual([1, -1, 0]);
});
