import { afterEach, describe, expect, it } from "vitest";
import type { CodeLens } from "vscode-languageserver";
import { type ExperimentFile, runFolderOf, writeExperiment } from "#engine/runs/experimentFile.ts";
import { measuredOn } from "#engine/runs/measured.ts";
import type { RunDescription } from "#engine/runs/runDescription.ts";
import { RunFolder } from "#engine/runs/runFolder.ts";
import { inMemory, type Started } from "./client.ts";
import { type Folder, pathList, temporaryFolder } from "./samples.ts";

const folder = temporaryFolder();
let client: Started | undefined;

afterEach(async () => {
  await client?.stop();
  client = undefined;
});

const text = pathList([
  ["cat", 200],
  ["dog", 20],
]);

/** A finished comparison of cross-entropy and balanced softmax, two seeds each, as the engine leaves it. */
async function compare(here: Folder, manifest: string, unfinished = false): Promise<void> {
  const choice = (loss: "cross-entropy" | "balanced-softmax"): ExperimentFile["plan"]["losses"][number] => ({
    loss,
    parameters: loss === "balanced-softmax" ? { tau: 1 } : {},
    sampler: "instance-balanced",
  });
  const losses = [choice("cross-entropy"), choice("balanced-softmax")];
  const recall = [
    [0.9, 0.1],
    [0.8, 0.6],
  ];
  const runs = ["r0", "r1", "r2", "r3"];
  await writeExperiment({
    format: "equipoise-experiment",
    version: 1,
    id: unfinished ? "2" : "1",
    plan: { manifest, folder: here.path, losses } as unknown as ExperimentFile["plan"],
    classes: ["cat", "dog"],
    counts: [200, 20],
    testSamples: 10,
    backend: "cpu",
    notes: [],
    runs: unfinished ? ["none"] : runs,
    data: {},
    started: "2026-01-01",
    process: 1,
    state: { kind: "finished" },
  });
  if (unfinished) return;
  for (const [index, id] of runs.entries()) {
    const own = recall[index % 2] ?? [];
    const description = {
      version: 1,
      format: "equipoise-run",
      id,
      classes: ["cat", "dog"],
      counts: [200, 20],
    } as unknown as RunDescription;
    const run = await RunFolder.open(runFolderOf(here.path, id), {
      ...description,
      state: { kind: "running" },
    });
    const sums = (
      positive: number[],
      negative: number[],
    ): { positive: Float64Array; negative: Float64Array } => ({
      positive: Float64Array.from(positive),
      negative: Float64Array.from(negative),
    });
    for (const step of [10, 97, 194]) {
      const ratio = sums([1, (1 + (index % 2)) / step], [1, 1]);
      const epoch =
        step === 10
          ? undefined
          : {
              run: id,
              epoch: 1,
              step,
              loss: 1,
              accuracy: 0.5,
              balancedAccuracy: 0.5,
              recall: Float32Array.from(own),
            };
      await run.report({
        gradient: { run: id, epoch: 1, step, window: ratio, accumulated: ratio },
        ...(epoch && { epoch }),
      });
    }
    const balancedAccuracy = ((own[0] ?? 0) + (own[1] ?? 0)) / 2;
    await run.setState({ kind: "finished", accuracy: 0.5, balancedAccuracy });
    await run.close();
  }
}

describe("what the latest comparison measured", () => {
  it("is the mean over seeds, with the gradients of the first epoch", async () => {
    const here = folder.inside();
    await compare(here, "/m/train.txt");
    await compare(here, "/m/train.txt", true);
    const measured = await measuredOn("/m/train.txt", here.path);
    expect(measured?.ratioStep).toBe(97);
    expect(measured?.losses.map(({ seeds, balancedAccuracy }) => [seeds, balancedAccuracy])).toEqual([
      [2, 0.5],
      [2, expect.closeTo(0.7)],
    ]);
    expect(measured?.losses[1]?.recall[1]).toBeCloseTo(0.6);
    expect(measured?.losses[1]?.gradientRatio[1]).toBeCloseTo(2 / 97);
    expect(await measuredOn("/m/other.txt", here.path)).toBeUndefined();
  });

  it("stands in the hover of a class and of the loss, and in a line above the loss", async () => {
    const here = folder.inside();
    client = await inMemory({ folders: [here.path] });
    const uri = here.write("train.txt", text);
    const settings = "manifest: train.txt\nloss:\n  id: balanced-softmax\n  tau: 1\n";
    const project = here.write("equipoise.yaml", settings);
    await compare(here, `${here.path}/train.txt`);
    client.open(uri, text);
    client.open(project, settings, "yaml");
    const dog = await client.hover(uri, { line: 219, character: text.split("\n")[219]?.length ?? 0 });
    expect(dog).toContain("| Recall, cross-entropy → balanced softmax | 10.0 → 60.0 % |");
    expect(dog).toContain("| Gradient ratio at step 97, the same | 0.010 → 0.021 |");
    const loss = await client.hover(project, { line: 2, character: 8 });
    expect(loss).toContain(
      "Measured here: 70.0 % balanced accuracy, +20.0 points over cross-entropy, 2 seeds.",
    );
    const lenses = (await client.lenses(project)) ?? [];
    const titles = await Promise.all(
      lenses.map(async (lens) => (await client?.ask<CodeLens>("codeLens/resolve", lens))?.command?.title),
    );
    expect(titles[1]).toBe("70.0 % balanced accuracy, +20.0 points over cross-entropy | Open run");
  });
});
