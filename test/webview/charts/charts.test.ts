import { describe, expect, test } from "vitest";
import type { Config } from "../../../webview/charts/chart.ts";
import { classFrequency } from "../../../webview/charts/classFrequency.ts";
import { classWeights } from "../../../webview/charts/classWeights.ts";
import { gradientRatio } from "../../../webview/charts/gradientRatio.ts";
import { gradientRatioCourse } from "../../../webview/charts/gradientRatioCourse.ts";
import { groupAccuracy } from "../../../webview/charts/groupAccuracy.ts";
import { lossCurve } from "../../../webview/charts/lossCurve.ts";
import { recall } from "../../../webview/charts/recall.ts";
import { classRows } from "../../../webview/model/classes.ts";
import { accuracyCurve, lossCurve as lossPoints } from "../../../webview/model/epochs.ts";
import { drawnRatios, frequencyData, ratioData, recallData } from "../../../webview/model/ladder.ts";
import { ratioCourse } from "../../../webview/model/ratios.ts";
import { seriesOf } from "../../../webview/model/series.ts";
import { lossSummaries } from "../../../webview/model/summaries.ts";
import { recordedDataset, recordedExperiment } from "../fixtures/experiment.ts";
import { recording } from "../fixtures/read.ts";
import { theme } from "../fixtures/theme.ts";

const experiment = recordedExperiment(recording);
const series = seriesOf(experiment.plan.losses, [3], undefined, 1);
const rows = classRows(experiment.classes, experiment.counts);
const summaries = lossSummaries(experiment);
const scale = (config: Config, name: string) =>
  (config.options!.scales as Record<string, Record<string, unknown>>)[name]!;

const plugin = (config: Config, name: string) =>
  (config.options!.plugins as Record<string, Record<string, unknown>>)[name]!;

describe("class frequencies", () => {
  const data = frequencyData(rows, experiment.counts, recordedDataset(recording), "wide");

  test("are bars from 1 on a log axis, head on top", () => {
    const config = classFrequency.chartConfig(data, theme);
    expect(config.data.datasets[0]!.data).toEqual(recording.counts);
    expect(scale(config, "x")).toMatchObject({ type: "logarithmic", min: 1, max: 5000 });
    expect((scale(config, "y")["labels"] as string[])[0]).toBe("airplane");
  });

  test("are described by their ends", () => {
    expect(classFrequency.describe(data)).toBe(
      "10 classes by images, log axis. airplane has 5,000 images, truck 50.",
    );
  });

  test("keep classes of the same name apart", () => {
    const twins = classRows(["crane", "crane"], [5, 3]);
    const config = classFrequency.chartConfig({ ...data, ...twins }, theme);
    expect(scale(config, "y")["labels"]).toEqual(["crane", "crane (1)"]);
  });
});

describe("the gradient ratio of each class", () => {
  const data = ratioData(rows, drawnRatios(experiment, series, 97, "accumulated"), 97, "accumulated", "wide");

  test("is drawn for the losses that are not hidden, the first one on top", () => {
    const config = gradientRatio.chartConfig(data, theme);
    expect(config.data.datasets.map(({ label }) => label)).toEqual([
      "Class-balanced focal",
      "Balanced softmax",
      "Cross-entropy",
    ]);
  });

  test("stands on a log axis with a line at 1", () => {
    const config = gradientRatio.chartConfig(data, theme);
    expect(scale(config, "x")).toMatchObject({ type: "logarithmic", min: 0.08, max: 4.2 });
    expect(plugin(config, "annotation")["annotations"]).toMatchObject({
      one: { scaleID: "x", value: 1 },
    });
  });

  test("is described with the ends of the ladder", () => {
    expect(gradientRatio.describe(data)).toContain(
      "Gradient ratio of 10 classes at step 97, accumulated; 1 is balanced.",
    );
    expect(gradientRatio.describe(data)).toContain("Cross-entropy: airplane 1.5, truck 0.15.");
  });

  test("of a class without negatives is words, never a number", () => {
    const [first] = data.series;
    const without = {
      ...data,
      series: [{ ...first!, values: [Number.POSITIVE_INFINITY, ...first!.values.slice(1)] }],
    };
    const config = gradientRatio.chartConfig(without, theme);
    expect(config.data.datasets[0]!.data[0]).toBeNull();
    expect(plugin(config, "rowText")["texts"]).toEqual(["no negatives", ...Array(9).fill("")]);
    expect(gradientRatio.table(without).rows[0]).toEqual(["airplane", "no negatives"]);
  });

  test("beyond the axis stays at its edge", () => {
    const [first] = data.series;
    const far = { ...data, series: [{ ...first!, values: [1e9, 0, ...first!.values.slice(2)] }] };
    const config = gradientRatio.chartConfig(far, theme);
    expect(config.data.datasets[0]!.data.slice(0, 2)).toEqual([
      scale(config, "x")["max"],
      scale(config, "x")["min"],
    ]);
  });
});

describe("recall", () => {
  const data = recallData(rows, series, summaries, "wide", "Recall");

  test("has a line from the baseline to the leader", () => {
    const dumbbell = plugin(recall.chartConfig(data, theme), "dumbbell");
    expect((dumbbell["from"] as number[]).at(-1)).toBeCloseTo(0.2, 1);
    expect((dumbbell["to"] as number[]).at(-1)).toBeCloseTo(47.4, 1);
  });

  test("of a class without test samples is left out", () => {
    const [first] = data.series;
    const gap = { ...data, series: [{ ...first!, values: [Number.NaN] }], rows: data.rows.slice(0, 1) };
    expect(recall.chartConfig(gap, theme).data.datasets[0]!.data).toEqual([null]);
    expect(recall.table(gap).rows).toEqual([["airplane", "not measured"]]);
  });

  test("is described for the rarest class", () => {
    expect(recall.describe(data)).toMatch(
      /truck: Cross-entropy 0\.2, Balanced softmax 47\.\d, Class-balanced focal 40\.\d\.$/,
    );
  });
});

describe("the course of the gradient ratio", () => {
  const line = (choice: number) => ({
    series: series[choice]!,
    points: ratioCourse(experiment, choice, [7, 8, 9], "accumulated"),
  });
  const data = {
    subject: "tail, mean of 3 classes",
    sums: "accumulated",
    series: [line(0), line(1)],
    step: 97,
    steps: 2910,
  } as const;

  test("has log axes on both sides and a cursor at the step of the ladder", () => {
    const config = gradientRatioCourse.chartConfig(data, theme);
    expect(scale(config, "x")).toMatchObject({ type: "logarithmic", min: 1, max: 2910 });
    expect(scale(config, "y")["type"]).toBe("logarithmic");
    expect(plugin(config, "annotation")["annotations"]).toMatchObject({
      at: { scaleID: "x", value: 97 },
      one: { value: 1 },
    });
  });

  test("is described from first to last", () => {
    expect(gradientRatioCourse.describe(data)).toBe(
      "Gradient ratio by step, accumulated, tail, mean of 3 classes: Cross-entropy from 0.066 to 0.89 at step 2,910; Balanced softmax from 0.99 to 1.0 at step 2,910.",
    );
  });

  test("without a report says so", () => {
    expect(gradientRatioCourse.describe({ ...data, series: [] })).toMatch(/: no report yet\.$/);
  });
});

describe("curves by epoch", () => {
  const accuracy = {
    of: "balanced",
    epochs: 30,
    series: [{ series: series[0]!, points: accuracyCurve(experiment, 0, "balanced") }],
  } as const;

  test("of the accuracy stand on a round axis that holds them", () => {
    const config = groupAccuracy.chartConfig(accuracy, theme);
    expect(scale(config, "y")["min"]).toBeLessThanOrEqual(27.3);
    expect(scale(config, "y")["max"]).toBeGreaterThanOrEqual(30.9);
    expect(scale(config, "x")).toMatchObject({ min: 1, max: 30 });
  });

  test("have no band where the seeds lie closer than the line is wide", () => {
    expect(groupAccuracy.chartConfig(accuracy, theme).data.datasets).toHaveLength(1);
  });

  test("have a band where the seeds lie apart", () => {
    const points = accuracy.series[0].points.map((point) => ({
      ...point,
      low: point.mean - 2,
      high: point.mean + 2,
    }));
    const config = groupAccuracy.chartConfig(
      { ...accuracy, series: [{ series: series[0]!, points }] },
      theme,
    );
    expect(config.data.datasets).toHaveLength(3);
  });

  test("of the loss start at 100 % of the first epoch", () => {
    const data = { epochs: 30, series: [{ series: series[0]!, points: lossPoints(experiment, 0) }] };
    const config = lossCurve.chartConfig(data, theme);
    expect(config.data.datasets[0]!.data[0]).toEqual({ x: 1, y: 100 });
    expect(lossCurve.describe(data)).toMatch(
      /^Training loss by epoch, per cent of the first epoch: Cross-entropy from 100.0 to /,
    );
  });

  test("without an epoch say so and still have axes", () => {
    const none = { of: "tail", epochs: 30, series: [] } as const;
    expect(groupAccuracy.describe(none)).toBe(
      "Mean recall of the tail classes by epoch: no epoch has ended.",
    );
    expect(scale(groupAccuracy.chartConfig(none, theme), "y")).toMatchObject({ min: 0, max: 100 });
  });
});

describe("class weights against beta", () => {
  const named = [0, 4, 9].map((index) => ({
    index,
    name: recording.names[index]!,
    count: recording.counts[index]!,
  }));
  const data = { counts: recording.counts, named, beta: 0.9999 };

  test("shade the range where beta acts, from 1 - 1/n_min to 1 - 1/n_max", () => {
    const options = plugin(classWeights.chartConfig(data, theme), "annotation");
    const annotations = options["annotations"] as Record<string, Record<string, number>>;
    expect(annotations["range"]!["xMin"]).toBeCloseTo(Math.log10(50), 10);
    expect(annotations["range"]!["xMax"]).toBeCloseTo(Math.log10(5000), 10);
    expect(annotations["at"]!["value"]).toBeCloseTo(4, 10);
  });

  test("start at 1 for every class, as beta 0 changes nothing", () => {
    for (const { data: points } of classWeights.chartConfig(data, theme).data.datasets) {
      expect(points[0]).toEqual({ x: 0, y: 1 });
    }
  });

  test("are described at the present beta", () => {
    expect(classWeights.describe(data)).toBe(
      "Class weight against beta, mean 1. At beta 0.9999: airplane 0.05, deer 0.32, truck 3.99. β acts between 0.98 and 0.9998 here (shaded).",
    );
  });
});
