import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimTrial } from "#engine/sweep/claim.ts";
import { claimsFolder, endedTrials, sweepFolder } from "#engine/sweep/results.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import type { TrialOutcome, TrialResult } from "#protocol/sweep.ts";
import { temporaryFolder } from "../tiny.ts";
import { tinySweep } from "./tinySweep.ts";

/** Waiting for an owner to show signs of life takes no minute here. */
const times = { beat: 20, lease: 200 };

function resultOf(outcome: TrialOutcome): TrialResult & { readonly state: "finished" } {
  if ("result" in outcome && outcome.result.state === "finished") return outcome.result;
  throw new Error(`expected a finished trial, got ${JSON.stringify(outcome)}`);
}

describe("a worker", () => {
  it("trains a trial once, and recognises it afterwards", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const first = await createSweepWorker(sweep).run(1);
    expect(first).toMatchObject({
      kind: "finished",
      result: { index: 1, configuration: 1, seed: 1, attempt: 1 },
    });
    const path = join(sweepFolder(sweep.folder, sweep.file.id), "results/00001.json");
    const written = readFileSync(path, "utf8");
    const second = await createSweepWorker(sweep).run(1);
    expect(second).toEqual({ kind: "skipped", result: resultOf(first) });
    expect(readFileSync(path, "utf8")).toBe(written);
    expect(await endedTrials(sweep.folder, sweep.file.id)).toEqual([1]);
    const log = readFileSync(join(sweepFolder(sweep.folder, sweep.file.id), "logs/00001-1.log"), "utf8");
    expect(log).toContain("Balanced softmax, seed 1");
    expect(log).toMatch(/finished: score 0\.\d+/);
  });

  it("gives the same figures bit for bit on its own, after others, and after a stop in the middle", async () => {
    const alone = await tinySweep(temporaryFolder(), { epochs: 8, backend: "wasm" });
    const expected = resultOf(await createSweepWorker(alone).run(3)).metrics;
    const after = await tinySweep(temporaryFolder(), { epochs: 8, backend: "wasm" });
    const worker = createSweepWorker(after);
    await worker.run(0);
    expect(resultOf(await worker.run(3)).metrics).toEqual(expected);
    const stopped = await tinySweep(temporaryFolder(), { epochs: 8, backend: "wasm" });
    const abort = new AbortController();
    const interrupted = createSweepWorker(stopped, { progress: () => abort.abort() });
    expect(await interrupted.run(3, abort.signal)).toMatchObject({ kind: "stopped", index: 3 });
    expect(await endedTrials(stopped.folder, stopped.file.id)).toEqual([]);
    const resumed = resultOf(await createSweepWorker(stopped).run(3));
    expect(resumed.attempt).toBe(2);
    expect(resumed.metrics).toEqual(expected);
    const log = readFileSync(join(sweepFolder(stopped.folder, stopped.file.id), "logs/00003-2.log"), "utf8");
    expect(log).toMatch(/goes on at step [1-9]/);
  });

  it("leaves a trial alone that another worker trains, and takes it over from one without a sign of life", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const folder = claimsFolder(sweep.folder, sweep.file.id, 0);
    const other = await claimTrial(folder, times);
    if (other.kind !== "ours") throw new Error("expected a claim");
    const worker = createSweepWorker(sweep, { times });
    expect(await worker.run(0)).toMatchObject({
      kind: "claimed",
      index: 0,
      by: expect.stringContaining("process"),
    });
    await other.claim.release(false);
    // Until its last sign of life is old.
    await new Promise((resolve) => setTimeout(resolve, 3 * times.beat));
    expect(await worker.run(0)).toMatchObject({ kind: "finished", result: { attempt: 2 } });
  });

  it("refuses data that changed since the plan, naming the files", async () => {
    const sweep = await tinySweep(temporaryFolder());
    appendFileSync(join(sweep.folder, "train.txt"), "train/2/9.png 2\n");
    const text = readFileSync(join(sweep.folder, "test.txt"), "utf8");
    writeFileSync(join(sweep.folder, "test.txt"), text.replace("test/0/1.png 0", "test/0/1.png 1"));
    rmSync(join(sweep.folder, "test_emb.npy"));
    const refusal = createSweepWorker(sweep).run(0);
    await expect(refusal).rejects.toMatchObject({ code: "data/changed" });
    await expect(refusal).rejects.toThrow(
      /test\.txt \(other content\), test_emb\.npy \(missing\), train\.txt \([\d,]+ bytes, planned [\d,]+\)/,
    );
    expect(existsSync(claimsFolder(sweep.folder, sweep.file.id, 0))).toBe(false);
  });

  it("refuses another backend than the planned one, and another number of threads", async () => {
    const { file, ...place } = await tinySweep(temporaryFolder());
    const many = { ...place, file: { ...file, backend: { id: "wasm", threads: 64 } } } as const;
    await expect(createSweepWorker(many).run(0)).rejects.toThrow(
      /planned on wasm, 64 threads, and .* has wasm, \d+ threads?/,
    );
    const none = { ...place, file: { ...file, backend: { id: "tensorflow", threads: 1 } } } as const;
    await expect(createSweepWorker(none).run(0)).rejects.toMatchObject({ code: "backend/unavailable" });
    expect(readdirSync(place.folder)).not.toContain("claims");
  });

  it("records a trial that cannot be trained as failed, with its log", async () => {
    const sweep = await tinySweep(temporaryFolder(), { learningRate: 999, weightDecay: 10, epochs: 40 });
    const outcome = await createSweepWorker(sweep).run(0);
    expect(outcome).toMatchObject({
      kind: "failed",
      result: { state: "failed", message: expect.stringMatching(/rate/) },
    });
    expect(await createSweepWorker(sweep).run(0)).toMatchObject({
      kind: "skipped",
      result: { state: "failed" },
    });
  });
});
