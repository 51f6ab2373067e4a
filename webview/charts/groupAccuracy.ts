/** Balanced accuracy, or the mean recall of a third of the classes, by epoch. */
import { t } from "#protocol/l10n.ts";
import { classMeanTitles, metricTitles } from "#protocol/titles.ts";
import type { AccuracyOf } from "../choices.ts";
import type { Theme } from "../theme.ts";
import { linearDomain } from "./axes.ts";
import type { ChartKind, Config } from "./chart.ts";
import { type EpochCurveData, epochConfig, epochCourses, epochTable, meansRange } from "./epochCurve.ts";

export interface GroupAccuracyData extends EpochCurveData {
  readonly of: AccuracyOf;
  /** Whether samples have several labels, so that average precision is what is drawn. */
  readonly isMultiLabel?: boolean;
}

function chartConfig(data: GroupAccuracyData, theme: Theme): Config {
  const { low, high } = meansRange(data);
  return epochConfig(data, linearDomain(low, high, 0, 100), theme);
}

function accuracyWords({ of, isMultiLabel = false }: GroupAccuracyData): string {
  if (of === "balanced") return classMeanTitles({ isMultiLabel }).title;
  if (of === "overall") return metricTitles[isMultiLabel ? "label-average-precision" : "accuracy"].title;
  return isMultiLabel ? t`Mean average precision of the ${of} classes` : t`Mean recall of the ${of} classes`;
}

function describe(data: GroupAccuracyData): string {
  const what = accuracyWords(data);
  const courses = epochCourses(data);
  return courses.length === 0
    ? t`${what} by epoch: no epoch has ended.`
    : t`${what} by epoch, per cent: ${courses.join("; ")}.`;
}

export const groupAccuracy: ChartKind<GroupAccuracyData> = {
  name: "accuracy-by-epoch",
  title: t`Balanced accuracy by epoch`,
  chartConfig,
  describe,
  table: epochTable,
};
