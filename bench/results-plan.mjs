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

const deep = [
  { loss: "cross-entropy" },
  { loss: "class-balanced-focal" },
  { loss: "balanced-softmax" },
  { loss: "cross-entropy", recipe: "balms" },
];
const few = ["cross-entropy", "class-balanced-softmax", "class-balanced-softmax-bce", "balanced-softmax"];

/** The losses of detectors, each with what it makes of background, and what they are measured against. */
const boxes = [
  { loss: "cross-entropy" },
  { loss: "binary-cross-entropy" },
  { loss: "equalization", parameters: { lambda: 0.03 } },
  { loss: "equalization-v2" },
  { loss: "equalization-v2", parameters: { objectness: true } },
  { loss: "sigmoid-focal" },
  { loss: "equalized-focal" },
  { loss: "equalized-quality-focal" },
  { loss: "balanced-softmax" },
  { loss: "seesaw" },
];
const pixels = [
  "cross-entropy",
  "class-balanced-softmax",
  "balanced-softmax",
  "seesaw",
  "softmax-equalization",
];

/** As in the authors' code of class-balanced loss and of LDAM: losses.md, sections 13 and 17.1. */
const paperRate = {
  rate: {
    kind: "steps",
    warmup: 5,
    steps: [
      { epoch: 160, factor: 0.01 },
      { epoch: 180, factor: 0.0001 },
    ],
  },
  augmentation: ["crop", "flip"],
};

/** The experiments by name, in the order in which they are trained. */
export const experiments = {
  "linear-100": { model: "linear", factor: 100, seeds: 5 },
  "mlp-100": { model: "mlp", factor: 100, seeds: 5 },
  "mlp-100-slow": { model: "mlp", factor: 100, seeds: 3, learningRate: 0.005, only: few },
  "linear-50": { model: "linear", factor: 50, seeds: 5 },
  "mlp-50": { model: "mlp", factor: 50, seeds: 5 },
  "resnet8-100": { model: "resnet8", factor: 100, seeds: 2, epochs: 20, weightDecay: 2e-4, only: deep },
  "resnet32-100": {
    model: "resnet32",
    factor: 100,
    seeds: 2,
    epochs: 200,
    weightDecay: 2e-4,
    only: deep,
    more: paperRate,
  },
  crops: { model: "mlp", scenes: "boxes", inputs: "crops", seeds: 3, epochs: 20, only: boxes },
  masks: {
    model: "segmenter",
    scenes: "masks",
    inputs: "masks",
    seeds: 3,
    epochs: 15,
    batchSize: 16,
    only: pixels,
  },
};

/** Scenes of both kinds, for training and for tests: made by scripts/make-scenes.mjs. */
export const sceneCounts = { boxes: [1000, 300], masks: [200, 120] };

/** Trained where none is named; the nets on images take hours and days on a CPU. */
export const byDefault = ["linear-100", "mlp-100", "mlp-100-slow", "linear-50", "mlp-50"];

/** Returns the plan of an experiment on the folder that holds cifar10-lt's files. */
export function planOf(name, { data, work, lossIds, models, backend = "wasm" }) {
  const { model, seeds, epochs = 30, weightDecay = 5e-4, batchSize = 128, only, more } = experiments[name];
  const sources = sourcesOf(experiments[name], models[model].imagesOnly, data, work);
  return {
    manifest: sources.train.labels,
    folder: join(work, name),
    ...sources,
    model,
    losses: only ? only.map(choiceOf) : ladder(lossIds),
    seeds,
    epochs,
    batchSize,
    learningRate: experiments[name].learningRate ?? models[model].learningRate,
    momentum: 0.9,
    weightDecay,
    objective: "balanced",
    backend,
    ...more,
  };
}

function choiceOf(each) {
  const { loss, ...rest } = typeof each === "string" ? { loss: each } : each;
  return { loss, parameters: {}, sampler: plain, ...rest };
}

function sourcesOf({ factor, scenes, inputs }, images, data, work) {
  if (scenes === "boxes") {
    const part = (name) => ({
      inputs: join(work, "scenes", "boxes", `${name}.zip`),
      labels: join(work, "scenes", "boxes", `${name}.json`),
    });
    return { train: part("train"), test: part("test"), inputs };
  }
  if (scenes === "masks") {
    const at = (kind, name) => join(work, "scenes", "masks", kind, name);
    const part = (name) => ({ inputs: at("images", name), labels: at("masks", name) });
    return { train: part("train"), test: part("test"), inputs };
  }
  const at = (file) => join(data, file);
  return {
    train: { inputs: at(images ? "train.zip" : "train_if10_hog.npy"), labels: at(`train_if${factor}.txt`) },
    test: { inputs: at(images ? "test.zip" : "test_hog.npy"), labels: at("test.txt") },
    inputs: images ? "images" : "embeddings",
  };
}
