import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clusterAddress } from "#engine/sweep/ray/address.ts";
import { readNotes } from "#engine/sweep/ray/notes.ts";
import { sweepFolder } from "#engine/sweep/results.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import { temporaryFolder } from "../../tiny.ts";
import type { FakeJob } from "./fakeRay.ts";
import { ended, fail, finish, moveTo, notesOf, ray, root, run, sweep, train } from "./rayStage.ts";

describe("a sweep on Ray", () => {
  it("sends trials in batches and collects every result once", async () => {
    const { events, end } = run();
    expect(await end).toEqual({ kind: "finished", ended: 6, givenUp: [] });
    expect(await ended()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ray.submitted().map((id) => id.replace(/^sweep-\w+?-/, ""))).toEqual([
      "0-1-try1",
      "2-3-try1",
      "4-5-try1",
    ]);
    const told = events.flatMap((event) => (event.kind === "result" ? [event.result.index] : []));
    expect(told.sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...ray.packages]).toEqual(["_ray_pkg_1.zip"]);
    expect(ray.requests.filter(({ what }) => what.startsWith("PUT"))).toHaveLength(1);
  });

  it("keeps what a dying node had told, and sends the rest again", async () => {
    let deaths = 0;
    ray.work = (job) => {
      if (deaths++ > 0) return finish(job);
      train(job, 1);
      fail(job, "JOB_SUPERVISOR_ACTOR_DIED", undefined, "The node died.");
    };
    const { events, end } = run({ jobs: 1 });
    expect((await end).kind).toBe("finished");
    expect(notesOf(events)).toMatch(/ended with trial 1 under way \(The node died\); sending it again/);
    const runs = [...ray.jobs.values()].map(({ indices }) => indices);
    expect(runs).toEqual([[0, 1], [2, 3], [4, 5], [1]]);
  });

  it("sends trials again whose jobs the cluster has forgotten, and what it needs of them", async () => {
    let restarted = false;
    ray.work = (job) => {
      if (restarted) return finish(job);
      restarted = true;
      ray.jobs.clear();
      ray.packages.clear();
    };
    const { events, end } = run({ jobs: 1 });
    expect((await end).kind).toBe("finished");
    expect(notesOf(events)).toMatch(/does not know it any more/);
    expect(ray.requests.filter(({ what }) => what.startsWith("PUT"))).toHaveLength(2);
  });

  it("gives a trial up that ends its node each time, and no other", async () => {
    ray.work = (job) => {
      if (!job.indices.includes(2)) return finish(job);
      train(job, job.indices.indexOf(2));
      fail(job, "JOB_SUPERVISOR_ACTOR_DIED", undefined, "out of memory");
    };
    const outcome = await run().end;
    expect(outcome).toMatchObject({ kind: "incomplete", ended: 5, givenUp: [{ index: 2 }] });
    expect(await ended()).toEqual([0, 1, 3, 4, 5]);
    expect([...ray.jobs.values()].filter(({ indices }) => indices.includes(2))).toHaveLength(3);
  });

  it("goes on after its end was killed, without training anything twice", async () => {
    const waiting: FakeJob[] = [];
    ray.work = (job) => {
      waiting.push(job);
    };
    const abort = new AbortController();
    const first = run({}, abort.signal);
    while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort();
    await expect(first.end).rejects.toThrow();
    ray.work = finish;
    for (const job of waiting) finish(job);
    const second = run();
    expect((await second.end).kind).toBe("finished");
    expect(notesOf(second.events)).toContain("found 2 jobs of an earlier call again");
    expect(ray.submitted()).toHaveLength(3);
  });

  it("blames no trial for a job that a client noted and could not submit any more", async () => {
    ray.misbehave = ({ method }, response) => {
      if (method !== "POST") return false;
      response.destroy();
      return true;
    };
    await expect(run({ jobs: 1 }).end).rejects.toMatchObject({ code: "cluster/unreachable" });
    ray.misbehave = () => false;
    expect((await run({ jobs: 1 }).end).kind).toBe("finished");
    expect([...ray.jobs.values()].map(({ indices }) => indices)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  it("finds its jobs again where its notes are gone as well", async () => {
    await run().end;
    const before = ray.submitted();
    moveTo(temporaryFolder());
    expect((await run().end).kind).toBe("finished");
    expect(ray.submitted()).toEqual(before);
  });

  it("ends with what a worker refuses, and stops the other jobs", async () => {
    ray.work = (job) => {
      if (job.indices.includes(0))
        fail(
          job,
          "JOB_ENTRYPOINT_COMMAND_ERROR",
          65,
          "Job failed, last lines:\nequipoise: The data differ: train.txt (other content).",
        );
    };
    await expect(run().end).rejects.toMatchObject({
      code: "data/changed",
      message: expect.stringContaining("train.txt (other content)"),
    });
    expect([...ray.jobs.values()].map(({ status }) => status)).toEqual(["FAILED", "STOPPED"]);
    ray.jobs.clear();
    moveTo(temporaryFolder());
    ray.work = (job) => fail(job, "JOB_ENTRYPOINT_COMMAND_ERROR", 127, "sh: 1: exec: node: not found");
    await expect(run().end).rejects.toThrow(/--upload-node/);
  });

  it("gives up where nodes cannot begin any job, and says what Ray said", async () => {
    ray.work = (job) => fail(job, "RUNTIME_ENV_SETUP_FAILURE", undefined, "No space left on device");
    await expect(run().end).rejects.toMatchObject({
      code: "cluster/refused",
      message: expect.stringContaining("No space left"),
    });
    expect(ray.jobs.size).toBeLessThanOrEqual(4);
  });

  it("waits on where the cluster has no room for a job", async () => {
    let waits = 0;
    ray.work = (job) => (waits++ < 4 ? fail(job, "JOB_SUPERVISOR_ACTOR_START_TIMEOUT") : finish(job));
    expect((await run().end).kind).toBe("finished");
  });

  it("ends where somebody stops its jobs, and goes on with the rest when called again", async () => {
    ray.work = (job) => {
      train(job, 1);
      job.status = "STOPPED";
    };
    const outcome = await run().end;
    expect(outcome).toEqual({ kind: "stopped", ended: 2, givenUp: [] });
    ray.work = finish;
    expect(await run().end).toMatchObject({ kind: "finished", ended: 6 });
  });

  it("waits for a cluster that is away for a moment, and not for ever for one that is gone for good", async () => {
    let asked = 0;
    ray.misbehave = (_, response) => {
      if (asked++ % 3 !== 2) return false;
      response.destroy();
      return true;
    };
    const { events, end } = run();
    expect((await end).kind).toBe("finished");
    expect(notesOf(events)).toContain("asking again");
    ray.misbehave = (_, response) => {
      response.destroy();
      return true;
    };
    await expect(run().end).rejects.toMatchObject({ code: "cluster/unreachable" });
    expect(await ended()).toHaveLength(6);
  });

  it("reads results from a shared folder, and asks for no logs", async () => {
    ray.work = async (job) => {
      for (const index of job.indices) await createSweepWorker(sweep).run(index);
      job.status = "SUCCEEDED";
    };
    moveTo(sweep.folder);
    const entry = { node: "node", program: "/opt/cli.cjs", sweep: "/mnt/tiny.sweep.json", isShared: true };
    expect(await run({ entry }).end).toMatchObject({
      kind: "finished",
      ended: 6,
    });
    expect(ray.requests.some(({ what }) => what.endsWith("/logs"))).toBe(false);
  });

  it("tells the logs of running jobs where asked to, without the lines that bring results", async () => {
    const { events, end } = run({ follow: true });
    await end;
    const logs = events.flatMap((event) => (event.kind === "log" ? [event.text] : [])).join("");
    for (let index = 0; index < 6; index++) expect(logs.split(`trial ${index}\n`)).toHaveLength(2);
    expect(logs).not.toContain("equipoise-trial");
  });

  it("lets one client at a time send a sweep", async () => {
    ray.work = () => {};
    const abort = new AbortController();
    const first = run({}, abort.signal);
    while (ray.jobs.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(run().end).rejects.toMatchObject({ code: "run/busy" });
    abort.abort();
    await expect(first.end).rejects.toThrow();
  });

  it("keeps no secret in its notes", async () => {
    const address = clusterAddress(ray.url, { EQUIPOISE_RAY_TOKEN: "s3cret" });
    const { events, end } = run({ address: address.url });
    await end;
    const path = join(sweepFolder(root, sweep.file.id), "ray.json");
    expect(readFileSync(path, "utf8") + JSON.stringify(events)).not.toContain("s3cret");
    expect((await readNotes(root, sweep.file.id))?.jobs.every(({ end: how }) => how === "SUCCEEDED")).toBe(
      true,
    );
  });
});
