import { describe, expect, test } from "vitest";
import { checkChoice } from "#engine/training/checkChoice.ts";
import { openExperiment } from "#engine/training/experiment.ts";
import type { ExperimentPlan, LossChoice } from "#protocol/training.ts";
import { temporaryFolder, tinyData, tinyPlan } from "../tiny.ts";

const plain: LossChoice = { loss: "cross-entropy", parameters: {}, sampler: "instance-balanced" };
const counts = [60, 20, 6];

describe("a choice that cannot be trained is refused before it is", () => {
  const cases: [string, LossChoice, RegExp][] = [
    [
      "a recipe that does not exist",
      { ...plain, recipe: "magic" as "plain" },
      /There is no recipe magic. Take plain or crt/,
    ],
    [
      "a setting that the recipe does not have",
      { ...plain, recipe: "crt", settings: { tau: 1 } },
      /cRT has no parameter tau. It takes: stageEpochs, stageRate/,
    ],
    [
      "a setting out of its range",
      { ...plain, recipe: "tau-norm", settings: { tau: 3 } },
      /τ-normalisation: tau is 3. Give a number, at least -1 and at most 2/,
    ],
    [
      "a second stage as long as the run",
      { ...plain, recipe: "crt", settings: { stageEpochs: 10 } },
      /cRT: its second stage takes 10 of 10 epochs/,
    ],
    [
      "the weights of a cosine head",
      { ...plain, loss: "ldam", recipe: "tau-norm" },
      /τ-normalisation changes a linear head with one column a class, and LDAM has another/,
    ],
    [
      "post-hoc adjustment of classes that are judged alone",
      { ...plain, loss: "binary-cross-entropy", recipe: "post-hoc" },
      /judges each class alone/,
    ],
    [
      "two losses with different heads",
      { ...plain, schedule: { kind: "deferred", loss: "ldam" } },
      /Cross-entropy cannot give way to LDAM within a run: they need different heads/,
    ],
    [
      "a wrong parameter of the second phase",
      { ...plain, schedule: { kind: "deferred", loss: "class-balanced-softmax", parameters: { beta: 1 } } },
      /beta is 1/,
    ],
  ];
  test.each(cases)("%s", (_, choice, message) => {
    expect(() => checkChoice(choice, 10, counts)).toThrow(message);
  });

  test("a meta set that would be empty", () => {
    const choice: LossChoice = { ...plain, recipe: "balms", settings: { metaSet: "validation" } };
    expect(() => checkChoice(choice, 10, [1, 1, 1])).toThrow(
      /BALMS: the validation part is empty, as no class has the two samples .* metaSet training/,
    );
    expect(() => checkChoice({ ...plain, recipe: "balms" }, 10, [1, 1, 1])).not.toThrow();
  });

  const plans: [string, Partial<ExperimentPlan>, RegExp][] = [
    [
      "an optimizer that does not exist",
      { optimizer: "lion" as "adam" },
      /no optimizer lion. Take sgd or adam/,
    ],
    [
      "changes of images on embeddings",
      { augmentation: ["flip"] },
      /augmentation is flip, which changes images/,
    ],
    [
      "a change that does not exist",
      { augmentation: ["blur" as "flip"], inputs: "images" },
      /no augmentation blur. Take crop, flip, cutout/,
    ],
    ["a warm-up as long as the run", { rate: { kind: "cosine", warmup: 4 } }, /rate.warmup is 4/],
    ["a recipe with one epoch", { epochs: 1, losses: [{ ...plain, recipe: "crt" }] }, /takes 1 of 1 epochs/],
  ];
  test.each(plans)("in a plan: %s", async (_, changes, message) => {
    const folder = temporaryFolder();
    tinyData(folder);
    await expect(openExperiment(tinyPlan(folder, changes))).rejects.toThrow(message);
  });
});
