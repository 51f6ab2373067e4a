/** An interval on one axis for all rows of the runs, the baseline dotted. */

import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { type Series, seriesKeys } from "../model/series.ts";
import type { LossSummary } from "../model/summaries.ts";
import { svg } from "./dom.ts";
import { mark } from "./seriesKey.ts";

/** The ends of the axis in per cent, as words and as numbers. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly low: string;
  readonly high: string;
}

/** An axis in round numbers that holds all intervals and means. */
export function intervalSpan(summaries: readonly LossSummary[]): Span {
  const values = summaries.flatMap(({ interval, score, seedsDone }) => [
    ...(interval ? [interval.low * 100, interval.high * 100] : []),
    ...(score === undefined || seedsDone === 0 ? [] : [score * 100]),
  ]);
  if (values.length === 0) return { from: 0, to: 100, low: "0", high: "100" };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const size = [1, 2, 5, 10, 25, 50].find((step) => (most - least) / step <= 8) ?? 50;
  const from = Math.max(0, Math.floor(least / size) * size);
  const to = Math.min(100, Math.max(from + size, Math.ceil(most / size) * size));
  return { from, to, low: String(from), high: String(to) };
}

/** The plot of one row; undefined where there is no interval. */
export function intervalPlot(
  { slot }: Pick<Series, "slot">,
  { interval, score }: LossSummary,
  baseline: LossSummary | undefined,
  { from, to }: Span,
): SVGSVGElement | undefined {
  if (!interval || score === undefined) return undefined;
  const place = (share: number): string => `${((share * 100 - from) / (to - from)) * 100}%`;
  const [low, high, mean] = [place(interval.low), place(interval.high), place(score)];
  const dotted = baseline?.score === undefined ? undefined : place(baseline.score);
  const shape = seriesKeys[slot]?.shape ?? "circle";
  const words = t`95 % interval ${fixed(interval.low * 100, 1)} to ${fixed(interval.high * 100, 1)}`;
  return svg(
    "svg",
    { class: `iv s${slot}`, role: "img", "aria-label": words },
    dotted === undefined ? undefined : svg("line", { x1: dotted, x2: dotted, y1: 0, y2: 24, class: "base" }),
    svg("line", { x1: low, x2: high, y1: 12, y2: 12, class: "stroke bold" }),
    svg(
      "svg",
      { x: mean, y: 6, overflow: "visible" },
      svg("g", { transform: "translate(-8 0)" }, mark(shape)),
    ),
  );
}
