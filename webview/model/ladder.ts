/** The data of the class ladder: rows of classes with count, gradient ratio and recall of each drawn loss. */
import type { Dataset } from "#protocol/panel.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import type { ClassFrequencyData } from "../charts/classFrequency.ts";
import type { GradientRatioData } from "../charts/gradientRatio.ts";
import type { RowSeries } from "../charts/ladder.ts";
import type { RecallData } from "../charts/recall.ts";
import type { ClassOrder, RatioSums } from "../choices.ts";
import { type ClassRow, type ClassRows, classRows, ladderLimit, type Room } from "./classes.ts";
import { ratiosAt } from "./ratios.ts";
import type { Series } from "./series.ts";
import type { LossSummary } from "./summaries.ts";

/** Gradient ratios `[C]` of one loss at the ladder's step. */
export interface SeriesRatios {
  readonly series: Series;
  readonly ratios: Float64Array;
}

/** Ratios of the drawn losses at a step; losses without a report are left out. */
export function drawnRatios(
  experiment: ExperimentSnapshot,
  series: readonly Series[],
  step: number | undefined,
  sums: RatioSums,
): readonly SeriesRatios[] {
  if (step === undefined) return [];
  return series.flatMap((line) => {
    if (!line.drawn) return [];
    const ratios = ratiosAt(experiment, line.choice, step, sums);
    return ratios ? [{ series: line, ratios }] : [];
  });
}

/** The rows to show; above 40 classes they follow the chosen order of the leader, or of the first loss that has values. */
export function shownRows(
  names: readonly string[],
  counts: readonly number[],
  order: ClassOrder,
  ratios: readonly SeriesRatios[],
  summaries: readonly LossSummary[],
): ClassRows {
  if (order === "count" || names.length <= ladderLimit) return classRows(names, counts);
  if (order === "ratio") {
    const best = ratios.find(({ series }) => series.leads) ?? ratios[0];
    return classRows(
      names,
      counts,
      best?.ratios.map((ratio) => (Number.isFinite(ratio) ? ratio : Number.NaN)),
    );
  }
  const leader = ratios.find(({ series }) => series.leads)?.series.choice ?? 0;
  return classRows(
    names,
    counts,
    summaries[leader]?.recall ?? summaries.find(({ recall }) => recall)?.recall,
  );
}

/** Counts of the rows. */
export function frequencyData(
  { rows, groups, classes }: ClassRows,
  counts: readonly number[],
  dataset: Dataset,
  room: Room,
): ClassFrequencyData {
  const largest = counts.reduce((most, count) => Math.max(most, count), 1);
  return { rows, groups, room, classes, largest, basis: dataset.view.basis };
}

/** Ratios of the rows at a step. */
export function ratioData(
  { rows, groups, gap }: ClassRows,
  ratios: readonly SeriesRatios[],
  step: number,
  sums: RatioSums,
  room: Room,
): GradientRatioData {
  const series = ratios.map(
    ({ series: line, ratios: all }): RowSeries => ({ series: line, values: pick(rows, all, 1) }),
  );
  return { rows, groups, room, gap, step, sums, series };
}

/** Recall of the rows in per cent, with the line from the baseline to the leader. */
export function recallData(
  { rows, groups }: ClassRows,
  series: readonly Series[],
  summaries: readonly LossSummary[],
  room: Room,
  measure: string,
): RecallData {
  const drawn = series.flatMap((line): RowSeries[] => {
    const recall = summaries[line.choice]?.recall;
    return line.drawn && recall ? [{ series: line, values: pick(rows, recall, 100) }] : [];
  });
  const baseline = drawn.find(({ series: line }) => line.choice === 0)?.values;
  const leader = drawn.find(({ series: line }) => line.leads)?.values;
  return { rows, groups, room, measure, series: drawn, ...(baseline && leader ? { baseline, leader } : {}) };
}

function pick(rows: readonly ClassRow[], values: ArrayLike<number>, scale: number): readonly number[] {
  return rows.map(({ index }) => (values[index] ?? Number.NaN) * scale);
}
