import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runPool } from "#engine/sweep/pool.ts";
import { readResults } from "#engine/sweep/results.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import type { PoolEnd, TrialMetrics, TrialOutcome } from "#protocol/sweep.ts";
import { bundleFolder } from "../../bundles.ts";
import { temporaryFolder } from "../tiny.ts";
import { tinySweep } from "./tinySweep.ts";

const bundles = bundleFolder();
const script = join(bundles.folder, "engine.cjs");
beforeAll(() => bundles.build({ engine: "engine/main.ts" }), 60_000);
afterAll(() => bundles.remove());

async function metricsOf(root: string, id: string): Promise<(TrialMetrics | string)[]> {
  const results = [...(await readResults(root, id)).values()];
  return results.map((result) => (result.state === "finished" ? result.metrics : result.message));
}

describe("a process pool", { timeout: 120_000 }, () => {
  it("trains every trial once, to the same figures bit for bit as each on its own", async () => {
    const wasm = { epochs: 4, backend: "wasm" } as const;
    const sweep = await tinySweep(temporaryFolder(), wasm);
    const outcomes: TrialOutcome[] = [];
    let told = 0;
    const end = await runPool(sweep, {
      root: sweep.folder,
      script,
      workers: 2,
      ended: (outcome) => outcomes.push(outcome),
      progress: ({ finished, trials }) => {
        expect(trials).toBe(4);
        told = finished;
      },
    });
    expect(end).toEqual({ kind: "ended" } satisfies PoolEnd);
    expect(told).toBe(4);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill("finished"));
    const alone = await tinySweep(temporaryFolder(), wasm);
    for (const index of [3, 1, 0, 2]) await createSweepWorker(alone).run(index);
    const expected = await metricsOf(alone.folder, alone.file.id);
    expect(await metricsOf(sweep.folder, sweep.file.id)).toEqual(expected);
    expect(new Set(expected.map((metrics) => JSON.stringify(metrics))).size).toBeGreaterThan(1);
  });

  it("shares a sweep with another pool, and each trial ends exactly once", async () => {
    const sweep = await tinySweep(temporaryFolder(), { epochs: 4 }, { seeds: [1, 2, 3, 4] });
    const outcomes: TrialOutcome[] = [];
    const pool = (): Promise<PoolEnd> =>
      runPool(sweep, { root: sweep.folder, script, workers: 2, ended: (outcome) => outcomes.push(outcome) });
    expect(await Promise.all([pool(), pool()])).toEqual([{ kind: "ended" }, { kind: "ended" }]);
    const trained = outcomes.flatMap((outcome) =>
      outcome.kind === "finished" ? [outcome.result.index] : [],
    );
    expect(trained.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect((await readResults(sweep.folder, sweep.file.id)).size).toBe(8);
  });

  it("stops within a step and goes on later", async () => {
    const sweep = await tinySweep(temporaryFolder(), { epochs: 300 });
    const abort = new AbortController();
    const stopped = await runPool(sweep, {
      root: sweep.folder,
      script,
      workers: 2,
      signal: abort.signal,
      progress: ({ running }) => {
        if (running.some(({ step }) => step > 0)) abort.abort();
      },
    });
    expect(stopped).toEqual({ kind: "stopped" });
    expect((await readResults(sweep.folder, sweep.file.id)).size).toBeLessThan(4);
    expect(await runPool(sweep, { root: sweep.folder, script, workers: 2 })).toEqual({ kind: "ended" });
    expect((await readResults(sweep.folder, sweep.file.id)).size).toBe(4);
  });

  it("starts a worker anew that died, and leaves out a trial that takes it down each time", async () => {
    const sweep = await tinySweep(temporaryFolder());
    // Ends as the system ends a process that wants too much memory: at once, in the trials that are marked.
    const marks = sweep.folder;
    const deadly = join(bundles.folder, "deadly.cjs");
    writeFileSync(
      deadly,
      `const fs = require("node:fs");
       process.on("message", ({ params }) => {
         const index = params?.index;
         if (index === 2) process.kill(process.pid, "SIGKILL");
         const mark = ${JSON.stringify(join(marks, "killed"))};
         if (index === 1 && !fs.existsSync(mark)) { fs.writeFileSync(mark, ""); process.kill(process.pid, "SIGKILL"); }
       });
       require("./engine.cjs");`,
    );
    const end = await runPool(sweep, { root: sweep.folder, script: deadly, workers: 2 });
    expect(end).toMatchObject({
      kind: "given-up",
      indices: [2],
      message: expect.stringContaining("SIGKILL"),
    });
    expect(existsSync(join(marks, "killed"))).toBe(true);
    expect([...(await readResults(sweep.folder, sweep.file.id)).keys()]).toEqual([0, 1, 3]);
  });

  it("ends at once where the data changed", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const list = join(sweep.folder, "train.txt");
    writeFileSync(list, readFileSync(list, "utf8").replace("train/0/0.png 0", "train/0/0.png 1"));
    await expect(runPool(sweep, { root: sweep.folder, script, workers: 2 })).rejects.toThrow(
      "train.txt (other content)",
    );
  });

  it("ends at once where the results folder does not take what is written", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const root = join(sweep.folder, "results");
    writeFileSync(root, "a file in the way");
    await expect(runPool(sweep, { root, script, workers: 2 })).rejects.toMatchObject({ code: "disk/full" });
  });
});
