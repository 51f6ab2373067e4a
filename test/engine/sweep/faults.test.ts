import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimTrial, createOnce } from "#engine/sweep/claim.ts";
import { claimsFolder, readResults, sweepFolder } from "#engine/sweep/results.ts";
import { readSweep } from "#engine/sweep/sweepFile.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import { temporaryFolder } from "../tiny.ts";
import { mountable, mounted } from "./mounted.ts";
import { tinySweep } from "./tinySweep.ts";

const times = { beat: 20, lease: 300 };

describe("a results folder", () => {
  it("that cannot be made is named, with the next step, before anything is trained", async () => {
    const sweep = await tinySweep(temporaryFolder());
    const root = join(sweep.folder, "results");
    writeFileSync(root, "a file in the way");
    const refusal = createSweepWorker(sweep, { root }).run(0);
    await expect(refusal).rejects.toMatchObject({ code: "disk/full" });
    await expect(refusal).rejects.toThrow(
      /cannot be written in .*results.*Make room or allow writing, then run again/,
    );
  });

  it.skipIf(!mountable)(
    "that is read-only is refused, and results that are there are still told",
    async () => {
      const sweep = await tinySweep(temporaryFolder());
      const root = mounted("size=8m") as string;
      await createSweepWorker(sweep, { root }).run(0);
      spawnSync("mount", ["-o", "remount,ro", root]);
      await expect(createSweepWorker(sweep, { root }).run(1)).rejects.toMatchObject({ code: "disk/full" });
      expect(await createSweepWorker(sweep, { root }).run(0)).toMatchObject({ kind: "skipped" });
      expect([...(await readResults(root, sweep.file.id)).keys()]).toEqual([0]);
    },
  );

  it.skipIf(!mountable)(
    "that is full ends the trial, keeps what is there, and is gone on with once there is room",
    async () => {
      const sweep = await tinySweep(temporaryFolder());
      const root = mounted("size=512k") as string;
      await createSweepWorker(sweep, { root }).run(0);
      const filler = join(root, "filler");
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4096"]);
      await expect(createSweepWorker(sweep, { root, times }).run(1)).rejects.toMatchObject({
        code: "disk/full",
      });
      expect([...(await readResults(root, sweep.file.id)).keys()]).toEqual([0]);
      spawnSync("rm", [filler]);
      expect(await createSweepWorker(sweep, { root, times }).run(1)).toMatchObject({ kind: "finished" });
    },
  );
});

describe("two submitters", () => {
  it("of whom each planned the sweep share its trials", async () => {
    const folder = temporaryFolder();
    const one = await tinySweep(folder);
    const other = await readSweep(one.path);
    const workers = [createSweepWorker(one, { times }), createSweepWorker(other, { times })];
    const outcomes = await Promise.all([0, 1, 2, 3, 0, 1].map((index, i) => workers[i % 2]?.run(index)));
    expect(outcomes.filter((outcome) => outcome?.kind === "finished").length).toBe(4);
    expect((await readResults(folder, one.file.id)).size).toBe(4);
  });

  it("get one claim and one result, of a hundred that come at the same moment", async () => {
    const path = join(temporaryFolder(), "deep", "once.json");
    const made = await Promise.all(Array.from({ length: 100 }, (_, i) => createOnce(path, String(i))));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(readdirSync(join(path, ".."))).toEqual(["once.json"]);
  });
});

describe("a wrong clock", () => {
  /** A worker elsewhere, whose files have times of another year. */
  async function foreignClaim(folder: string, year: number): Promise<() => void> {
    const place = { host: "elsewhere", machine: "elsewhere 1", process: 1, started: "5" };
    await createOnce(join(folder, "1.claim"), JSON.stringify(place));
    let beats = 0;
    return () => {
      writeFileSync(join(folder, "1.beat"), `${++beats} 3/9\n`);
      const time = new Date(`${year}-01-01`);
      for (const name of readdirSync(folder)) utimesSync(join(folder, name), time, time);
    };
  }

  it("of another machine neither loses a trial that is being trained nor keeps one that is not", async () => {
    for (const year of [1999, 2099]) {
      const sweep = await tinySweep(temporaryFolder());
      const folder = claimsFolder(sweep.folder, sweep.file.id, 0);
      mkdirSync(folder, { recursive: true });
      const beat = await foreignClaim(folder, year);
      beat();
      const timer = setInterval(beat, times.beat);
      const worker = createSweepWorker(sweep, { times });
      expect(await worker.run(0)).toEqual({ kind: "claimed", index: 0, by: "process 1 on elsewhere" });
      clearInterval(timer);
      expect(await worker.run(0)).toMatchObject({ kind: "finished", result: { attempt: 2 } });
    }
  });

  it("is not asked by an owner that was taken for dead: it sees the other claim and writes no result", async () => {
    const sweep = await tinySweep(temporaryFolder(), { epochs: 2000 });
    const folder = claimsFolder(sweep.folder, sweep.file.id, 0);
    let isTakenOver = false;
    const worker = createSweepWorker(sweep, {
      times,
      progress: () => {
        if (isTakenOver) return;
        isTakenOver = true;
        writeFileSync(
          join(folder, "2.claim"),
          JSON.stringify({ host: "elsewhere", machine: "elsewhere 1", process: 1 }),
        );
      },
    });
    expect(await worker.run(0)).toEqual({
      kind: "stopped",
      index: 0,
      message: "another worker took the trial over",
    });
    expect(readdirSync(sweepFolder(sweep.folder, sweep.file.id))).not.toContain("results");
    expect((await claimTrial(folder, times)).kind).toBe("ours");
  });
});
