/** Training loss by epoch in per cent of the first epoch: losses do not share a scale. */
import { t } from "#protocol/l10n.ts";
import type { Theme } from "../theme.ts";
import { linearDomain } from "./axes.ts";
import type { ChartKind, Config } from "./chart.ts";
import { type EpochCurveData, epochConfig, epochCourses, epochTable, meansRange } from "./epochCurve.ts";

function chartConfig(data: EpochCurveData, theme: Theme): Config {
  const { low, high } = meansRange(data);
  return epochConfig(data, linearDomain(Math.min(low, 95), Math.max(high, 100), 0, 1000), theme);
}

function describe(data: EpochCurveData): string {
  const courses = epochCourses(data);
  const what = t`Training loss by epoch, per cent of the first epoch`;
  return courses.length === 0 ? t`${what}: no epoch has ended.` : `${what}: ${courses.join("; ")}.`;
}

export const lossCurve: ChartKind<EpochCurveData> = {
  name: "loss-by-epoch",
  title: t`Training loss by epoch`,
  chartConfig,
  describe,
  table: epochTable,
};
