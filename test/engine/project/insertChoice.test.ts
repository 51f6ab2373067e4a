import { expect, it } from "vitest";
import { insertChoice, parseProject } from "#engine/project/project.ts";
import { applyEdits } from "#engine/project/textEdits.ts";
import type { LossChoice } from "#protocol/training.ts";

const manifest = "train.txt";
const provenance = { manifest, classes: [{ name: "truck", count: 50 }], date: "2026-11-22" };
const plain: LossChoice = { loss: "balanced-softmax", parameters: { tau: 1 }, sampler: "instance-balanced" };
const deferred: LossChoice = {
  loss: "class-balanced-focal",
  parameters: { beta: 0, gamma: 1 },
  sampler: "instance-balanced",
  schedule: { kind: "deferred", parameters: { beta: 0.999 } },
  recipe: "crt",
};

function inserted(text: string | undefined, choice: LossChoice): ReturnType<typeof parseProject>["project"] {
  const change = insertChoice(text, { manifest, choice, provenance });
  expect(applyEdits(text ?? "", change.edits)).toBe(change.text);
  expect(insertChoice(change.text, { manifest, choice, provenance }).text).toBe(change.text);
  return parseProject(change.text).project;
}

it("writes the weights that a deferred schedule ends with, the schedule and the recipe", () => {
  const loss = { id: "class-balanced-focal", beta: 0.999, gamma: 1 };
  const expected = { manifest, loss, schedule: "drw", recipe: "crt" };
  expect(inserted(undefined, deferred)).toEqual(expected);
  expect(inserted("manifest: train.txt # kept\nloss:\n  id: class-balanced-focal\n", deferred)).toEqual(
    expected,
  );
});

it("takes schedule and recipe of an earlier choice away", () => {
  const { text } = insertChoice(undefined, { manifest, choice: deferred, provenance });
  expect(inserted(text, plain)).toEqual({ manifest, loss: { id: "balanced-softmax", tau: 1 } });
});

it("keeps what was measured in the line about the counts, once", () => {
  const change = {
    manifest,
    choice: plain,
    provenance: { ...provenance, evidence: "measured 71.8 %\nof all" },
  };
  const { text } = insertChoice(undefined, change);
  expect(text).toMatch(/^# Equipoise: counts of train\.txt \(.*\), measured 71\.8 % of all, 2026-11-22$/m);
  expect(insertChoice(text, change).text).toBe(text);
  expect(parseProject(text).provenance?.manifest).toBe("train.txt");
});
