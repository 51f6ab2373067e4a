import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, test, vi } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { readCheckpoint, writeCheckpoint } from "#engine/runs/checkpointFile.ts";
import { experimentPath } from "#engine/runs/experimentFile.ts";
import { ownPlace } from "#engine/runs/processPlace.ts";
import { readRunCheckpoint } from "#engine/runs/runFolder.ts";
import { openExperiment, runExperiment } from "#engine/training/experiment.ts";
import { latestExperiment } from "#engine/training/stored.ts";
import type { ExperimentPlan, ExperimentSnapshot, ExperimentUpdate } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

async function train(
  plan: ExperimentPlan,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<ExperimentSnapshot> {
  const abort = new AbortController();
  const training = runExperiment(plan, abort.signal);
  const clock = Number.isFinite(stopAfter) ? slowClock(200) : undefined;
  try {
    for (;;) {
      const next = await training.next();
      if (next.done) return next.value;
      const { state } = next.value;
      if (state.kind === "running" && state.stepsDone >= stopAfter) abort.abort();
    }
  } finally {
    clock?.mockRestore();
  }
}

/** A clock that goes on by so many milliseconds at each look: a fast machine would end between two updates. */
function slowClock(milliseconds: number): { mockRestore(): void } {
  let time = 0;
  return vi.spyOn(performance, "now").mockImplementation(() => {
    time += milliseconds;
    return time;
  });
}

/** What a user sees of the runs, without the ids that hold the time of day. */
function curves({ runs }: ExperimentSnapshot): unknown {
  return runs.map(({ choice, seed, state, epochs, gradients }) => ({
    choice,
    seed,
    state,
    epochs: epochs.map(({ run: _, ...rest }) => rest),
    gradients: gradients.map(({ run: _, ...rest }) => rest),
  }));
}

describe("an experiment", () => {
  test("trains every loss with every seed, seed by seed, and compares them", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const snapshot = await train(tinyPlan(folder));
    expect(snapshot.state).toEqual({ kind: "finished" });
    expect(snapshot.runs.map(({ choice, seed }) => [seed, choice])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
    ]);
    expect(snapshot.counts).toEqual([60, 20, 6]);
    expect(snapshot.testSamples).toBe(30);
    expect(snapshot.runs.every(({ epochs }) => epochs.length === 4)).toBe(true);
    expect(snapshot.comparison?.metric).toBe("balanced-accuracy");
    expect(snapshot.comparison?.results.map(({ seeds }) => seeds)).toEqual([3, 3]);
    expect(snapshot.comparison?.results[0]?.interval).toBeDefined();
    expect(snapshot.comparison?.verdict.kind).not.toBe("too-few-seeds");
  });

  test("gives the same curves for the same plan", async () => {
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    tinyData(a);
    tinyData(b);
    expect(curves(await train(tinyPlan(a, { seeds: 1 })))).toEqual(
      curves(await train(tinyPlan(b, { seeds: 1 }))),
    );
  });

  test("gives other curves for another seed", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const { runs } = await train(tinyPlan(folder, { seeds: 2 }));
    expect(runs[0]?.epochs[0]?.loss).not.toBe(runs[2]?.epochs[0]?.loss);
  });

  test("sends every report once, and at most ten updates a second", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const updates: ExperimentUpdate[] = [];
    const start = performance.now();
    for await (const update of runExperiment(tinyPlan(folder, { seeds: 1, epochs: 30 })))
      updates.push(update);
    const seconds = (performance.now() - start) / 1000;
    const steps = updates.flatMap(({ gradients }) => gradients.map(({ run, step }) => `${run} ${step}`));
    expect(new Set(steps).size).toBe(steps.length);
    expect(updates.flatMap(({ epochs }) => epochs)).toHaveLength(60);
    // Beside those: one at the end of each run and one at the end of all.
    expect(updates.length).toBeLessThanOrEqual(10 * seconds + 2 + 1 + 1);
  });

  test("is on disk as it was in memory", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const snapshot = await train(tinyPlan(folder));
    expect(await latestExperiment(folder, manifest)).toEqual(snapshot);
    expect(await latestExperiment(folder, join(folder, "test.txt"))).toBeUndefined();
  });

  test("is the same whether it was interrupted or not", async () => {
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    tinyData(a);
    tinyData(b);
    // A sampler that changes over time, and a loss with a memory of its own.
    const changes = {
      seeds: 1,
      epochs: 300,
      losses: [
        { loss: "cross-entropy", parameters: {}, sampler: "progressive" },
        { loss: "equalization-v2", parameters: {}, sampler: "instance-balanced" },
      ],
    } as const;
    const whole = await train(tinyPlan(a, changes));
    const stopped = await train(tinyPlan(b, changes), 700);
    expect(stopped.state).toEqual({ kind: "stopped" });
    expect(stopped.runs.map(({ state }) => state.kind)).toContain("stopped");
    const resumed = await train(tinyPlan(b, changes));
    expect(resumed.id).toBe(stopped.id);
    expect(curves(resumed)).toEqual(curves(whole));
    expect(await latestExperiment(b, join(b, "train.txt"))).toEqual(resumed);
  });

  test("goes on from a checkpoint at most 10 s old after a crash", async () => {
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    tinyData(a);
    tinyData(b);
    const changes = { seeds: 1, epochs: 40 };
    const clock = slowClock(700);
    const experiment = await openExperiment(tinyPlan(a, changes));
    let step = 0;
    for await (const { state } of experiment.run()) {
      if (state.kind === "running") step = state.stepsDone;
      // Like a crash: nobody asks for the next step, and nothing is written any more.
      if (step > 100) break;
    }
    clock.mockRestore();
    const [run] = experiment.snapshot().runs;
    const stored = await readRunCheckpoint(join(a, ".equipoise/runs", run?.id ?? ""));
    expect(step - (stored?.checkpoint.step ?? 0)).toBeLessThan(10);
    const resumed = await train(tinyPlan(a, changes));
    expect(resumed.id).toBe(experiment.id);
    expect(curves(resumed)).toEqual(curves(await train(tinyPlan(b, changes))));
  });

  test("says so where a saved state is of another network, and begins that run anew the next time", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const changes = { seeds: 1, epochs: 60 };
    const stopped = await train(tinyPlan(folder, changes), 50);
    const path = join(folder, ".equipoise/runs", stopped.runs[0]?.id ?? "", "checkpoint.safetensors");
    const stored = (await readCheckpoint(path))!;
    const { "head/weight": _, ...network } = stored.checkpoint.network;
    await writeCheckpoint(path, { ...stored, checkpoint: { ...stored.checkpoint, network } });
    const failed = await train(tinyPlan(folder, changes), 100);
    expect(failed.runs[0]?.state).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(
        /^The saved state of this run does not fit it: expected head\/weight \[2,3\] in the checkpoint, got \[nothing\]\. Start again/,
      ),
    });
    const again = await train(tinyPlan(folder, changes));
    expect(again.runs.map(({ state }) => state.kind)).toEqual(["finished", "finished"]);
  });

  test("goes on where it was interrupted, whatever was trained since", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const older = tinyPlan(folder, { epochs: 40 });
    const stopped = await train(older, 50);
    const newer = await train(tinyPlan(folder, { epochs: 2 }));
    expect((await latestExperiment(folder, manifest))?.id).toBe(newer.id);
    const resumed = await train(older);
    expect(resumed.id).toBe(stopped.id);
    expect(resumed.state).toEqual({ kind: "finished" });
    // Finished, it begins anew.
    expect((await openExperiment(older)).id).not.toBe(stopped.id);
  });

  test("that another process trains is told as running elsewhere, and not trained beside it", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const plan = tinyPlan(folder, { epochs: 40 });
    const { id } = await train(plan, 50);
    const path = experimentPath(folder, id);
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    try {
      const file = {
        ...JSON.parse(readFileSync(path, "utf8")),
        process: other.pid,
        state: { kind: "running" },
      };
      writeFileSync(path, JSON.stringify(file));
      const elsewhere = { kind: "elsewhere", process: other.pid };
      expect((await latestExperiment(folder, manifest))?.state).toEqual(elsewhere);
      await expect(openExperiment(plan)).rejects.toThrow(
        `being trained by process ${other.pid}, another window or a terminal`,
      );
      // Another plan is free.
      expect((await train(tinyPlan(folder, { epochs: 2 }))).state).toEqual({ kind: "finished" });
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
    expect((await train(plan)).id).toBe(id);
  });

  test("goes on where the number of its dead process, that of a window before, is another's by now", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const plan = tinyPlan(folder, { epochs: 40 });
    const { id } = await train(plan, 50);
    const owner = { ...ownPlace(), process: process.ppid, started: "of another time" };
    const path = experimentPath(folder, id);
    const file = JSON.parse(readFileSync(path, "utf8"));
    expect(file.owner).toEqual(ownPlace());
    writeFileSync(
      path,
      JSON.stringify({ ...file, process: process.ppid, owner, state: { kind: "running" } }),
    );
    expect((await latestExperiment(folder, manifest))?.state).toEqual({ kind: "stopped" });
    expect((await train(plan)).id).toBe(id);
  });

  test("of another machine is known by what was written in the last minute", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const plan = tinyPlan(folder, { epochs: 40 });
    const { id, runs } = await train(plan, 50);
    const owner = { ...ownPlace(), machine: "another one" };
    const path = experimentPath(folder, id);
    const file = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...file, owner, state: { kind: "running" } }));
    expect((await latestExperiment(folder, manifest))?.state.kind).toBe("elsewhere");
    await expect(openExperiment(plan)).rejects.toMatchObject({ code: "run/busy" });

    const past = new Date(Date.now() - 120_000);
    for (const run of runs) {
      const place = join(folder, ".equipoise/runs", run.id);
      if (existsSync(place)) for (const name of readdirSync(place)) utimesSync(join(place, name), past, past);
    }
    expect((await latestExperiment(folder, manifest))?.state).toEqual({ kind: "stopped" });
    expect((await train(plan)).id).toBe(id);
  });

  test("begins anew where the data have changed since it was interrupted", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const stopped = await train(tinyPlan(folder, { epochs: 40 }), 50);
    const list = join(folder, "train.txt");
    writeFileSync(list, `# changed\n${readFileSync(list, "utf8")}`);
    const experiment = await openExperiment(tinyPlan(folder, { epochs: 40 }));
    expect(experiment.id).not.toBe(stopped.id);
  });

  test("stops within one step of being asked to", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const experiment = await openExperiment(tinyPlan(folder, { epochs: 1000 }));
    const abort = new AbortController();
    let asked: number | undefined;
    for await (const { state } of experiment.run(abort.signal)) {
      if (state.kind !== "running" || state.stepsDone < 100 || asked !== undefined) continue;
      asked = state.stepsDone;
      abort.abort();
    }
    const [state] = experiment.snapshot().runs.map((run) => run.state);
    expect(state?.kind === "stopped" && state.step - (asked ?? 0)).toBeLessThanOrEqual(1);
  });

  test("reads a stop request that arrives while it trains", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    const training = runExperiment(tinyPlan(folder, { epochs: 100_000 }), abort.signal);
    for await (const _ of training);
    expect((await latestExperiment(folder, join(folder, "train.txt")))?.state).toEqual({ kind: "stopped" });
  });

  test("goes on with the other losses where one diverges, and says which", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const plan = tinyPlan(folder, { seeds: 1, learningRate: 1000, weightDecay: 10 });
    const { state, runs } = await train(plan);
    expect(state.kind).toBe("failed");
    expect(runs.map((run) => run.state.kind)).toEqual(["failed", "failed"]);
    expect(state.kind === "failed" && state.message).toMatch(
      /^Training diverged: .* Lower the learning rate/,
    );
  });

  test("keeps earlier runs and says so where nothing can be written any more", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const first = await train(tinyPlan(folder, { seeds: 1 }));
    const experiment = await openExperiment(tinyPlan(folder, { seeds: 1, epochs: 5 }));
    const [run] = experiment.snapshot().runs;
    // A folder where the series file should be is as unwritable as a full disk.
    mkdirSync(join(folder, ".equipoise/runs", run?.id ?? "", "classes.npy"), { recursive: true });
    for await (const _ of experiment.run());
    const { state } = experiment.snapshot();
    expect(state.kind === "failed" && state.message).toMatch(
      /classes\.npy cannot be written .* Earlier runs are kept/,
    );
    rmSync(join(folder, ".equipoise/experiments", `${experiment.id}.json`));
    expect(await latestExperiment(folder, manifest)).toEqual(first);
  });

  test("on images tells which ones it could not read, and counts the others", async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    for (const [label, count] of Object.entries({ red: 8, blue: 4 })) {
      mkdirSync(join(folder, label));
      const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: label } })
        .png()
        .toBuffer();
      for (let i = 0; i < count; i++) {
        writeFileSync(join(folder, label, `${i}.png`), i === 3 ? "not a picture" : image);
        lines.push(`${label}/${i}.png ${label}\n`);
      }
    }
    const list = join(folder, "train.txt");
    writeFileSync(list, lines.join(""));
    const data = { inputs: folder, labels: list };
    const plan = tinyPlan(folder, { train: data, test: data, inputs: "images", seeds: 1, epochs: 1 });
    const experiment = await openExperiment(plan);
    expect(experiment.snapshot()).toMatchObject({ counts: [4, 8], testSamples: 12, notes: [] });
    const reports = [];
    for await (const update of experiment.run()) if (update.data) reports.push(update.data);
    const { counts, testSamples, notes, state } = experiment.snapshot();
    expect(state).toEqual({ kind: "finished" });
    expect(reports).toEqual([{ counts, testSamples, notes }]);
    expect([counts, testSamples]).toEqual([[3, 7], 10]);
    expect(notes?.[0]).toMatch(/^4 images left out, not readable: first /);
    expect((await latestExperiment(folder, list))?.notes).toEqual(notes);
  });

  test("is there before large inputs are read, and trains on them or says what is wrong with them", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const inputs = join(folder, "train_emb.npy");
    const sound = readFileSync(inputs);
    // What stands behind an array is nothing to its reader, and makes the file large.
    const large = Buffer.concat([sound, Buffer.alloc(20_000_000)]);
    writeFileSync(inputs, large);
    const plan = tinyPlan(folder, { seeds: 1, epochs: 2 });
    const snapshot = await train(plan);
    expect(snapshot.state).toEqual({ kind: "finished" });
    expect(snapshot.counts).toEqual([60, 20, 6]);
    large.writeFloatLE(Number.NaN, sound.length - 4);
    writeFileSync(inputs, large);
    const message = expect.stringMatching(/^train_emb\.npy holds NaN in row 85, column 1 /);
    expect((await train(plan)).state).toEqual({ kind: "failed", message });
  });

  test("keeps its folder out of version control", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    await train(tinyPlan(folder, { seeds: 1, epochs: 1 }));
    expect(readFileSync(join(folder, ".equipoise/.gitignore"), "utf8")).toBe("*\n");
    const leftovers = readdirSync(join(folder, ".equipoise"), { recursive: true }).filter((name) =>
      String(name).endsWith(".tmp"),
    );
    expect(leftovers).toEqual([]);
  });

  test("reads a run whose last report was cut short by a crash", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const snapshot = await train(tinyPlan(folder, { seeds: 1 }));
    const scalars = join(folder, ".equipoise/runs", snapshot.runs[0]?.id ?? "", "scalars.jsonl");
    const size = statSync(scalars).size;
    writeFileSync(scalars, readFileSync(scalars).subarray(0, size - 10));
    const read = await latestExperiment(folder, manifest);
    expect(read?.runs[0]?.gradients).toEqual(snapshot.runs[0]?.gradients.slice(0, -1));
  });
});

describe("a plan that cannot be", () => {
  const cases: [string, Partial<ExperimentPlan>, RegExp][] = [
    ["no loss", { losses: [] }, /names no loss/],
    ["half an epoch", { epochs: 0.5 }, /epochs is 0.5. Give a whole number from 1/],
    ["a learning rate of 0", { learningRate: 0 }, /learningRate is 0. Give a number/],
    ["no batch", { batchSize: Number.NaN }, /batchSize is NaN/],
    [
      "a ResNet on embeddings",
      { model: "resnet8" },
      /model is resnet8, and the inputs are embeddings. Take linear or mlp/,
    ],
    ["a relative path", { manifest: "train.txt" }, /expected an absolute path/],
    [
      "beta of 1",
      {
        losses: [{ loss: "class-balanced-softmax", parameters: { beta: 1 }, sampler: "instance-balanced" }],
      },
      /beta is 1/,
    ],
    [
      "a prior of other classes",
      { objective: { prior: { cat: 1 } } },
      /objective: the prior gives every tested class/,
    ],
  ];
  test.each(cases)("is refused before anything is trained: %s", async (_, changes, message) => {
    const folder = temporaryFolder();
    tinyData(folder);
    await expect(openExperiment(tinyPlan(folder, changes))).rejects.toThrow(message);
  });

  test("is refused where the training set has one class alone", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const list = join(folder, "train.txt");
    writeFileSync(list, readFileSync(list, "utf8").replaceAll(/ \d$/gm, " 0"));
    await expect(openExperiment(tinyPlan(folder))).rejects.toThrow(
      "train.txt has samples of one class alone: 0. Comparing losses needs two classes.",
    );
  });
});
