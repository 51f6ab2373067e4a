/** Gradient ratio of each class at one step: positive over negative gradient, log axis, line at 1. */

import { formatCount, formatRatio } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { RatioSums } from "../choices.ts";
import type { Theme } from "../theme.ts";
import { axis, classAxis, type Domain, lineStyle, pointStyle, ratioDomain, ruler } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";
import { groupLines, type LadderRows, ladderPadding, type RowSeries, rowLabels } from "./ladder.ts";

export interface GradientRatioData extends LadderRows {
  readonly step: number;
  readonly sums: RatioSums;
  /** Drawn losses; Infinity for a class without negatives. */
  readonly series: readonly RowSeries[];
}

function chartConfig(data: GradientRatioData, theme: Theme): Config {
  const { rows, series, room, gap } = data;
  const values = series.flatMap((line) => line.values);
  const shown = ratioDomain(values, room === "tiny");
  return {
    type: "line",
    data: {
      labels: rowLabels(rows),
      datasets: [...series].reverse().map(({ series: line, values: ratios }) => ({
        label: line.title,
        data: ratios.map((value) => within(value, shown)),
        clip: false,
        segment: { borderColor: ({ p0DataIndex }) => (p0DataIndex === gap ? "transparent" : undefined) },
        ...lineStyle(line, theme),
        ...pointStyle(line, theme),
      })),
    },
    options: {
      indexAxis: "y",
      layout: { autoPadding: false, padding: ladderPadding },
      scales: {
        y: classAxis(rowLabels(rows), false, theme),
        x: axis("logarithmic", shown, theme, (value) => String(Number(value.toPrecision(2)))),
      },
      plugins: {
        annotation: { annotations: { ...groupLines(data, theme), one: ruler("x", 1, theme) } },
        tooltip: { enabled: false },
        rowText: { texts: wordsFor(data), starts: [], colour: theme.muted },
      },
    } as Config["options"] & object,
  };
}

// A point beyond the axis stays in its row, at the edge; a class without negatives has no point but words.
function within(value: number, { min, max }: Domain): number | null {
  return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : null;
}

function wordsFor({ rows, series }: GradientRatioData): string[] {
  return rows.map((_, row) => {
    const without = series.some(({ values }) => values[row] === Number.POSITIVE_INFINITY);
    return without ? t`no negatives` : "";
  });
}

/** Which sums a ratio is of, as the caption says it. */
export function sumsCaption(sums: RatioSums): string {
  return sums === "accumulated" ? "accumulated" : t`epoch so far`;
}

/** A ratio in words, such as "0.15" or "no negatives". */
export function ratioWords(ratio: number): string {
  if (Number.isNaN(ratio)) return "none";
  return Number.isFinite(ratio) ? formatRatio(ratio) : t`no negatives`;
}

function describe({ rows, series, step, sums }: GradientRatioData): string {
  if (series.length === 0) return t`No gradient ratio has been reported yet.`;
  const start = t`Gradient ratio of ${rows.length} classes at step ${formatCount(step)}, ${sumsCaption(sums)}; 1 is balanced.`;
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return start;
  const ends = series.map(
    ({ series: { title }, values }) =>
      `${title}: ${first.name} ${ratioWords(values[0] ?? Number.NaN)}, ${last.name} ${ratioWords(values.at(-1) ?? Number.NaN)}.`,
  );
  return [start, ...ends].join(" ");
}

function table({ rows, series }: GradientRatioData): ValueTable {
  return {
    columns: ["class", ...series.map(({ series: { title } }) => title)],
    rows: rows.map(({ name }, row) => [
      name,
      ...series.map(({ values }) => ratioWords(values[row] ?? Number.NaN)),
    ]),
  };
}

export const gradientRatio: ChartKind<GradientRatioData> = {
  name: "gradient-ratio",
  title: t`Gradient ratio by class`,
  chartConfig,
  describe,
  table,
};
