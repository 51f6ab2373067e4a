/** What can be taken out of the class ladder: its three charts as one picture, its values as one table. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import { headToTail } from "#engine/statistics/shotGroups.ts";
import { t } from "#protocol/l10n.ts";
import type { ChartView, ValueTable } from "../charts/chart.ts";
import type { ClassFrequencyData } from "../charts/classFrequency.ts";
import { type GradientRatioData, ratioWords } from "../charts/gradientRatio.ts";
import type { RecallData } from "../charts/recall.ts";
import { drawnRatios, frequencyData, ratioData, recallData } from "../model/ladder.ts";
import { classFigure } from "../model/metric.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { csv } from "./exports.ts";
import { tableItem } from "./figure.ts";
import { type MenuItem, menu } from "./menu.ts";
import type { Actions } from "./view.ts";

/** The three charts of the ladder. */
export interface LadderCharts {
  readonly frequency: ChartView<ClassFrequencyData>;
  readonly ratio: ChartView<GradientRatioData>;
  readonly recall: ChartView<RecallData>;
}

/** The menu of the ladder. */
export function ladderMenu(actions: Actions, model: () => PanelModel, charts: LadderCharts): HTMLElement {
  const items = (): readonly MenuItem[] => [
    tableItem("classes", model().choices, actions),
    ...pictures(charts).flatMap(([what, name, view]) =>
      (["png", "svg"] as const).map((format) => ({
        label: t`Save picture of the ${what} (${format.toUpperCase()})`,
        press: () => {
          const content = view[format]();
          if (content !== undefined) actions.send({ kind: "export", name, format, content });
        },
      })),
    ),
    {
      label: t`Save values of all classes (CSV)`,
      press: () =>
        actions.send({ kind: "export", name: "classes", format: "csv", content: csv(allClasses(model())) }),
    },
  ];
  return menu("⋯", items, t`More on the classes`);
}

function pictures({
  frequency,
  ratio,
  recall,
}: LadderCharts): readonly (readonly [string, string, ChartView<never>])[] {
  const all = [
    ["counts", "class-frequencies", frequency],
    ["ratios", "gradient-ratio", ratio],
    ["recall", "recall", recall],
  ] as const;
  return all.filter(([, , view]) => view.png() !== undefined);
}

/** One row a class: count, then ratio and recall under each drawn loss. */
export function ladderTable(
  { rows, basis }: ClassFrequencyData,
  ratio: GradientRatioData | undefined,
  recall: RecallData | undefined,
): ValueTable {
  const ratios = ratio?.series ?? [];
  const recalls = recall?.series ?? [];
  return {
    columns: [
      "class",
      basis,
      ...ratios.map(({ series }) => `ratio, ${series.title}`),
      ...recalls.map(({ series }) => `${(recall?.measure ?? "recall").toLowerCase()}, ${series.title}, %`),
    ],
    rows: rows.map(({ name, count }, row) => [
      name,
      formatCount(count),
      ...ratios.map(({ values }) => ratioWords(values[row] ?? Number.NaN)),
      ...recalls.map(({ values }) => recallWords(values[row])),
    ]),
  };
}

const recallWords = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? "" : fixed(value, 1);

// Above 40 classes the ladder shows a part; a file holds all of them.
function allClasses({
  names,
  counts,
  dataset,
  experiment,
  series,
  summaries,
  step,
  choices,
}: PanelModel): ValueTable {
  if (!dataset) return { columns: [], rows: [] };
  const rows = {
    rows: headToTail(counts).map((index) => ({ index, name: names[index] ?? "", count: counts[index] ?? 0 })),
    groups: [],
    classes: names.length,
  };
  const frequency = frequencyData(rows, counts, dataset, "wide");
  if (!experiment || step === undefined) return ladderTable(frequency, undefined, undefined);
  const ratios = drawnRatios(experiment, series, step, choices.sums);
  return ladderTable(
    frequency,
    ratioData(rows, ratios, step, choices.sums, "wide"),
    recallData(rows, series, summaries, "wide", classFigure(experiment).title),
  );
}
