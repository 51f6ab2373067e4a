import { describe, expect, it } from "vitest";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { besideGroups, besideScores } from "../../../webview/charts/beside.ts";
import {
  besideData,
  besideRows,
  dateWords,
  differencesThatMatter,
  nameOf,
} from "../../../webview/model/comparisons.ts";
import { lossSummaries } from "../../../webview/model/summaries.ts";
import { earlier, summaryOf } from "../fixtures/earlier.ts";
import { recordedSnapshot } from "../fixtures/experiment.ts";
import { recording } from "../fixtures/read.ts";
import { theme } from "../fixtures/theme.ts";

const snapshot = earlier(recordedSnapshot(recording));
const shown = snapshot.experiment as ExperimentSnapshot;
const [shorter] = snapshot.beside as [ExperimentSnapshot];

describe("comparisons side by side", () => {
  it("have a row for each loss of any of them, empty where one did not train it", () => {
    const rows = besideRows([shown, shorter]);
    expect(rows.map(({ title }) => title)).toEqual([
      "Cross-entropy",
      "Balanced softmax",
      "Class-balanced focal",
      "Focal (softmax)",
    ]);
    expect(rows.map(({ summaries }) => summaries.map((summary) => summary !== undefined))).toEqual([
      [true, true],
      [true, true],
      [true, false],
      [true, false],
    ]);
  });

  it("are drawn by loss: what decides with its interval, and groups, a colour for each comparison", () => {
    const data = besideData([shown, shorter], ["first", "second"])!;
    expect(data.rows).toHaveLength(4);
    expect([data.columns, data.metric, data.measure]).toEqual([
      ["first", "second"],
      "Balanced accuracy",
      "Recall",
    ]);
    expect(data.cells.map(({ row, column }) => [row, column])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
      [3, 0],
    ]);
    const [own] = data.cells;
    const [summary] = lossSummaries(shown);
    expect(own!.score).toBeCloseTo(100 * summary!.score!, 9);
    expect(own!.interval!.low).toBeCloseTo(100 * summary!.interval!.low, 9);
    expect(own!.groups.tail).toBeCloseTo(100 * summary!.groups!.tail!, 9);

    const [marks, lines] = besideScores.chartConfig(data, theme).data.datasets;
    expect(marks!.data).toHaveLength(4);
    // Each interval is a line of its own, ended by a gap.
    expect(lines!.data.slice(0, 2)).toEqual([
      { x: own!.interval!.low, y: (marks!.data[0] as { y: number }).y },
      { x: own!.interval!.high, y: (marks!.data[0] as { y: number }).y },
    ]);
    expect(lines!.data[2]).toEqual({ x: Number.NaN, y: Number.NaN });
    expect(besideGroups.chartConfig(data, theme).data.datasets[0]!.data).toHaveLength(12);
    expect(besideScores.describe(data)).toMatch(
      /^Balanced accuracy in first, second, per cent\. Cross-entropy: \d+\.\d, \d+\.\d;/,
    );
    expect(besideGroups.describe(data)).toMatch(/^Recall in the tail in first, second/);
    expect(besideScores.table(data).rows).toHaveLength(6);
  });

  it("keep one loss with two settings apart, and name what differs", () => {
    const [baseline, softmax] = shown.plan.losses;
    const other = { ...softmax!, parameters: { ...softmax!.parameters, tau: 0.5 } };
    const changed = { ...shorter, plan: { ...shorter.plan, losses: [baseline!, other] } };
    const titles = besideRows([shorter, changed]).map(({ title }) => title);
    expect(titles).toEqual(["Cross-entropy", "Balanced softmax, τ 1", "Balanced softmax, τ 0.5"]);
  });

  it("take the same settings in another order for the same loss", () => {
    const [baseline, softmax] = shown.plan.losses;
    const [a, b] = [
      { tau: 1, x: 2 },
      { x: 2, tau: 1 },
    ].map((parameters) => ({
      ...shorter,
      plan: { ...shorter.plan, losses: [baseline!, { ...softmax!, parameters, recipe: "plain" as const }] },
    }));
    expect(besideRows([a!, b!])).toHaveLength(2);
  });

  it("compare where only losses and budget differ, and say why where they do not", () => {
    expect(differencesThatMatter([shown, shorter])).toEqual([]);
    const natural = { ...shorter, plan: { ...shorter.plan, objective: "natural" as const } };
    const { comparison: _, ...unmeasured } = natural;
    expect(
      differencesThatMatter([shown, { ...unmeasured, testSamples: 2000, counts: [1], classes: ["a"] }]),
    ).toEqual([
      "they are decided by different metrics",
      "they have different classes",
      "they were tested on different samples",
      "they were trained on different counts",
    ]);
  });
});

describe("a comparison in the list", () => {
  it("is called by its name, else by when it was started", () => {
    expect(nameOf(summaryOf(shown, { title: "with cutout" }))).toBe("with cutout");
    const started = new Date(2026, 10, 4, 9, 5).toISOString();
    expect(nameOf(summaryOf(shown, { started }))).toBe("4 Nov 2026, 09:05");
    expect(dateWords("yesterday")).toBe("yesterday");
  });
});
