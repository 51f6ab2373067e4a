import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stopBackend } from "#engine/backends/backend.ts";
import { experimentPath } from "#engine/runs/experimentFile.ts";
import { runExperiment } from "#engine/training/experiment.ts";
import { followExperiment } from "#engine/training/followed.ts";
import type { ExperimentSnapshot, RunSnapshot } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

afterAll(() => stopBackend());

let folder: string;
let whole: ExperimentSnapshot;
let ended: RunSnapshot;
let trained: RunSnapshot;

/** Two runs, of which the second looks as if a process that lives still trained it. */
beforeEach(async () => {
  folder = temporaryFolder();
  tinyData(folder);
  const training = runExperiment(tinyPlan(folder, { seeds: 1, epochs: 3 }));
  for (;;) {
    const next = await training.next();
    if (!next.done) continue;
    whole = next.value;
    break;
  }
  [ended, trained] = whole.runs as [RunSnapshot, RunSnapshot];
  edit(join(folder, ".equipoise/runs", trained.id, "run.json"), { state: { kind: "running" } });
  setProcess(process.ppid);
});

function edit(path: string, changes: object): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
}

function setProcess(number: number): void {
  edit(experimentPath(folder, whole.id), { process: number, state: { kind: "running" } });
}

const followed = (after: number, known: readonly string[] = [ended.id]) =>
  followExperiment({ folder, experiment: whole.id, ended: known, steps: { [trained.id]: after } });

describe("a comparison that another process trains", () => {
  test("gives the reports that came after the last known step, as they were told when they were made", async () => {
    const step = trained.gradients[2]?.step ?? 0;
    expect(await followed(step)).toEqual({
      kind: "more",
      update: {
        experiment: whole.id,
        state: { kind: "elsewhere", process: process.ppid },
        runs: [
          {
            id: trained.id,
            state: { kind: "stopped", epoch: 3, step: trained.gradients.at(-1)?.step },
          },
        ],
        epochs: trained.epochs.filter((report) => report.step > step),
        gradients: trained.gradients.slice(3),
      },
    });
  });

  test("is the same where nothing came", async () => {
    expect(await followed(trained.gradients.at(-1)?.step ?? 0)).toEqual({ kind: "same" });
  });

  test("is to be read anew where a run has ended", async () => {
    expect(await followed(0, [])).toEqual({ kind: "anew" });
  });

  test("is to be read anew where it is gone, or nobody trains it any more", async () => {
    const request = { folder, experiment: "20200101-000000", ended: [], steps: {} };
    expect(await followExperiment(request)).toEqual({ kind: "anew" });
    setProcess(2 ** 30);
    expect(await followed(0)).toEqual({ kind: "anew" });
  });
});
