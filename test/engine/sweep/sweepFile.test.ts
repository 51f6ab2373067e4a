import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planSweep } from "#engine/sweep/planSweep.ts";
import { planOf, readSweep, trialAt, trialCount, writeSweep } from "#engine/sweep/sweepFile.ts";
import type { ExperimentPlan } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";
import { tinySweep } from "./tinySweep.ts";

describe("a sweep file", () => {
  it("is read as it was written, and names its data from its own folder", async () => {
    const sweep = await tinySweep(temporaryFolder());
    expect(sweep.file.plan.train).toEqual({ inputs: "train_emb.npy", labels: "train.txt" });
    expect(sweep.file.data.map(({ path }) => path)).toEqual([
      "test.txt",
      "test_emb.npy",
      "train.txt",
      "train_emb.npy",
    ]);
    const before = readFileSync(sweep.path, "utf8");
    await writeSweep(sweep.path, sweep.file);
    expect(readFileSync(sweep.path, "utf8")).toBe(before);
    expect(planOf(sweep, 1, "/results")).toMatchObject({
      ...tinyPlan(sweep.folder),
      epochs: 2,
      seeds: 1,
      folder: "/results",
    });
  });

  it("has a trial for every configuration with every seed, seed by seed", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const trials = [0, 1, 2, 3].map((index) => trialAt(sweep, index));
    expect(trialCount(sweep.file)).toBe(4);
    expect(trials.map(({ configuration, seed }) => [configuration, seed])).toEqual([
      [0, 1],
      [1, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(trials[3]?.run).toBe(`${sweep.file.id}-00003-balanced-softmax-seed2`);
    expect(() => trialAt(sweep, 4)).toThrow(/There is no trial 4: .* has 4, from 0 to 3/);
  });

  it("has the same id for the same plan and data, and another one for other data", async () => {
    const [one, two] = [await tinySweep(temporaryFolder()), await tinySweep(temporaryFolder())];
    expect(two.file.id).toBe(one.file.id);
    const other = await tinySweep(temporaryFolder(), { epochs: 3 });
    expect(other.file.id).not.toBe(one.file.id);
  });

  it("tests all seeds on the same samples, also where a comparison would hold out others with each", async () => {
    const folder = temporaryFolder();
    tinyData(folder);
    const { test: _, ...plan } = tinyPlan(folder, { epochs: 2, backend: "cpu" });
    const planned = (more: Partial<ExperimentPlan>) =>
      planSweep({
        plan: { ...plan, ...more },
        configurations: plan.losses.map((choice) => ({ choice })),
        seeds: [1, 2],
        folder,
      });
    const repeated = await planned({ splits: "repeated" });
    expect(repeated.plan).not.toHaveProperty("splits");
    expect(repeated.id).toBe((await planned({})).id);
  });

  it("is refused where it was changed by hand, is damaged, or of another version", async () => {
    const folder = temporaryFolder();
    const { path } = await tinySweep(folder);
    const text = readFileSync(path, "utf8");
    const other = join(folder, "other.sweep.json");
    const refusal = async (content: string): Promise<unknown> => {
      writeFileSync(other, content);
      return readSweep(other).catch((problem: Error) => problem.message);
    };
    expect(await refusal(text.replace('"epochs": 2', '"epochs": 3'))).toMatch(
      /other.sweep.json was changed after it was planned/,
    );
    expect(await refusal(text.slice(0, 300))).toMatch(/is no sweep file: it does not parse as JSON/);
    expect(await refusal("null")).toMatch(/no "format": "equipoise-sweep"/);
    expect(await refusal(text.replace('"version": 1', '"version": 2'))).toMatch(
      /version 2, and this Equipoise reads version 1/,
    );
    expect(await refusal(text.replace(/"seeds": \[[^\]]*\]/, '"seeds": []'))).toMatch(/seeds is no list/);
    expect(await readSweep(join(folder, "none.json")).catch((problem: Error) => problem.message)).toMatch(
      /none.json cannot be read: no such file/,
    );
  });
});
