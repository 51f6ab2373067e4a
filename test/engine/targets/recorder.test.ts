import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { readRun, type StoredRun } from "#engine/runs/runFolder.ts";
import { recorderForPyTorch } from "#engine/targets/pytorch/recorder.ts";
import { insertLoss, insertRecorder, type ScriptAnswer } from "#engine/targets/scripts.ts";
import { pythonHas, runPython } from "./codeSuite.ts";
import { expectEngineRatios, type SeenStep, sampleData } from "./recordedRatios.ts";

const samples = fileURLToPath(new URL("../../../samples", import.meta.url));
const script = readFileSync(join(samples, "pytorch/train.py"), "utf8");
const { classes, counts } = sampleData();

const hasTorch =
  pythonHas("torch", "the recorder of gradient ratios was not run") && pythonHas("numpy", "nor");

interface Seen {
  readonly steps: readonly SeenStep[];
}

const recorded = (text: string): Promise<ScriptAnswer> =>
  insertRecorder("train.py", text, "equipoise_recorder");
const withLoss = (text: string, name: string): Promise<ScriptAnswer> =>
  insertLoss("train.py", text, { name, module: "equipoise_loss", memory: false });

describe("the code action on a training script", () => {
  test("wraps the criterion and imports the recorder, once", async () => {
    const answer = await recorded(script);
    if (answer.kind !== "edit") return expect.fail(answer.reason);
    expect(answer.text).toContain("    criterion = RecordedLoss(nn.CrossEntropyLoss())\n");
    expect(answer.text).toContain("from torch import nn\nfrom equipoise_recorder import RecordedLoss\n");
    expect(await recorded(answer.text)).toMatchObject({ kind: "edit", edits: [] });
  });

  test("puts a loss in the place of the criterion, inside a recorder too, and another one in its place", async () => {
    const answer = await withLoss(script, "SeesawLoss");
    if (answer.kind !== "edit") return expect.fail(answer.reason);
    expect(answer.text).toContain("    criterion = SeesawLoss()\n");
    expect(await withLoss(answer.text, "SeesawLoss")).toMatchObject({ edits: [] });
    const both = await recorded(answer.text);
    if (both.kind !== "edit") return expect.fail(both.reason);
    expect(both.text).toContain("criterion = RecordedLoss(SeesawLoss())");
    const other = await withLoss(both.text, "LDAMLoss");
    expect(other.kind === "edit" && other.text).toContain("criterion = RecordedLoss(LDAMLoss())");
    expect(other.kind === "edit" && other.text.match(/from equipoise_loss import \w+/g)).toEqual([
      "from equipoise_loss import LDAMLoss",
    ]);
  });

  test("refuses a script without a criterion or with an error, with the next step", async () => {
    expect(await recorded("import torch\nprint(1)\n")).toMatchObject({
      kind: "refusal",
      reason: expect.stringContaining("Make the criterion once"),
    });
    expect(await recorded(`${script}\ndef (`)).toMatchObject({
      kind: "refusal",
      reason: expect.stringContaining("syntax error"),
    });
    expect(await recorded("print(1)\n")).toMatchObject({
      kind: "refusal",
      reason: expect.stringContaining("no training script"),
    });
  });
});

describe.runIf(hasTorch)("the sample training script, instrumented and run,", () => {
  let run: StoredRun;
  let seen: Seen;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-recorder-"));
    try {
      cpSync(join(samples, "cifar10-lt"), join(folder, "cifar10-lt"), { recursive: true });
      cpSync(join(samples, "pytorch"), join(folder, "pytorch"), { recursive: true });
      const answer = await recorded(script);
      if (answer.kind !== "edit") return expect.fail(answer.reason);
      writeFileSync(join(folder, "pytorch/train.py"), answer.text);
      writeFileSync(join(folder, "pytorch/equipoise_recorder.py"), recorderForPyTorch({ classes, counts }));
      seen = runPython("runRecorder.py", { script: join(folder, "pytorch/train.py"), epochs: 2 });
      const runs = join(folder, "pytorch/.equipoise/runs");
      const [name, ...more] = readdirSync(runs);
      expect(more).toEqual([]);
      const found = await readRun(join(runs, name!));
      if (!found) return expect.fail("the folder holds no run");
      run = found;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);

  test("leaves a run that the panel's reader accepts, finished with its test figures", () => {
    const { description, epochs, gradients, predictions } = run;
    expect(description).toMatchObject({ loss: "cross-entropy", classes, counts, stepsPerEpoch: 39 });
    expect(gradients.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 39, 78]);
    expect(epochs).toHaveLength(2);
    const { truth, predicted } = predictions ?? expect.fail("no predictions");
    const right = truth.filter((label, row) => label === predicted[row]).length / truth.length;
    expect(description.state).toMatchObject({ kind: "finished", accuracy: expect.closeTo(right, 6) });
    expect(right).toBeGreaterThan(0.25);
    const mean = epochs[1]!.recall.reduce((a, b) => a + b, 0) / 10;
    expect(epochs[1]!.balancedAccuracy).toBeCloseTo(mean, 5);
  });

  test("has the gradient ratios of the engine on the same logits", () => {
    expectEngineRatios(run, seen.steps);
  });
});
