import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { runFolderOf } from "#engine/runs/experimentFile.ts";
import { listRuns } from "#engine/runs/runList.ts";
import { frameOf, framesIn, keepFramed, withoutFrames } from "#engine/sweep/ray/frames.ts";
import { readResult, sweepFolder } from "#engine/sweep/results.ts";
import type { Sweep } from "#engine/sweep/sweepFile.ts";
import { createSweepWorker } from "#engine/sweep/worker.ts";
import type { TrialResult } from "#protocol/sweep.ts";
import { temporaryFolder } from "../../tiny.ts";
import { tinySweep } from "../tinySweep.ts";

async function trained(): Promise<{ sweep: Sweep; result: TrialResult; frame: string }> {
  const sweep = await tinySweep(temporaryFolder());
  const outcome = await createSweepWorker(sweep).run(2);
  if (!("result" in outcome)) throw new Error("expected a result");
  return { sweep, result: outcome.result, frame: await frameOf(sweep.folder, outcome.result) };
}

describe("a result as a line of a log", () => {
  it("brings the result and its run to another folder, file for file, once", async () => {
    const { sweep, result, frame } = await trained();
    const root = temporaryFolder();
    const log = `trial 2: fine\n${frame}\nend\n`;
    const [framed, ...more] = framesIn(log, sweep);
    expect(more).toEqual([]);
    expect(await keepFramed(root, framed as never)).toEqual(result);
    expect(await readResult(root, sweep.file.id, 2)).toEqual(result);
    const [there, here] = [runFolderOf(sweep.folder, result.run), runFolderOf(root, result.run)];
    const names = readdirSync(here);
    expect(names).toContain("classes.npy");
    for (const name of names) expect(readFileSync(join(here, name))).toEqual(readFileSync(join(there, name)));
    expect((await listRuns(root)).map(({ id }) => id)).toEqual([result.run]);
    const other = { ...framed, result: { ...result, host: "another" } };
    expect((await keepFramed(root, other as never)).host).toBe(result.host);
    expect(withoutFrames(log)).toBe("trial 2: fine\nend\n");
  });

  it("takes the place of what a killed client has left, which is no run", async () => {
    const { sweep, result, frame } = await trained();
    const root = temporaryFolder();
    const left = join(sweepFolder(root, sweep.file.id), "incoming", "2");
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, "half"), "");
    expect(await listRuns(root)).toEqual([]);
    await keepFramed(root, framesIn(frame, sweep)[0] as never);
    expect((await listRuns(root)).map(({ id }) => id)).toEqual([result.run]);
    expect(readdirSync(runFolderOf(root, result.run))).not.toContain("half");
    expect(existsSync(left)).toBe(false);
  });

  it("counts for nothing where it was cut short or mixed with another line", async () => {
    const { sweep, frame } = await trained();
    expect(framesIn(frame.slice(0, -20), sweep)).toEqual([]);
    expect(framesIn(frame.slice(0, 200), sweep)).toEqual([]);
    expect(framesIn(`${frame.slice(0, 100)}warning${frame.slice(100)}`, sweep)).toEqual([]);
    expect(framesIn(`[pid 3] ${frame}`, sweep)).toHaveLength(1);
  });

  it("writes nowhere else than into the run of its trial, whatever a log says", async () => {
    const { sweep, result } = await trained();
    const line = (head: object): string =>
      `equipoise-trial:1 ${gzipSync(Buffer.from(`${JSON.stringify(head)}\nx`)).toString("base64")}`;
    const evil = [
      { result, files: [{ name: "../../../evil", bytes: 1 }] },
      { result: { ...result, run: "../../evil" }, files: [] },
      { result: { ...result, index: 99 }, files: [] },
      { result: { ...result, sweep: "sweep-000000000000" }, files: [] },
      { files: [] },
      [],
    ];
    expect(framesIn(evil.map(line).join("\n"), sweep)).toEqual([]);
    expect(framesIn(line({ result, files: [] }), sweep)).toHaveLength(1);
  });
});
