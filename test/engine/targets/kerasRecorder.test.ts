import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readRun, type StoredRun } from "#engine/runs/runFolder.ts";
import { recorderForKeras } from "#engine/targets/keras/recorder.ts";
import { insertRecorder } from "#engine/targets/scripts.ts";
import { pythonHas, runPython } from "./codeSuite.ts";
import { expectEngineRatios, type SeenStep, sampleData } from "./recordedRatios.ts";

const samples = fileURLToPath(new URL("../../../samples", import.meta.url));
const script = `"""Trains a linear head on HOG embeddings of long-tailed CIFAR-10 with Keras."""
from pathlib import Path

import keras
import numpy as np

DATA = Path(__file__).resolve().parent / "cifar10-lt"


def read(name):
    labels = [int(line.split()[-1]) for line in (DATA / f"{name}.txt").read_text().splitlines()]
    return np.load(DATA / f"{name}_hog.npy").astype("float32"), np.array(labels)


x, y = read("train_if100")
x = (x - x.mean(axis=0)) / x.std(axis=0)
model = keras.Sequential([keras.layers.Dense(10)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, epochs=2, batch_size=128, verbose=0)
`;

const hasKeras = pythonHas("keras, tensorflow", "the Keras recorder of gradient ratios was not run");

test.skipIf(!hasKeras)(
  "a Keras script, instrumented and run, has the engine's gradient ratios on the same logits",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "equipoise-keras-"));
    try {
      cpSync(join(samples, "cifar10-lt"), join(folder, "cifar10-lt"), { recursive: true });
      const answer = await insertRecorder("train.py", script, "equipoise_recorder");
      if (answer.kind !== "edit") return expect.fail(answer.reason);
      expect(answer.text).toContain(
        'recorder = Recorder(keras.losses.SparseCategoricalCrossentropy(from_logits=True))\nmodel.compile("sgd", recorder.loss)',
      );
      const withTest = answer.text.replace("from_logits=True))", 'from_logits=True), test=read("test"))');
      writeFileSync(join(folder, "train.py"), withTest);
      writeFileSync(join(folder, "equipoise_recorder.py"), recorderForKeras(sampleData()));
      const seen = runPython<{ steps: SeenStep[] }>("runKerasRecorder.py", {
        script: join(folder, "train.py"),
      });
      const [name, ...more] = readdirSync(join(folder, ".equipoise/runs"));
      expect(more).toEqual([]);
      const run = await readRun(join(folder, ".equipoise/runs", name!));
      if (!run) return expect.fail("the folder holds no run");
      expectRun(run);
      expectEngineRatios(run, seen.steps);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  300_000,
);

function expectRun({ description, epochs, gradients, predictions }: StoredRun): void {
  const { classes, counts } = sampleData();
  expect(description).toMatchObject({ loss: "cross-entropy", classes, counts, epochs: 2, stepsPerEpoch: 39 });
  expect(gradients.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 39, 78]);
  expect(epochs).toHaveLength(2);
  const { truth, predicted } = predictions ?? expect.fail("no predictions");
  const right = truth.filter((label, row) => label === predicted[row]).length / truth.length;
  expect(description.state).toMatchObject({ kind: "finished", accuracy: expect.closeTo(right, 6) });
}
