// What bench/results.mjs trains: the data, the losses and the settings of each experiment.
import { join } from "node:path";

const plain = "instance-balanced";

/** Every loss at its defaults; the exceptions and the reasons for them are in docs/results.md. */
const changed = {
  // The default is LVIS's: below it CIFAR-10-LT has no class, and the loss is its baseline.
  equalization: { lambda: 0.018 },
  "softmax-equalization-2020": { lambda: 0.018 },
};

/** The whole ladder: every loss, weights by count, and cross-entropy with other samplers; the baseline first. */
function ladder(lossIds) {
  return [
    ...lossIds.map((loss) => ({ loss, parameters: changed[loss] ?? {}, sampler: plain })),
    { loss: "weighted-cross-entropy", parameters: { scheme: "sqrtInverse" }, sampler: plain },
    { loss: "cross-entropy", parameters: {}, sampler: "class-balanced" },
    { loss: "cross-entropy", parameters: {}, sampler: "square-root" },
    { loss: "cross-entropy", parameters: {}, sampler: "progressive" },
  ];
}

const deep = ["cross-entropy", "class-balanced-focal", "balanced-softmax"];
const few = ["cross-entropy", "class-balanced-softmax", "class-balanced-softmax-bce", "balanced-softmax"];

/** The experiments by name, in the order in which they are trained. */
export const experiments = {
  "linear-100": { model: "linear", factor: 100, seeds: 5 },
  "mlp-100": { model: "mlp", factor: 100, seeds: 5 },
  "mlp-100-slow": { model: "mlp", factor: 100, seeds: 3, learningRate: 0.005, only: few },
  "linear-50": { model: "linear", factor: 50, seeds: 5 },
  "mlp-50": { model: "mlp", factor: 50, seeds: 5 },
  "resnet8-100": { model: "resnet8", factor: 100, seeds: 2, epochs: 20, weightDecay: 2e-4, only: deep },
  "resnet32-100": { model: "resnet32", factor: 100, seeds: 2, epochs: 200, weightDecay: 2e-4, only: deep },
};

/** Trained where none is named; the nets on images take hours and days on a CPU. */
export const byDefault = ["linear-100", "mlp-100", "mlp-100-slow", "linear-50", "mlp-50"];

/** Returns the plan of an experiment on the folder that holds cifar10-lt's files. */
export function planOf(name, { data, work, backend, lossIds, models }) {
  const { model, factor, seeds, epochs = 30, weightDecay = 5e-4, only } = experiments[name];
  const at = (file) => join(data, file);
  const images = models[model].imagesOnly;
  const manifest = at(`train_if${factor}.txt`);
  return {
    manifest,
    folder: join(work, name),
    train: { inputs: at(images ? "train.zip" : "train_if10_hog.npy"), labels: manifest },
    test: { inputs: at(images ? "test.zip" : "test_hog.npy"), labels: at("test.txt") },
    inputs: images ? "images" : "embeddings",
    model,
    losses: only ? only.map((loss) => ({ loss, parameters: {}, sampler: plain })) : ladder(lossIds),
    seeds,
    epochs,
    batchSize: 128,
    learningRate: experiments[name].learningRate ?? models[model].learningRate,
    momentum: 0.9,
    weightDecay,
    objective: "balanced",
    backend,
  };
}
