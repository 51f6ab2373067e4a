import { describe, expect, it } from "vitest";
import type { View } from "#protocol/analysis.ts";
import { manifestLenses, settingsSummary } from "../../../server/features/codeLens.ts";
import { viewSummary } from "../../../server/viewSummary.ts";
import { openManifest, openProject } from "../open.ts";
import { cifar, pathList } from "../samples.ts";

describe("the lens of a manifest", () => {
  it("is facts alone where the classes are balanced", async () => {
    const { analysis } = await openManifest(pathList(cifar.map(([name]) => [name, 20])));
    const lenses = manifestLenses("file:///a.txt", analysis);
    expect(lenses.map(({ command }) => command?.title)).toEqual(["200 images, 10 classes, balanced"]);
  });

  it("carries the manifest to the commands", async () => {
    const { analysis } = await openManifest(pathList());
    const [facts, compare, insert] = manifestLenses("file:///a.txt", analysis);
    expect(facts?.command).toMatchObject({ command: "equipoise.openLossLab", arguments: ["file:///a.txt"] });
    expect(compare?.command).toMatchObject({ command: "equipoise.compareLosses" });
    expect(insert?.command).toMatchObject({ command: "equipoise.insertLoss" });
    expect(facts?.range.start).toEqual({ line: 0, character: 0 });
  });

  it("counts labels beside images where images have several", async () => {
    const { view } = await openManifest(pathList());
    const multiLabel: View = { ...view, task: "multi-label", samples: 5606, labels: 6978 };
    expect(viewSummary(multiLabel)).toBe("5,606 images, 6,978 labels, 10 classes, imbalance factor 100");
  });
});

describe("the lens on loss: of equipoise.yaml", async () => {
  const { view } = await openManifest(pathList());
  const says = (text: string): string => settingsSummary(openProject(text).parsed.project ?? {}, view);

  it("says how much more the rarest class weighs", () => {
    const text = "manifest: a\nloss:\n  id: class-balanced-focal\n  beta: 0.9999\n";
    expect(says(text)).toBe("truck weighs 79 times airplane");
  });

  it("multiplies weights and sampling", () => {
    const text = "loss:\n  id: class-balanced-focal\n  beta: 0.9999\nsampler: class-balanced\n";
    expect(says(text)).toBe("truck counts 7,889 times airplane");
  });

  it("uses the default beta where none is written", () => {
    expect(says("loss:\n  id: class-balanced-softmax\n")).toBe("truck weighs 79 times airplane");
  });

  it("gives the facts of the manifest where nothing is weighed", () => {
    expect(says("loss:\n  id: cross-entropy\n")).toBe("12,406 images, 10 classes, imbalance factor 100");
  });
});
