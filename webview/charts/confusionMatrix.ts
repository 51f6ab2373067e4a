/** Which class is taken for which: one cell a pair, darker for a larger share of the true class, head on top. */

import { fixed, formatPercent } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { type Confusion, commonMistakes } from "../model/confusion.ts";
import type { Theme } from "../theme.ts";
import { classAxis } from "./axes.ts";
import type { ChartKind, Config, ValueTable } from "./chart.ts";
import { rowLabels } from "./ladder.ts";

export interface ConfusionMatrixData extends Confusion {
  readonly title: string;
}

/** Numbers fit the cells of this many classes, names the rows of the other. */
const numbered = 12;
const labelled = 40;

function chartConfig({ rows, shares }: ConfusionMatrixData, theme: Theme): Config {
  const labels = rowLabels(rows);
  return {
    type: "scatter",
    data: { datasets: [] },
    options: {
      layout: { autoPadding: false, padding: { top: 4, right: 2, bottom: 2 } },
      scales: {
        y: classAxis(labels, rows.length <= labelled, theme),
        x: { ...classAxis(labels, false, theme), position: "bottom" },
      },
      plugins: {
        tooltip: { enabled: false },
        matrix: {
          shares,
          size: rows.length,
          numbers: rows.length <= numbered,
          from: theme.background,
          to: theme.high,
          text: theme.foreground,
          over: theme.background,
          frame: theme.grid,
        },
      },
    } as Config["options"] & object,
  };
}

function describe(data: ConfusionMatrixData): string {
  const mistakes = commonMistakes(data, 3).map(
    ({ truth, guess, share }) => t`${truth.name} for ${guess.name} ${formatPercent(share)}`,
  );
  if (mistakes.length === 0) return t`${data.title}: no mistake on the test part.`;
  return t`Confusion under ${data.title}. Most often taken: ${mistakes.join(", ")}.`;
}

function table({ rows, shares }: ConfusionMatrixData): ValueTable {
  return {
    columns: [t`true class, %`, ...rows.map(({ name }) => name)],
    rows: rows.map(({ name }, row) => [
      name,
      ...rows.map((_, column) => {
        const share = shares[row * rows.length + column] ?? Number.NaN;
        return Number.isNaN(share) ? "" : fixed(share * 100, 1);
      }),
    ]),
  };
}

export const confusionMatrix: ChartKind<ConfusionMatrixData> = {
  name: "confusion",
  title: t`Confusion`,
  chartConfig,
  describe,
  table,
};
