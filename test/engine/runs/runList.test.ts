import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { npyHeader } from "#engine/data/npy.ts";
import { deleteRuns, listRuns, openRun, renameRun } from "#engine/runs/runList.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { latestExperiment } from "#engine/training/stored.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** As a recorder in another program writes it: no experiment, no choice, a criterion of its own. */
function foreignRun(id: string, steps: readonly number[]): string {
  const place = join(folder, ".equipoise", "runs", id);
  mkdirSync(place, { recursive: true });
  const run = {
    format: "equipoise-run",
    version: 1,
    id,
    loss: "MyCriterion",
    classes: ["cat", "dog"],
    counts: [90, 10],
    started: "2026-01-02T03:04:05Z",
    state: { kind: "running" },
  };
  writeFileSync(join(place, "run.json"), JSON.stringify(run));
  write(place, steps);
  return place;
}

function write(place: string, steps: readonly number[]): void {
  const lines = steps.map((step, row) => JSON.stringify({ row, step, epoch: 1 }));
  writeFileSync(join(place, "scalars.jsonl"), `${lines.join("\n")}\n`);
  const values = Float64Array.from({ length: steps.length * 10 }, (_, i) => i);
  const header = npyHeader("<f8", [steps.length, 5, 2], 128);
  writeFileSync(join(place, "classes.npy"), Buffer.concat([header, new Uint8Array(values.buffer)]));
}

async function trained(): Promise<readonly string[]> {
  tinyData(folder);
  const updates = runExperiment(tinyPlan(folder, { seeds: 1, epochs: 2 }));
  for (;;) {
    const next = await updates.next();
    if (next.done) return next.value.runs.map(({ id }) => id);
  }
}

describe("the list of runs", () => {
  test("is empty where nothing was trained", async () => {
    expect(await listRuns(folder)).toEqual([]);
  });

  test("has finished runs of ours and runs that other programs write, newest first", async () => {
    const ids = await trained();
    foreignRun("torch", [1, 2]);
    mkdirSync(join(folder, ".equipoise/runs/rubbish"));
    const listed = await listRuns(folder);
    expect(listed.map(({ id }) => id)).toEqual([...ids.toSorted((a, b) => startedOf(listed, b, a)), "torch"]);
    expect(listed[0]).toMatchObject({ state: "finished", classes: 3, step: 12 });
    expect(listed[0]?.balancedAccuracy).toBeGreaterThan(0);
    expect(listed.at(-1)).toEqual({
      id: "torch",
      loss: "MyCriterion",
      classes: 2,
      started: "2026-01-02T03:04:05Z",
      state: "running",
      step: 2,
    });
  });

  test("is made without what runs reported, and anew where a run goes on", async () => {
    const [id] = await trained();
    const place = join(folder, ".equipoise", "runs", id!);
    rmSync(join(place, "classes.npy"));
    expect((await listRuns(folder)).find((run) => run.id === id)).toMatchObject({
      state: "finished",
      step: 12,
    });
    const text = readFileSync(join(place, "run.json"), "utf8");
    const stopped = { ...JSON.parse(text), state: { kind: "stopped", epoch: 1, step: 3 } };
    writeFileSync(join(place, "run.json"), JSON.stringify(stopped));
    expect((await listRuns(folder)).find((run) => run.id === id)?.state).toBe("stopped");
  });

  test("calls a run interrupted that nobody writes any more", async () => {
    const place = foreignRun("torch", [1]);
    const past = new Date(Date.now() - 3_600_000);
    for (const name of readdirSync(place)) utimesSync(join(place, name), past, past);
    expect((await listRuns(folder))[0]?.state).toBe("interrupted");
  });
});

function startedOf(listed: Awaited<ReturnType<typeof listRuns>>, a: string, b: string): number {
  const at = (id: string): string => listed.find((run) => run.id === id)?.started ?? "";
  return at(a) < at(b) ? -1 : 1;
}

test("a run of another program is followed: what is asked for again is only what is new", async () => {
  const place = foreignRun("torch", [1, 2]);
  const first = await openRun(folder, "torch");
  expect(first.gradients.map(({ step }) => step)).toEqual([1, 2]);
  write(place, [1, 2, 3]);
  const next = await openRun(folder, "torch", first.reports);
  expect(next).toMatchObject({ reports: 3, classes: ["cat", "dog"], counts: [90, 10] });
  expect(next.gradients.map(({ step }) => step)).toEqual([3]);
  expect([...next.gradients[0]!.window.positive]).toEqual([20, 21]);
});

test("a run of ten thousand reports is opened with as many as a chart can show, and counts them all", async () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => i + 1);
  foreignRun("torch", steps);
  const { reports, gradients } = await openRun(folder, "torch");
  expect(reports).toBe(10_000);
  expect(gradients.length).toBeLessThan(300);
  expect(gradients.at(-1)?.step).toBe(10_000);
  expect((await openRun(folder, "torch", reports)).gradients).toEqual([]);
});

test("a report counts once its row is there", async () => {
  const place = foreignRun("torch", [1, 2, 3]);
  truncateSync(join(place, "classes.npy"), 128 + 2 * 80 + 8);
  const { reports, gradients } = await openRun(folder, "torch");
  expect([reports, gradients.length]).toEqual([2, 2]);
});

describe("a run", () => {
  test("has a name beside its id until it is taken away", async () => {
    foreignRun("torch", [1]);
    await renameRun(folder, "torch", "  first\n try ");
    expect((await listRuns(folder))[0]?.title).toBe("first try");
    await renameRun(folder, "torch", "");
    expect((await listRuns(folder))[0]?.title).toBeUndefined();
    await expect(renameRun(folder, "torch", "x".repeat(121))).rejects.toMatchObject({
      code: "settings/invalid",
    });
  });

  test("is deleted without harm to the others", async () => {
    const [first, second] = await trained();
    await deleteRuns(folder, [first!]);
    expect((await listRuns(folder)).map(({ id }) => id)).toEqual([second]);
    const left = await latestExperiment(folder, join(folder, "train.txt"));
    expect(left?.runs.map(({ state }) => state.kind)).toEqual(["waiting", "finished"]);
  });

  test("is not deleted while it is written, nor anything beside the runs", async () => {
    foreignRun("torch", [1]);
    await expect(deleteRuns(folder, ["torch"])).rejects.toMatchObject({ code: "run/busy" });
    for (const id of ["..", "../runs/torch", "", "none"]) {
      await expect(deleteRuns(folder, [id])).rejects.toMatchObject({ code: "run/unknown" });
    }
    expect(await listRuns(folder)).toHaveLength(1);
  });
});
