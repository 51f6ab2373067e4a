import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { followRecording } from "#engine/runs/recording.ts";
import { writeRecordedRun } from "../../recordedRun.ts";
import { temporaryFolder } from "../tiny.ts";

const description = { loss: "MyLoss", classes: ["cat", "dog"], counts: [9, 1] };
const begun = () => {
  const run = writeRecordedRun(temporaryFolder(), "r", description);
  return { run, reader: followRecording(run.folder) };
};

describe("a run that another program writes", () => {
  test("is read on from where the last look ended", async () => {
    const { run, reader } = begun();
    expect(await reader.read()).toEqual({ epochs: [], gradients: [], restarted: false });
    run.report(1, 1);
    const first = await reader.read();
    expect(first.gradients.map(({ step }) => step)).toEqual([1]);
    expect(first.gradients[0]?.accumulated).toEqual({
      positive: Float64Array.of(2, 2),
      negative: Float64Array.of(2, 2),
    });
    run.report(2, 1, 0.5);
    const { gradients, epochs } = await reader.read();
    expect(gradients.map(({ step }) => step)).toEqual([2]);
    expect(epochs).toMatchObject([{ run: "r", epoch: 1, step: 2, balancedAccuracy: 0.5 }]);
    expect(epochs[0]?.recall).toEqual(Float32Array.of(0.5, 0.5));
    expect((await reader.read()).gradients).toEqual([]);
  });

  test("tells its state as it changes", async () => {
    const { run, reader } = begun();
    await reader.read();
    expect(reader.description()).toMatchObject({ loss: "MyLoss", state: { kind: "running" } });
    run.state({ kind: "stopped", epoch: 1, step: 2 });
    await reader.read();
    expect(reader.description()?.state).toEqual({ kind: "stopped", epoch: 1, step: 2 });
  });

  test("waits for the rest of a line that is cut short", async () => {
    const { run, reader } = begun();
    run.report(1, 1);
    appendFileSync(join(run.folder, "scalars.jsonl"), '{"row": 1, "st');
    expect((await reader.read()).gradients).toHaveLength(1);
    run.report(2, 1);
    expect((await reader.read()).gradients).toHaveLength(0);
  });

  test("is passed over while it is not of the format, and when it is damaged", async () => {
    const { run, reader } = begun();
    writeFileSync(join(run.folder, "run.json"), '{"format": "other"}');
    expect((await reader.read()).gradients).toEqual([]);
    expect(reader.description()).toBeUndefined();
    writeFileSync(
      join(run.folder, "run.json"),
      '{"format": "equipoise-run", "version": 1, "id": "r", "classes": 3}',
    );
    await reader.read();
    expect(reader.description()).toBeUndefined();
  });

  test("is read from its start where it was begun anew", async () => {
    const { run, reader } = begun();
    for (const step of [1, 2, 3]) run.report(step, 1);
    await reader.read();
    writeFileSync(join(run.folder, "scalars.jsonl"), '{"row": 0, "step": 1, "epoch": 1}\n');
    expect(await reader.read()).toMatchObject({ restarted: true, gradients: [{ step: 1 }] });
  });

  test("of ten thousand steps gives as many reports as a log axis can show", async () => {
    const { run, reader } = begun();
    for (let step = 1; step <= 10_000; step++) run.report(step, Math.ceil(step / 2000));
    const { gradients } = await reader.read();
    expect(gradients.length).toBeLessThan(300);
    expect(gradients.slice(0, 20).map(({ step }) => step)).toEqual([...Array(20).keys()].map((i) => i + 1));
    expect(gradients.map(({ step }) => step)).toEqual(expect.arrayContaining([2000, 4000, 10_000]));
  });
});
