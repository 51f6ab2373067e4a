import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { deleteExperiment, listExperiments, renameExperiment } from "#engine/runs/experimentList.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { latestExperiment, storedExperiment } from "#engine/training/stored.ts";
import type { ExperimentPlan, ExperimentSnapshot } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

let folder: string;
let manifest: string;
beforeEach(() => {
  folder = temporaryFolder();
  ({ manifest } = tinyData(folder));
});

async function trained(changes: Partial<ExperimentPlan> = {}): Promise<ExperimentSnapshot> {
  const updates = runExperiment(tinyPlan(folder, { seeds: 2, epochs: 2, ...changes }));
  for (;;) {
    const next = await updates.next();
    if (next.done) return next.value;
  }
}

const fileOf = (id: string): string => join(folder, ".equipoise/experiments", `${id}.json`);

describe("the list of comparisons", () => {
  test("is empty where nothing was compared", async () => {
    expect(await listExperiments(folder, manifest)).toEqual([]);
  });

  test("has those on the manifest, newest first, with the loss that is best so far", async () => {
    const first = await trained();
    const second = await trained({ epochs: 3 });
    const listed = await listExperiments(folder, manifest);
    expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
    const [newest] = second.comparison?.results ?? [];
    expect(listed[0]).toMatchObject({
      state: "finished",
      runs: { finished: 4, all: 4 },
      plan: { epochs: 3, folder },
      best: { choice: newest?.choice },
    });
    expect(listed[0]?.best?.balancedAccuracy).toBeCloseTo(newest?.balancedAccuracy ?? Number.NaN, 9);
    expect(await listExperiments(folder, join(folder, "test.txt"))).toEqual([]);
  });

  test("calls one stopped whose process is gone, and counts what it has finished", async () => {
    const { id, runs } = await trained();
    const file = JSON.parse(readFileSync(fileOf(id), "utf8")) as object;
    writeFileSync(fileOf(id), JSON.stringify({ ...file, state: { kind: "running" }, process: 2 ** 30 }));
    const last = join(folder, ".equipoise/runs", runs.at(-1)?.id ?? "", "run.json");
    const run = JSON.parse(readFileSync(last, "utf8")) as object;
    writeFileSync(last, JSON.stringify({ ...run, state: { kind: "running" } }));
    expect(await listExperiments(folder, manifest)).toMatchObject([
      { state: "stopped", runs: { finished: 3, all: 4 } },
    ]);
  });

  test("shows the name that was given, until it is taken away", async () => {
    const { id } = await trained();
    await renameExperiment(folder, id, "  with\n cutout ");
    expect(await listExperiments(folder, manifest)).toMatchObject([{ id, title: "with cutout" }]);
    await renameExperiment(folder, id, "");
    expect((await listExperiments(folder, manifest))[0]).not.toHaveProperty("title");
    await expect(renameExperiment(folder, id, "x".repeat(121))).rejects.toThrow(/121 characters/);
  });
});

describe("an earlier comparison", () => {
  test("opens as it was, with newer ones beside it", async () => {
    const first = await trained();
    await trained({ epochs: 3 });
    const opened = await storedExperiment(folder, first.id);
    expect(opened.comparison?.results).toEqual(first.comparison?.results);
    expect(opened.runs.map(({ gradients }) => gradients.length)).toEqual(
      first.runs.map(({ gradients }) => gradients.length),
    );
  });

  test("is deleted with its runs and its name, and nothing else is", async () => {
    const first = await trained();
    const second = await trained({ epochs: 3 });
    await renameExperiment(folder, second.id, "longer");
    await deleteExperiment(folder, second.id);
    expect(readdirSync(join(folder, ".equipoise/runs")).sort()).toEqual(
      first.runs.map(({ id }) => id).sort(),
    );
    expect(readdirSync(join(folder, ".equipoise/experiments"))).toEqual([`${first.id}.json`]);
    expect((await latestExperiment(folder, manifest))?.id).toBe(first.id);
  });

  test("stays while another process trains it", async () => {
    const { id } = await trained();
    const file = JSON.parse(readFileSync(fileOf(id), "utf8")) as object;
    writeFileSync(fileOf(id), JSON.stringify({ ...file, state: { kind: "running" }, process: process.ppid }));
    await expect(deleteExperiment(folder, id)).rejects.toMatchObject({ code: "run/busy" });
    expect(existsSync(fileOf(id))).toBe(true);
  });

  test.each(["20200101-000000", "../experiments", ""])("is unknown as %j", async (id) => {
    for (const act of [
      () => storedExperiment(folder, id),
      () => renameExperiment(folder, id, "x"),
      () => deleteExperiment(folder, id),
    ])
      await expect(act()).rejects.toMatchObject({ code: "run/unknown" });
  });
});
