import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { readRun } from "#engine/runs/runFolder.ts";
import { createRandom } from "#engine/sampling/random.ts";
import { compare, type FinishedRun } from "#engine/training/comparison.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { proposeExperiment } from "#engine/training/proposal.ts";
import { latestExperiment } from "#engine/training/stored.ts";
import type { ExperimentPlan, ExperimentSnapshot } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  tinyData(folder);
  for (const name of ["test.txt", "test_emb.npy"]) rmSync(join(folder, name));
});

function untestedPlan(changes: Partial<ExperimentPlan> = {}): ExperimentPlan {
  const { test: _, ...plan } = tinyPlan(folder, changes);
  return plan;
}

async function train(
  plan: ExperimentPlan,
  abortAfter = Number.POSITIVE_INFINITY,
): Promise<ExperimentSnapshot> {
  const abort = new AbortController();
  const updates = runExperiment(plan, abort.signal);
  let finished = 0;
  for (;;) {
    const next = await updates.next();
    if (next.done) return next.value;
    finished += next.value.runs.filter(({ state }) => state.kind === "finished").length;
    if (finished >= abortAfter) abort.abort();
  }
}

describe("repeated splits", () => {
  test("are proposed where a held-out class has few samples, and the class is named", async () => {
    const {
      plan,
      notes,
      test: tested,
    } = await proposeExperiment({ manifest: join(folder, "train.txt"), folder });
    expect(plan.splits).toBe("repeated");
    expect(tested).toContain("another with each seed");
    expect(notes.join(" ")).toMatch(
      /2 classes have fewer than 10 test samples \(2, 1\): every seed holds out/,
    );
  });

  test("hold out other samples with every seed, the same for every loss, and stand on disk as in memory", async () => {
    const snapshot = await train(untestedPlan({ splits: "repeated" }));
    const stored = await Promise.all(snapshot.runs.map(({ id }) => readRun(runFolderOf(folder, id))));
    const tested = stored.map((run) => [...run!.predictions!.tested!].join());
    expect(new Set(tested).size).toBe(3);
    expect(tested[0]).toBe(tested[1]);
    expect(snapshot.comparison?.verdict.kind).not.toBe("too-few-seeds");
    expect(snapshot.comparison?.results.every(({ interval }) => interval!.low < interval!.high)).toBe(true);
    expect(snapshot.notes?.join(" ")).toContain("every seed holds out another fifth");
    expect(await latestExperiment(folder, join(folder, "train.txt"))).toEqual(snapshot);
  });

  test("are the same after an interruption", async () => {
    const plan = untestedPlan({ splits: "repeated" });
    await train(plan, 3);
    const gone = await train(plan);
    rmSync(join(folder, ".equipoise"), { recursive: true });
    const whole = await train(plan);
    const states = ({ runs }: ExperimentSnapshot) => runs.map(({ state }) => state);
    expect(states(gone)).toEqual(states(whole));
  });

  test("are refused where the test part is fixed", async () => {
    await expect(train(tinyPlan(folder, { splits: "repeated" }))).rejects.toMatchObject({
      code: "settings/invalid",
    });
  });
});

/** Runs of two losses on three seeds; `draw` says which of 400 samples of two classes a seed tests. */
function contest(draw: (seed: number) => number[], gain: number): Parameters<typeof compare>[0] {
  const random = createRandom(3);
  const ease = Array.from({ length: 400 }, () => random.next());
  const finished: FinishedRun[] = [0, 1].flatMap((choice) =>
    [1, 2, 3].map((seed) => {
      const tested = Int32Array.from(draw(seed));
      const truth = tested.map((sample) => sample % 2);
      const predicted = truth.map((label, i) => {
        const skill = 0.5 + choice * gain + 0.1 * (random.next() - 0.5);
        return ease[tested[i]!]! < skill ? label : 1 - label;
      });
      return { choice, seed, predicted, truth, tested };
    }),
  );
  const weights = Float64Array.of(0.5, 0.5);
  return { truth: finished[0]!.truth!, classes: 2, weights, choices: [0, 1], finished };
}

describe("a comparison on splits of their own", () => {
  const all = Array.from({ length: 400 }, (_, i) => i);
  const fifth = (seed: number): number[] => all.slice(80 * seed, 80 * (seed + 1));

  test("is surer than one on a single fifth, and less sure than one on all samples", async () => {
    const width = async (draw: (seed: number) => number[]): Promise<number> => {
      const { interval } = (await compare(contest(draw, 0.2)))!.results.find(({ choice }) => choice === 1)!
        .difference!;
      return interval!.high - interval!.low;
    };
    const [single, own, whole] = [await width(() => fifth(1)), await width(fifth), await width(() => all)];
    expect(own).toBeLessThan(single);
    expect(own).toBeGreaterThan(whole);
  });

  test("names a winner that is ahead on all of them, and none of equals", async () => {
    expect((await compare(contest(fifth, 0.3)))!.verdict.kind).toBe("winner");
    expect((await compare(contest(fifth, 0)))!.verdict.kind).not.toBe("winner");
  });
});
