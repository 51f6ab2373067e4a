import { describe, expect, it } from "vitest";
import type { ExperimentSnapshot, LossResult } from "#protocol/training.ts";
import { figuresOf } from "../../../webview/model/figures.ts";
import { recordedExperiment } from "../fixtures/experiment.ts";
import { recording } from "../fixtures/read.ts";

const experiment = recordedExperiment(recording);

function withFigures(
  inputs: ExperimentSnapshot["plan"]["inputs"],
  changes: Partial<LossResult>,
): ExperimentSnapshot {
  const { comparison } = experiment;
  const [first, ...others] = comparison!.results;
  return {
    ...experiment,
    plan: { ...experiment.plan, inputs },
    comparison: { ...comparison!, results: [{ ...first!, ...changes }, ...others] },
  };
}
const titles = (shown: ExperimentSnapshot) => figuresOf(shown)?.columns.map(({ title }) => title);

describe("further figures", () => {
  it("are those that were measured, best loss first, a dot where one loss has none", () => {
    const figures = figuresOf(withFigures("embeddings", { calibrationError: 0.0714, macroF1: 0.5 }))!;
    expect(figures.columns.map(({ title }) => title)).toEqual(["Accuracy", "Macro F1", "Calibration error"]);
    expect(figures.rows.map(({ choice }) => choice)).toEqual(
      experiment.comparison!.results.map(({ choice }) => choice),
    );
    expect(figures.rows[0]?.values.slice(1)).toEqual(["50.0", "7.1"]);
    expect(figures.rows[1]?.values.slice(1)).toEqual(["·", "·"]);
  });

  it("have the mean intersection over union of masks over the classes that have one", () => {
    const overlap = Float32Array.from([0.5, Number.NaN, 0.25]);
    const masks = figuresOf(withFigures("masks", { overlap }))!;
    const column = masks.columns.findIndex(({ title }) => title === "Mean IoU");
    expect(masks.rows[0]?.values[column]).toBe("37.5");
    expect(titles(withFigures("images", { overlap }))).not.toContain("Mean IoU");
  });

  it("have what was found of the background between boxes", () => {
    const crops = withFigures("crops", { background: { recall: 0.91, precision: 0.8 } });
    expect(titles(crops)).toEqual(["Accuracy", "Background recall", "Background precision"]);
    expect(figuresOf(crops)?.rows[0]?.values.slice(1)).toEqual(["91.0", "80.0"]);
  });

  it("are none before anything was compared", () => {
    expect(figuresOf(recordedExperiment(recording, { done: 0 }))).toBeUndefined();
  });
});
