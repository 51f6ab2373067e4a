import { afterEach, beforeEach, expect, it } from "vitest";
import { frameOf } from "#engine/sweep/ray/frames.ts";
import { readResult } from "#engine/sweep/results.ts";
import type { Sweep } from "#engine/sweep/sweepFile.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import { FakeRay } from "../engine/sweep/ray/fakeRay.ts";
import { tinySweep } from "../engine/sweep/tinySweep.ts";
import { temporaryFolder } from "../engine/tiny.ts";
import { equipoise } from "./fakeTerminal.ts";

let ray: FakeRay;
let sweep: Sweep;
beforeEach(async () => {
  ray = await new FakeRay().start();
  sweep = await tinySweep(temporaryFolder());
});
afterEach(() => ray.close());

const there = ["--program", "/opt/equipoise/cli.cjs"];

it("sweep ray sends trials, prints their results, and finds the cluster again for logs and stop", async () => {
  ray.work = async (job) => {
    const root = temporaryFolder();
    for (const index of job.indices) {
      const outcome = await createSweepWorker(sweep, { root }).run(index);
      if ("result" in outcome) job.log += `trial ${index} here\n${await frameOf(root, outcome.result)}\n`;
    }
    job.status = "SUCCEEDED";
  };
  const sent = await equipoise(
    "sweep",
    "ray",
    sweep.path,
    "--address",
    ray.url,
    ...there,
    "--jobs",
    "1",
    "--batch",
    "4",
  );
  expect(sent).toMatchObject({ code: 0, out: expect.stringMatching(/^trial 0: .*balanced accuracy$/m) });
  expect((await readResult(sweep.folder, sweep.file.id, 3))?.state).toBe("finished");
  const [job] = [...ray.jobs.values()];
  expect(job?.entrypoint).toBe(
    "exec node /opt/equipoise/cli.cjs train --sweep data/tiny.sweep.json --index 0-3 --frames",
  );
  const logs = await equipoise("sweep", "ray", "logs", sweep.path, "--index", "2");
  expect(logs.out).toContain(`${job?.id}  trial 2 here`);
  expect(logs.out).not.toContain("equipoise-trial");
  expect((await equipoise("sweep", "ray", "logs", sweep.path, "--index", "9")).errors).toContain(
    "no job with trial 9",
  );
  expect((await equipoise("sweep", "ray", "stop", sweep.path)).out).toContain("0 jobs stopped");
}, 60_000);

it("sweep ray asks for what it needs, and repeats no secret", async () => {
  const refused = async (...args: string[]): Promise<string> =>
    (await equipoise("sweep", "ray", sweep.path, ...there, ...args)).errors;
  expect(await refused()).toContain("On which cluster?");
  expect(await refused("--address", "http://me:s3cret@127.0.0.1")).not.toContain("s3cret");
  expect(await refused("--address", ray.url, "--shared", "/mnt", "--results", "x")).toContain(
    "does not go with --shared",
  );
  expect(await refused("--address", ray.url, "--node", "a", "--upload-node", "b")).toContain(
    "give one of them",
  );
  expect(await refused("--address", ray.url, "--batch", "0")).toContain("--batch 0");
  ray.version = { version: "5", ray_version: "9" };
  expect(await refused("--address", ray.url)).toContain("Update Equipoise");
});
