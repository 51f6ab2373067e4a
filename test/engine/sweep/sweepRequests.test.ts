import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createSweepService } from "#engine/sweep/sweepRequests.ts";
import { temporaryFolder, tinyData } from "../tiny.ts";

describe("the service of sweeps", () => {
  it("plans a sweep beside its manifest, tells how far it is, what is best, and what to insert", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const service = createSweepService("no bundle", () => {});
    const { path, trials } = await service["sweep/plan"]({ manifest, folder, seeds: 1, backend: "cpu" });
    expect(path).toBe(join(folder, "train.sweep.json"));
    const place = { path, root: folder };
    const before = await service["sweep/look"](place);
    expect(before).toMatchObject({ seeds: 1, backend: "cpu, 1 thread", status: { trials, finished: 0 } });
    expect(before.titles[0]).toBe("Cross-entropy");
    expect(before.verdict).toBeUndefined();
    await expect(service["sweep/winner"](place)).rejects.toMatchObject({ code: "run/unknown" });
    await service["sweep/trial"]({ ...place, index: 0 });
    await service["sweep/trial"]({ ...place, index: 1 });
    const after = await service["sweep/look"](place);
    expect(after.status.finished).toBe(2);
    expect(after.verdict).toMatch(/Cross-entropy|leads/);
    const winner = await service["sweep/winner"]({ ...place, configuration: 1 });
    expect(winner).toMatchObject({ manifest, evidence: expect.stringContaining("on 17 validation rows") });
    expect(await service["sweep/log"]({ ...place, index: 1 })).toContain("finished: score");
    const job = await service["sweep/job"]({ ...place, scheduler: "kubernetes", program: "" });
    expect(parse(job).spec.template.spec.containers[0].command).toContain("/sweep/train.sweep.json");
    expect(await service["sweep/job"]({ ...place, scheduler: "slurm", program: "/opt/it.cjs" })).toContain(
      "#SBATCH --array=0-",
    );
  });

  it("refuses what it cannot run, and is free for the next", async () => {
    const folder = temporaryFolder();
    const { manifest } = tinyData(folder);
    const service = createSweepService("no bundle", () => {});
    const { path } = await service["sweep/plan"]({ manifest, folder, seeds: 1, backend: "cpu" });
    appendFileSync(manifest, "more 0\n");
    const place = { path, root: folder };
    await expect(service["sweep/trial"]({ ...place, index: 0 })).rejects.toThrow("train.txt");
    for (const _ of [1, 2]) {
      await expect(service["sweep/run"]({ ...place, path: join(folder, "none.sweep.json") })).rejects.toThrow(
        "cannot be read",
      );
    }
  });
});
