import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { prepareLoss } from "#engine/losses/registry.ts";
import { readRun, type StoredRun } from "#engine/runs/runFolder.ts";
import { recorderForPyTorch } from "#engine/targets/pytorch/recorder.ts";
import { insertCriterion, insertRecorder } from "#engine/targets/scripts.ts";
import { loadGrammar } from "#engine/targets/syntax/treeSitter.ts";
import { pythonHas, runPython } from "./codeSuite.ts";

const samples = fileURLToPath(new URL("../../../samples", import.meta.url));
const script = readFileSync(join(samples, "pytorch/train.py"), "utf8");
const labels = readFileSync(join(samples, "cifar10-lt/train_if100.txt"), "utf8").trim().split("\n");
const counts = new Array<number>(10).fill(0);
for (const line of labels) counts[Number(line.split(" ")[1])]!++;
const classes = counts.map((_, k) => `class ${k}`);

const hasTorch =
  pythonHas("torch", "the recorder of gradient ratios was not run") && pythonHas("numpy", "nor");

interface Seen {
  readonly steps: readonly { readonly logits: readonly number[]; readonly labels: readonly number[] }[];
}

beforeAll(() => loadGrammar("python"));

describe("the code action on a training script", () => {
  test("wraps the criterion and imports the recorder, once", () => {
    const answer = insertRecorder(script);
    if (answer.kind !== "edit") return expect.fail(answer.reason);
    expect(answer.text).toContain("    criterion = RecordedLoss(nn.CrossEntropyLoss())\n");
    expect(answer.text).toContain("from torch import nn\nfrom equipoise_recorder import RecordedLoss\n");
    expect(insertRecorder(answer.text)).toMatchObject({ kind: "edit", edits: [] });
  });

  test("puts a loss in the place of the criterion, inside a recorder too", () => {
    const answer = insertCriterion(script, "SeesawLoss", "equipoise_loss");
    if (answer.kind !== "edit") return expect.fail(answer.reason);
    expect(answer.text).toContain("    criterion = SeesawLoss()\n");
    expect(insertCriterion(answer.text, "SeesawLoss", "equipoise_loss")).toMatchObject({ edits: [] });
    const recorded = insertRecorder(answer.text);
    expect(recorded.kind === "edit" && recorded.text).toContain("criterion = RecordedLoss(SeesawLoss())");
  });

  test("refuses a script without a criterion, with the next step", () => {
    expect(insertRecorder("import torch\nprint(1)\n")).toMatchObject({
      kind: "refusal",
      reason: expect.stringContaining("Make the criterion once"),
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
      const answer = insertRecorder(script);
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
    const loss = prepareLoss("cross-entropy", {}, counts);
    const sums = () => ({ positive: new Float64Array(10), negative: new Float64Array(10) });
    const [window, accumulated] = [sums(), sums()];
    let reports = 0;
    for (const [at, { logits, labels }] of seen.steps.entries()) {
      if (at === 39) for (const side of Object.values(window)) side.fill(0);
      for (const tally of [window, accumulated]) {
        loss.step(
          Float64Array.from(logits),
          { labels: Int32Array.from(labels) },
          new Float64Array(logits.length),
          tally,
        );
      }
      const report = run.gradients.find(({ step }) => step === at + 1);
      if (!report) continue;
      reports++;
      for (const [ours, theirs] of [
        [window, report.window],
        [accumulated, report.accumulated],
      ] as const) {
        for (let k = 0; k < 10; k++) {
          const ratio = ours.positive[k]! / ours.negative[k]!;
          expect(theirs.positive[k]! / theirs.negative[k]!).toBeCloseTo(ratio, 4);
          expect(theirs.positive[k]!).toBeCloseTo(ours.positive[k]!, 4);
        }
      }
    }
    expect(reports).toBe(15);
  });
});
