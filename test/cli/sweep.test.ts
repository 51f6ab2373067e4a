import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseIndices } from "../../cli/sweepTrial.ts";
import { tinyData } from "../engine/tiny.ts";
import { equipoise } from "./fakeTerminal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "equipoise-sweep-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  delete process.env["JOB_COMPLETION_INDEX"];
});

/** A sweep of two betas and two seeds on the CPU. */
async function plan(...more: string[]): Promise<string> {
  const { manifest } = tinyData(folder);
  const losses = ["--loss", "cross-entropy", "--loss", "class-balanced-softmax:beta=0.9/0.99"];
  const short = ["--epochs", "2", "--seeds", "2", "--backend", "cpu", "--json"];
  const { code, out, errors } = await equipoise("sweep", "plan", manifest, ...losses, ...short, ...more);
  if (code !== 0) throw new Error(errors);
  return JSON.parse(out).path;
}

describe("sweep plan", () => {
  it("writes a grid with seeds, held-out validation and the hashes of the data", async () => {
    const path = await plan();
    expect(path).toBe(join(folder, "train.sweep.json"));
    const file = JSON.parse(readFileSync(path, "utf8"));
    expect(file.configurations.map(({ choice }: { choice: unknown }) => choice)).toMatchObject([
      { loss: "cross-entropy" },
      { loss: "class-balanced-softmax", parameters: { beta: 0.9 } },
      { loss: "class-balanced-softmax", parameters: { beta: 0.99 } },
    ]);
    expect(file).toMatchObject({ seeds: [1, 2], backend: { id: "cpu", threads: 1 }, plan: { epochs: 2 } });
    expect(file.plan.test).toBeUndefined();
    expect(file.data).toHaveLength(2);
  });

  it("draws configurations at random, the same ones each time, with settings of training", async () => {
    const more = ["--learning-rate", "0.01~1", "--model", "linear/mlp", "--sample", "6", "--on", "test"];
    const first = readFileSync(await plan(...more), "utf8");
    const { configurations, sampled, ...file } = JSON.parse(first);
    expect(configurations).toHaveLength(6);
    expect(sampled).toMatchObject({
      seed: 1,
      of: [
        "cross-entropy",
        "class-balanced-softmax:beta=0.9/0.99",
        "learning-rate=0.01~1",
        "model=linear/mlp",
      ],
    });
    expect(configurations[0]).toMatchObject({
      choice: { loss: "cross-entropy" },
      training: { learningRate: 0.01, model: "linear" },
    });
    const rates = configurations.map(
      (each: { training: { learningRate: number } }) => each.training.learningRate,
    );
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.01);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1);
    expect(file.plan.test).toEqual({ inputs: "test_emb.npy", labels: "test.txt" });
    const again = JSON.parse(readFileSync(await plan(...more), "utf8"));
    expect(again.id).toBe(file.id);
  });

  it("takes the losses of measured advice where none is named", async () => {
    const { manifest } = tinyData(folder);
    const { out } = await equipoise("sweep", "plan", manifest, "--epochs", "3", "--backend", "cpu");
    expect(out).toMatch(
      /train\.sweep\.json: \d+ trials \(\d+ configurations, 3 seeds\), \d+ steps each, on cpu, 1 thread/,
    );
    const { configurations } = JSON.parse(readFileSync(join(folder, "train.sweep.json"), "utf8"));
    expect(configurations[0].choice.loss).toBe("cross-entropy");
    expect(configurations.length).toBeGreaterThan(5);
  });

  it("refuses a range in a grid, a value out of its range, and to write over another sweep", async () => {
    const path = await plan();
    const { manifest } = tinyData(folder);
    const refused = async (...args: string[]): Promise<string> =>
      (await equipoise("sweep", "plan", manifest, "--backend", "cpu", ...args)).errors;
    expect(await refused("--loss", "balanced-softmax:tau=0.5..2")).toContain(
      "tau=0.5..2 is a range, and a grid needs values",
    );
    expect(await refused("--loss", "class-balanced-softmax:beta=0.9/1")).toContain("beta");
    expect(await refused("--loss", "cross-entropy", "--seeds", "4")).toContain(
      "is there already and holds another sweep",
    );
    expect(await refused("--on", "train")).toContain("--on train: expected validation, test.");
    expect(existsSync(path)).toBe(true);
    expect(await refused("--splits", "repeated")).toMatch(/--splits/);
    expect((await equipoise("sweep", "plant")).errors).toContain("sweep plant: expected plan");
  });
});

describe("train --sweep", () => {
  it("takes its trial from the flag or from the scheduler, and skips one that has ended", async () => {
    const path = await plan();
    const first = await equipoise("train", "--sweep", path, "--index", "4");
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^trial 4: class-balanced-softmax, seed 2, \d/),
    });
    process.env["JOB_COMPLETION_INDEX"] = "4";
    const second = await equipoise("train", "--sweep", path, "--json");
    expect(JSON.parse(second.out)).toMatchObject({
      kind: "skipped",
      result: { index: 4, state: "finished" },
    });
    delete process.env["JOB_COMPLETION_INDEX"];
    expect(await equipoise("train", "--sweep", path)).toMatchObject({
      code: 2,
      errors: expect.stringContaining("Which trial?"),
    });
  });

  it("runs several trials in one process, with results in another folder", async () => {
    const path = await plan();
    const results = join(folder, "shared");
    const { code, out } = await equipoise(
      "train",
      "--sweep",
      path,
      "--index",
      "0-1,5",
      "--results",
      results,
      "--json",
    );
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).result.index),
    ).toEqual([0, 1, 5]);
    const [run] = JSON.parse((await equipoise("runs", "--folder", results, "--json")).out);
    expect(run).toMatchObject({ state: "finished", seed: expect.any(Number) });
    expect(existsSync(join(folder, ".equipoise"))).toBe(false);
  });

  it("ends with codes that schedulers understand", async () => {
    const path = await plan();
    expect((await equipoise("train", "--sweep", path, "--index", "6")).code).toBe(2);
    expect((await equipoise("train", "--sweep", path, "--index", "0", "--epochs", "9")).errors).toContain(
      "--epochs: what a sweep trains",
    );
    expect((await equipoise("train", "--index", "0", join(folder, "train.txt"))).errors).toContain(
      "--sweep FILE",
    );
    appendFileSync(join(folder, "train.txt"), "x 0\n");
    expect(await equipoise("train", "--sweep", path, "--index", "0")).toMatchObject({
      code: 65,
      errors: expect.stringContaining("train.txt"),
    });
  });
});

describe("indices", () => {
  it("are numbers and ranges with commas between, each once", () => {
    expect(parseIndices("3", 10)).toEqual([3]);
    expect(parseIndices("1,4-6,5", 10)).toEqual([1, 4, 5, 6]);
    for (const wrong of ["", "a", "-1", "5-3", "1.5", "0-10"])
      expect(() => parseIndices(wrong, 10)).toThrow(`--index ${wrong}`);
  });
});

describe("sweep status, results and list", () => {
  it("tell what has ended, and write the winner with its evidence", async () => {
    const path = await plan("--on", "test");
    expect((await equipoise("sweep", "results", path)).out).toContain("No results yet.");
    await equipoise("train", "--sweep", path, "--index", "0-4");
    expect((await equipoise("sweep", "status", path)).out).toMatch(/5 of 6 finished, 0 running, 1 waiting/);
    await equipoise("train", "--sweep", path, "--index", "5");
    const { out } = await equipoise("sweep", "results", path, "--top", "2");
    expect(out).toMatch(/Configuration +No\. +Bal\. acc\. +95 % interval/);
    expect(out).toContain("and 1 more: --top N, or --json");
    expect(out).toMatch(/Tail +\S/);
    const json = JSON.parse((await equipoise("sweep", "results", path, "--json")).out);
    expect(json.standings.map(({ seeds }: { seeds: number }) => seeds)).toEqual([2, 2, 2]);
    expect(json.standings[0].title).toEqual(expect.any(String));
    const written = await equipoise("sweep", "results", path, "--write", "--take", "2", "--json");
    expect(written.code).toBe(0);
    const project = readFileSync(join(folder, "equipoise.yaml"), "utf8");
    expect(project).toMatch(
      /^# Equipoise: counts of train\.txt .*, measured \d+\.\d % balanced accuracy against \d+\.\d % for the baseline on 30 test rows, sweep-[0-9a-f]{12} of 3 configurations with 2 seeds/m,
    );
    expect(project).toContain("beta: 0.99");
    expect((await equipoise("sweep", "list", folder)).out).toMatch(
      /train\.sweep\.json +sweep-[0-9a-f]{12} +6 +6 finished/,
    );
  });
});
