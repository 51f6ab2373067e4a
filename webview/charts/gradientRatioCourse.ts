/** Gradient ratio over the steps, log on both axes: one line a loss, for a third of the classes or one class. */

import { formatCount, formatRatio } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { RatioSums } from "../choices.ts";
import type { CoursePoint } from "../model/ratios.ts";
import type { Series } from "../model/series.ts";
import type { Theme } from "../theme.ts";
import { axis, cursor, lineStyle, ratioDomain, ruler, stepDomain, stepTick, tooltip } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";
import { sumsCaption } from "./gradientRatio.ts";

export interface GradientRatioCourseData {
  /** Such as "tail, mean of 3 classes" or a class name. */
  readonly subject: string;
  readonly sums: RatioSums;
  readonly series: readonly { readonly series: Series; readonly points: readonly CoursePoint[] }[];
  /** Step of the class ladder. */
  readonly step: number | undefined;
  readonly steps: number;
}

function chartConfig({ series, step, steps }: GradientRatioCourseData, theme: Theme): Config {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  const domain = ratioDomain(values);
  const wide = { ...domain, min: Math.min(0.05, domain.min), max: Math.max(8, domain.max) };
  const ticks = wide.max / wide.min < 300 ? [0.1, 0.3, 1, 3] : [0.001, 0.01, 0.1, 1, 10, 100];
  const shown = { ...wide, ticks: ticks.filter((tick) => tick >= wide.min && tick <= wide.max) };
  return {
    type: "line",
    data: {
      datasets: [...series].reverse().map(({ series: line, points }) => ({
        label: line.title,
        data: points.map(({ x, y }) => ({ x, y: Math.min(shown.max, Math.max(shown.min, y)) })),
        ...lineStyle(line, theme),
      })),
    },
    options: {
      parsing: false,
      layout: { padding: { top: 4, right: 4 } },
      scales: {
        x: axis("logarithmic", stepDomain(steps), theme, stepTick),
        y: axis("logarithmic", shown, theme),
      },
      plugins: {
        tooltip: tooltip(theme, (x) => t`step ${formatCount(x)}`, formatRatio),
        annotation: {
          annotations: {
            one: ruler("y", 1, theme),
            ...(step === undefined ? {} : { at: cursor("x", step, theme) }),
          },
        },
      },
    } as Config["options"] & object,
  };
}

function describe({ subject, series, sums }: GradientRatioCourseData): string {
  const courses = series.flatMap(({ series: { title }, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return [];
    return [
      t`${title} from ${formatRatio(first.y)} to ${formatRatio(last.y)} at step ${formatCount(last.x)}`,
    ];
  });
  const start = t`Gradient ratio by step, ${sumsCaption(sums)}, ${subject}`;
  return courses.length === 0 ? t`${start}: no report yet.` : `${start}: ${courses.join("; ")}.`;
}

function table({ series }: GradientRatioCourseData): ValueTable {
  const steps = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const bySteps = series.map(({ points }) => new Map(points.map(({ x, y }) => [x, y])));
  return {
    columns: ["step", ...series.map(({ series: { title } }) => title)],
    rows: steps.map((step) => [
      String(step),
      ...bySteps.map((points) => {
        const ratio = points.get(step);
        return ratio === undefined ? "" : formatRatio(ratio);
      }),
    ]),
  };
}

export const gradientRatioCourse: ChartKind<GradientRatioCourseData> = {
  name: "gradient-ratio-by-step",
  title: t`Gradient ratio by step`,
  chartConfig,
  describe,
  table,
};
