/** Counts by class, head on top: bars from 1 on a log axis, the number at the end. */

import { formatAmount, formatCount, unitName } from "#engine/statistics/format.ts";
import type { Basis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { Theme } from "../theme.ts";
import { axis, classAxis, countDomain, countTick } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";
import { groupLines, type LadderRows, rowLabels } from "./ladder.ts";

export interface ClassFrequencyData extends LadderRows {
  readonly basis: Basis;
  /** All classes; more than there are rows above 40. */
  readonly classes: number;
  /** Largest count of all classes. */
  readonly largest: number;
}

function chartConfig(data: ClassFrequencyData, theme: Theme): Config {
  const { rows, room, largest } = data;
  return {
    type: "bar",
    data: {
      labels: rowLabels(rows),
      datasets: [{ data: rows.map(({ count }) => count), backgroundColor: theme.bar, barThickness: 10 }],
    },
    options: {
      indexAxis: "y",
      layout: {
        autoPadding: false,
        padding: { top: 4, right: 8 + 7 * formatCount(largest).length, bottom: 2 },
      },
      scales: {
        y: classAxis(rowLabels(rows), true, theme),
        x: axis("logarithmic", countDomain(largest, room !== "wide"), theme, countTick),
      },
      plugins: {
        annotation: { annotations: groupLines(data, theme) },
        tooltip: { enabled: false },
        rowText: {
          texts: rows.map(({ count }) => formatCount(count)),
          starts: rows.map(({ count }) => Math.max(1, count)),
          colour: theme.foreground,
        },
      },
    } as Config["options"] & object,
  };
}

function describe({ rows, basis, classes }: ClassFrequencyData): string {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return t`No class occurs.`;
  const what = t`${formatCount(classes)} classes by ${unitName(basis)}, log axis.`;
  return t`${what} ${first.name} has ${formatAmount(first.count, basis)}, ${last.name} ${formatCount(last.count)}.`;
}

function table({ rows, basis }: ClassFrequencyData): ValueTable {
  return {
    columns: ["class", "index", basis],
    rows: rows.map(({ name, index, count }) => [name, String(index), String(count)]),
  };
}

export const classFrequency: ChartKind<ClassFrequencyData> = {
  name: "class-frequencies",
  title: t`Class frequencies`,
  chartConfig,
  describe,
  table,
};
