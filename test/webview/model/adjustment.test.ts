import { describe, expect, it } from "vitest";
import { adjustment } from "../../../webview/charts/adjustment.ts";
import {
  adjustable,
  adjustedChoice,
  adjustmentTaus,
  finishedRuns,
  pointAt,
} from "../../../webview/model/adjustment.ts";
import { seriesOf } from "../../../webview/model/series.ts";
import { adjustedPoints } from "../fixtures/adjusted.ts";
import { recordedExperiment } from "../fixtures/experiment.ts";
import { recording } from "../fixtures/read.ts";
import { theme } from "../fixtures/theme.ts";

const experiment = recordedExperiment(recording);

describe("logit adjustment after training", () => {
  it("is for losses with a finished run, on data with one label a sample", () => {
    expect(adjustable(experiment)).toEqual([0, 1, 2, 3]);
    const half = recordedExperiment(recording, { done: 7 });
    expect(adjustable(half)).toEqual([0, 1]);
    expect(finishedRuns(half, 1)).toEqual(["1-1", "1-2"]);
    expect(adjustable({ ...experiment, plan: { ...experiment.plan, inputs: "masks" } })).toEqual([]);
  });

  it("looks at fewer taus where there are more scores, from 0 to 2 always", () => {
    const taus = adjustmentTaus(experiment, 5);
    expect([taus.length, taus[0], taus[1], taus.at(-1)]).toEqual([41, 0, 0.05, 2]);
    const large = { ...experiment, testSamples: 50_000, classes: Array.from({ length: 335 }, String) };
    expect(adjustmentTaus(large, 1)).toHaveLength(21);
    expect(adjustmentTaus(large, 5)).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it("shows the point that is nearest to the slider", () => {
    expect(pointAt(adjustedPoints([0, 0.5, 1, 1.5, 2]), 1.2)).toBe(2);
    expect(pointAt([], 1.2)).toBe(0);
  });

  it("joins the comparison as a recipe of the same loss", () => {
    const [baseline] = experiment.plan.losses;
    expect(adjustedChoice(baseline!, 0.75)).toEqual({
      ...baseline,
      recipe: "post-hoc",
      settings: { tau: 0.75 },
    });
  });
});

describe("its chart", () => {
  const [series] = seriesOf(experiment.plan.losses, [], undefined, 1);
  const data = { series: series!, points: adjustedPoints([0, 0.5, 1, 1.5, 2]), tau: 1 };

  it("has a line for each group and one for balanced accuracy, the slider's place marked", () => {
    const config = adjustment.chartConfig(data, theme);
    expect(config.data.datasets.map(({ label }) => label)).toEqual(["head", "middle", "tail", "balanced"]);
    expect(config.data.datasets[0]!.data[2]).toEqual({ x: 1, y: expect.closeTo(58.6) });
    expect(JSON.stringify(config.options!.plugins)).toContain('"at":{"type":"line","scaleID":"x","value":1');
  });

  it("leaves out a group without tested classes", () => {
    const points = data.points.map((point) => ({ ...point, groups: { ...point.groups, middle: null } }));
    const config = adjustment.chartConfig({ ...data, points }, theme);
    expect(config.data.datasets.map(({ label }) => label)).toEqual(["head", "tail", "balanced"]);
  });

  it("is described by where it starts and where the slider stands", () => {
    expect(adjustment.describe(data)).toBe(
      "Cross-entropy, adjusted after training, from τ 0 to 1: head 71.6 to 58.6 %; middle 22.0 to 32.0 %; tail 2.0 to 35.5 %; balanced 30.9 to 41.0 %.",
    );
    expect(adjustment.table(data).rows[2]?.slice(0, 2)).toEqual(["1", "58.60"]);
  });
});
