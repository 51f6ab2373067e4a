/** Recall of each class after training: a point per loss, a line from the baseline to the leader. */

import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { Theme } from "../theme.ts";
import { axis, classAxis, pointStyle } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";
import { groupLines, type LadderRows, ladderPadding, type RowSeries, rowLabels } from "./ladder.ts";

export interface RecallData extends LadderRows {
  /** What is measured of a class, such as "Recall". */
  readonly measure: string;
  /** Drawn losses in per cent; NaN for a class without test samples. */
  readonly series: readonly RowSeries[];
  /** In per cent; absent while there is nothing to compare. */
  readonly baseline?: readonly number[];
  readonly leader?: readonly number[];
}

const present = (value: number): number | null => (Number.isFinite(value) ? value : null);

function chartConfig(data: RecallData, theme: Theme): Config {
  const { rows, series, baseline, leader, room } = data;
  const ticks = room === "tiny" ? [0, 50, 100] : [0, 20, 40, 60, 80, 100];
  return {
    type: "line",
    data: {
      labels: rowLabels(rows),
      datasets: [...series].reverse().map(({ series: line, values }) => ({
        label: line.title,
        data: values.map(present),
        showLine: false,
        clip: false,
        ...pointStyle(line, theme),
      })),
    },
    options: {
      indexAxis: "y",
      layout: { autoPadding: false, padding: ladderPadding },
      scales: {
        y: classAxis(rowLabels(rows), false, theme),
        x: axis("linear", { min: 0, max: 100, ticks }, theme),
      },
      plugins: {
        annotation: { annotations: groupLines(data, theme) },
        tooltip: { enabled: false },
        dumbbell: {
          from: baseline?.map(present) ?? [],
          to: leader?.map(present) ?? [],
          colour: theme.bar,
          width: theme.highContrast ? 2 : 1.5,
        },
      },
    } as Config["options"] & object,
  };
}

function describe({ rows, series, measure }: RecallData): string {
  const last = rows.at(-1);
  if (!last || series.length === 0) return t`${measure}: nothing has been measured yet.`;
  const ends = series.map(({ series: { title }, values }) => `${title} ${words(values.at(-1))}`);
  return t`${measure} by class on the test part, per cent. ${last.name}: ${ends.join(", ")}.`;
}

const words = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? t`not measured` : fixed(value, 1);

function table({ rows, series }: RecallData): ValueTable {
  return {
    columns: ["class", ...series.map(({ series: { title } }) => `${title}, %`)],
    rows: rows.map(({ name }, row) => [name, ...series.map(({ values }) => words(values[row]))]),
  };
}

export const recall: ChartKind<RecallData> = {
  name: "recall",
  title: t`Recall after training`,
  chartConfig,
  describe,
  table,
};
