/** Lines by epoch, one a loss, with a band of seeds where it is wider than the line. */

import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { EpochPoint } from "../model/epochs.ts";
import type { Series } from "../model/series.ts";
import { faded, type Theme } from "../theme.ts";
import { axis, type Domain, epochDomain, lineStyle, seriesColour, stepTick, tooltip } from "./axes.ts";
import type { Config, Point, ValueTable } from "./chart.ts";

export interface EpochCurveData {
  readonly series: readonly { readonly series: Series; readonly points: readonly EpochPoint[] }[];
  readonly epochs: number;
}

type Dataset = Config["data"]["datasets"][number];

/** The chart of the curves on a vertical axis in per cent. */
export function epochConfig({ series, epochs }: EpochCurveData, domain: Domain, theme: Theme): Config {
  return {
    type: "line",
    data: {
      datasets: [...series].reverse().flatMap(({ series: line, points }): Dataset[] => [
        {
          label: line.title,
          data: points.map(({ epoch, mean }): Point => ({ x: epoch, y: mean })),
          ...lineStyle(line, theme),
          // A single epoch has no line yet.
          ...(points.length === 1 ? { pointRadius: 2, pointBackgroundColor: seriesColour(line, theme) } : {}),
        },
        ...band(line, points, domain, theme),
      ]),
    },
    options: {
      parsing: false,
      layout: { padding: { top: 4, right: 8 } },
      scales: {
        x: axis("linear", epochDomain(epochs), theme, stepTick),
        y: axis("linear", domain, theme),
      },
      plugins: {
        tooltip: tooltip(
          theme,
          (x) => t`epoch ${x}`,
          (y) => `${fixed(y, 1)} %`,
        ),
      },
    } as Config["options"] & object,
  };
}

// A band of 0.05 points is ink without content.
function band(line: Series, points: readonly EpochPoint[], domain: Domain, theme: Theme): Dataset[] {
  const widest = Math.max(0, ...points.map(({ low, high }) => high - low));
  if (widest < 0.03 * (domain.max - domain.min) || points.length < 2) return [];
  const bare = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0 };
  return [
    { data: points.map(({ epoch, low }) => ({ x: epoch, y: low })), ...bare },
    {
      data: points.map(({ epoch, high }) => ({ x: epoch, y: high })),
      ...bare,
      fill: "-1",
      backgroundColor: faded(seriesColour(line, theme), 0.18),
    },
  ] as Dataset[];
}

/** "Cross-entropy from 27.3 to 30.9" for each loss that has a point. */
export function epochCourses({ series }: EpochCurveData): readonly string[] {
  return series.flatMap(({ series: { title }, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return [];
    return [t`${title} from ${fixed(first.mean, 1)} to ${fixed(last.mean, 1)} at epoch ${last.epoch}`];
  });
}

/** Means by epoch, one column a loss. */
export function epochTable({ series }: EpochCurveData): ValueTable {
  const epochs = [...new Set(series.flatMap(({ points }) => points.map(({ epoch }) => epoch)))].sort(
    (a, b) => a - b,
  );
  const byEpoch = series.map(({ points }) => new Map(points.map(({ epoch, mean }) => [epoch, mean])));
  return {
    columns: ["epoch", ...series.map(({ series: { title } }) => `${title}, %`)],
    rows: epochs.map((epoch) => [
      String(epoch),
      ...byEpoch.map((means) => {
        const mean = means.get(epoch);
        return mean === undefined ? "" : fixed(mean, 2);
      }),
    ]),
  };
}

/** Smallest and largest mean of all curves; empty curves give an impossible range. */
export function meansRange({ series }: EpochCurveData): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { points } of series) {
    for (const { mean } of points) {
      low = Math.min(low, mean);
      high = Math.max(high, mean);
    }
  }
  return { low, high };
}
