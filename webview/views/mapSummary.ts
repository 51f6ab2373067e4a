/** The numbers behind the maps: one row a loss, at the step of the slider. */

import { fixed, formatCount, formatRatio } from "#engine/statistics/format.ts";
import { thirds } from "#engine/statistics/shotGroups.ts";
import { t } from "#protocol/l10n.ts";
import { groupNames } from "../choices.ts";
import type { SeriesRatios } from "../model/ladder.ts";
import { memo } from "../model/memo.ts";
import { classFigure } from "../model/metric.ts";
import type { PanelModel } from "../model/panelModel.ts";
import type { LossSummary } from "../model/summaries.ts";
import { el, fill } from "./dom.ts";

export interface MapSummary {
  readonly element: HTMLElement;
  show(model: PanelModel, ratios: readonly SeriesRatios[]): void;
}

/** Median ratio and recall, or average precision, of each third, and how many classes are below half of balance. */
export function mapSummary(): MapSummary {
  const element = el("div", { class: "map-summary" });
  const draw = memo(
    (
      ratios: readonly SeriesRatios[],
      counts: readonly number[],
      step: number | undefined,
      measure: string,
      recalls: string,
    ): void => {
      if (ratios.length === 0) {
        fill(element);
        return;
      }
      const shares = JSON.parse(recalls) as readonly string[][];
      fill(element, summaryTable(ratios, counts, step ?? 0, measure, shares));
    },
  );
  return {
    element,
    show({ counts, step, summaries, experiment }, ratios) {
      const recalls = ratios.map(({ series }) => recallWords(summaries[series.choice]));
      draw(ratios, counts, step, classFigure(experiment).title, JSON.stringify(recalls));
    },
  };
}

function recallWords(summary: LossSummary | undefined): readonly string[] {
  return groupNames.map((name) => {
    const recall = summary?.groups?.[name];
    return typeof recall === "number" ? fixed(recall * 100, 1) : "·";
  });
}

/** In a wide and in a narrow panel. */
const columns = (measure: string): readonly (readonly [wide: string, thin: string])[] => [
  [t`Median ratio, head`, t`Ratio head`],
  [t`middle`, t`middle`],
  [t`tail`, t`tail`],
  [t`Classes below 0.5`, "< 0.5"],
  [t`${measure}, %, head`, t`${measure} head`],
  [t`middle`, t`middle`],
  [t`tail`, t`tail`],
];

function summaryTable(
  ratios: readonly SeriesRatios[],
  counts: readonly number[],
  step: number,
  measure: string,
  recalls: readonly (readonly string[])[],
): HTMLElement {
  const parts = thirds(counts);
  const head = columns(measure).map(([wide, thin]) =>
    el(
      "th",
      { scope: "col", class: "num" },
      el("span", { class: "wide" }, wide),
      el("span", { class: "thin" }, thin),
    ),
  );
  const rows = ratios.map(({ series, ratios: all }, row) => {
    const medians = groupNames.map((name) => formatRatio(medianOf(parts[name].map((index) => all[index]))));
    const below = all.reduce((sum, ratio) => (ratio < 0.5 ? sum + 1 : sum), 0);
    const cells = [...medians, formatCount(below), ...(recalls[row] ?? [])];
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, series.title),
      ...cells.map((text) => el("td", { class: "num" }, text)),
    );
  });
  const first = el("th", { scope: "col" }, t`At step ${formatCount(step)}`);
  return el("table", {}, el("thead", {}, el("tr", {}, first, ...head)), el("tbody", {}, ...rows));
}

/** Of those that have a ratio; NaN where none has. */
function medianOf(values: readonly (number | undefined)[]): number {
  const known = values.filter((value): value is number => value !== undefined && !Number.isNaN(value));
  known.sort((a, b) => a - b);
  return known[(known.length - 1) >> 1] ?? Number.NaN;
}
