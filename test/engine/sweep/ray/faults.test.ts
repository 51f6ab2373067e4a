/** What goes wrong at this end, between, and in the whole cluster, while a sweep is on Ray. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readResults, sweepFolder } from "#engine/sweep/results.ts";
import { sweepStatus } from "#engine/sweep/status.ts";
import { mountable, mounted } from "../mounted.ts";
import { ended, fail, finish, moveTo, notesOf, ray, root, run, sweep, train } from "./rayStage.ts";

describe("a results folder at this end", () => {
  it("that cannot be made is told before anything is sent", async () => {
    writeFileSync(join(root, ".equipoise"), "a file in the way");
    await expect(run().end).rejects.toMatchObject({ code: "disk/full" });
    expect(ray.jobs.size).toBe(0);
  });

  it.skipIf(!mountable)(
    "that becomes read-only ends this end; jobs go on, and nothing is trained twice",
    async () => {
      moveTo(mounted("size=8m") as string);
      const waiting: (() => void)[] = [];
      ray.work = async (job) => {
        spawnSync("mount", ["-o", "remount,ro", root]);
        await new Promise<void>((resolve) => waiting.push(resolve));
        finish(job);
      };
      const { end } = run({ batch: 6, jobs: 1 });
      while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const go of waiting) go();
      await expect(end).rejects.toMatchObject({ code: "disk/full" });
      expect([...ray.jobs.values()].map(({ status }) => status)).toEqual(["SUCCEEDED"]);
      spawnSync("mount", ["-o", "remount,rw", root]);
      // The claim could not be given back, and is void once its process has ended, which is this one here.
      rmSync(join(sweepFolder(root, sweep.file.id), "ray"), { recursive: true });
      expect(await run({ batch: 6, jobs: 1 }).end).toMatchObject({ kind: "finished", ended: 6 });
      expect(ray.jobs.size).toBe(1);
    },
  );

  it.skipIf(!mountable)("that is full keeps what was there, and has all once there is room", async () => {
    moveTo(mounted("size=1m") as string);
    mkdirSync(sweepFolder(root, sweep.file.id), { recursive: true });
    const filler = join(root, "filler");
    ray.work = (job) => {
      if (job.indices.includes(0)) finish(job);
      else {
        spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4096"]);
        finish(job);
      }
    };
    await expect(run({ jobs: 1 }).end).rejects.toMatchObject({ code: "disk/full" });
    expect(await ended()).toEqual([0, 1]);
    spawnSync("rm", [filler]);
    ray.work = finish;
    expect(await run({ jobs: 1 }).end).toMatchObject({ kind: "finished", ended: 6 });
    expect((await readResults(root, sweep.file.id)).size).toBe(6);
  });
});

describe("a cluster", () => {
  it("that is gone for good in the middle is given up; what came back is kept, and another one goes on", async () => {
    ray.work = (job) => {
      train(job, 1);
      job.status = "SUCCEEDED";
      if (ray.jobs.size >= 2)
        ray.misbehave = (_, response) => {
          response.destroy();
          return true;
        };
    };
    const lost = run({ jobs: 1 });
    await expect(lost.end).rejects.toMatchObject({
      code: "cluster/unreachable",
      message: expect.stringMatching(/What has come back is kept.*the same command/s),
    });
    expect(notesOf(lost.events)).toContain("asking again");
    const kept = await ended();
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(6);
    ray.misbehave = () => false;
    ray.jobs.clear();
    ray.work = finish;
    const { end, events } = run();
    expect(await end).toMatchObject({ kind: "finished", ended: 6 });
    const told = events.flatMap((event) => (event.kind === "result" ? [event.result.index] : []));
    expect(told.sort()).toEqual([0, 1, 2, 3, 4, 5].filter((index) => !kept.includes(index)));
  });
});

describe("two submitters", () => {
  it("of whom the other is a worker that holds a trial: it is looked at again later, and not counted as lost", async () => {
    ray.work = (job) => fail(job, "JOB_ENTRYPOINT_COMMAND_ERROR", 75);
    const abort = new AbortController();
    const { end, events } = run({ batch: 6, jobs: 1, attempts: 1 }, abort.signal);
    while (!notesOf(events).includes("another worker has trials of it"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await expect(end).rejects.toThrow();
    ray.work = finish;
    expect(await run().end).toEqual({ kind: "finished", ended: 6, givenUp: [] });
  });
});

describe("wrong clocks of nodes", () => {
  it("change neither what has ended nor the estimate", async () => {
    ray.work = finish;
    await run().end;
    const right = await sweepStatus(sweep, root, await readResults(root, sweep.file.id));
    for (const [index, year] of [
      [0, 1999],
      [1, 2099],
    ]) {
      const path = join(sweepFolder(root, sweep.file.id), "results", `0000${index}.json`);
      const result = JSON.parse(readFileSync(path, "utf8"));
      writeFileSync(path, JSON.stringify({ ...result, ended: `${year}-01-01T00:00:00.000Z` }));
    }
    expect(await sweepStatus(sweep, root, await readResults(root, sweep.file.id))).toEqual(right);
    expect(await run().end).toMatchObject({ kind: "finished", ended: 6 });
    expect(ray.jobs.size).toBe(3);
  });
});
