/** Above 40 classes: all of them, head to tail, as a strip of counts and a map of class by step for each loss. */

import { capital, unitName } from "#engine/statistics/format.ts";
import { headToTail, thirds } from "#engine/statistics/shotGroups.ts";
import type { Basis } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { chartView } from "../charts/chart.ts";
import { type FrequencyStripData, frequencyStrip } from "../charts/frequencyStrip.ts";
import { type RatioMapData, ratioMap } from "../charts/ratioMap.ts";
import { groupNames, type RatioSums } from "../choices.ts";
import { ladderLimit, type Room } from "../model/classes.ts";
import type { SeriesRatios } from "../model/ladder.ts";
import { memo } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { type RatioMap, ratioMapper } from "../model/ratioMap.ts";
import { ratioOfClass } from "../model/ratios.ts";
import type { Series } from "../model/series.ts";
import type { Theme } from "../theme.ts";
import { el, fill, setText } from "./dom.ts";
import { type Figure, figure } from "./figure.ts";
import { mapCursor } from "./mapCursor.ts";
import { mapSummary } from "./mapSummary.ts";
import { ratioScale } from "./ratioScale.ts";
import { seriesKey } from "./seriesKey.ts";
import type { Actions } from "./view.ts";

export interface MapView {
  readonly element: HTMLElement;
  /** `whole`: with the maps, not the counts alone. */
  show(model: PanelModel, theme: Theme, ratios: readonly SeriesRatios[], whole: boolean): void;
}

export function mapView(actions: Actions): MapView {
  const cell = el("div", { class: "cell strip" });
  const counts = chartView(cell, frequencyStrip);
  const caption = el("span", {});
  const scale = ratioScale();
  const maps = el("div", { class: "maps" });
  const area = el("div", { class: "marked" }, cell, maps);
  const cursor = mapCursor(area, { cell, chart: counts }, ({ selected, step }) =>
    actions.choose(step === undefined ? { selected } : { selected, step }),
  );
  const summary = mapSummary();
  const head = el("div", { class: "cap map-head" }, caption, scale.element);
  const element = el("div", { class: "map" }, head, area, cursor.reading, summary.element);
  const order = memo(headToTail);
  const stripData = memo(makeStrip);
  const rows = new Map<number, MapRow>();
  const placed = memo((drawn: readonly SeriesRatios[]) => {
    for (const choice of rows.keys())
      if (!drawn.some(({ series }) => series.choice === choice)) rows.delete(choice);
    for (const { series } of drawn) if (!rows.has(series.choice)) rows.set(series.choice, mapRow(actions));
    const wanted = drawn.flatMap(({ series }) => rows.get(series.choice)?.element ?? []);
    const isPlaced =
      wanted.length === maps.children.length && wanted.every((row, i) => maps.children[i] === row);
    if (!isPlaced) fill(maps, ...wanted);
  });
  return {
    element,
    show(model, theme, ratios, whole) {
      const { names, counts: all, dataset, experiment, steps, step, choices, room } = model;
      element.hidden = names.length <= ladderLimit || (experiment !== undefined && !whole);
      if (element.hidden) return;
      const basis = dataset?.view.basis ?? "images";
      const sorted = order(all);
      const drawn = experiment ? ratios : none;
      const strip = stripData(names, all, basis, sorted, room);
      setText(caption, t`${capital(unitName(basis))} per class, head to tail, log axis`);
      scale.element.hidden = drawn.length === 0;
      scale.show(theme);
      counts.show(strip, theme);
      placed(drawn);
      const edges = strip.thirds.slice(0, -1).map(({ end }) => end);
      for (const line of drawn) rows.get(line.series.choice)?.show(model, theme, line.series, sorted, edges);
      summary.show(model, drawn);
      cursor.show(
        {
          names,
          counts: all,
          order: sorted,
          basis,
          steps: drawn.length > 0 ? steps.steps : [],
          lastStep: steps.perRun,
          step,
          selected: choices.selected,
          pinned: choices.pinned,
          ratios: (index, at) =>
            drawn.map(({ series }) => ({
              title: series.title,
              ratio: experiment
                ? ratioOfClass(experiment, series.choice, index, at, choices.sums)
                : Number.NaN,
            })),
        },
        drawn.flatMap(({ series }) => rows.get(series.choice)?.plot ?? []),
      );
    },
  };
}

const none: readonly SeriesRatios[] = [];

function makeStrip(
  names: readonly string[],
  counts: readonly number[],
  basis: Basis,
  order: readonly number[],
  room: Room,
): FrequencyStripData {
  const parts = thirds(counts);
  let end = 0;
  const ends = groupNames.map((name) => {
    end += parts[name].length;
    return { name, end, classes: parts[name].length };
  });
  return { names, counts, order, basis, thirds: ends, room };
}

interface MapRow {
  readonly element: HTMLElement;
  readonly plot: Pick<Figure<RatioMapData>, "cell" | "chart">;
  show(
    model: PanelModel,
    theme: Theme,
    series: Series,
    order: readonly number[],
    edges: readonly number[],
  ): void;
}

/** One loss: its name with the key that it has everywhere, and its map. */
function mapRow(actions: Actions): MapRow {
  const chart = figure(ratioMap, actions);
  const name = el("span", {});
  const element = el(
    "div",
    { class: "map-row" },
    el("div", { class: "cap map-cap" }, name, el("span", { class: "muted" }, t`step, log axis`), chart.more),
    chart.cell,
    chart.values,
  );
  const make = ratioMapper();
  const named = memo((series: Series) => fill(name, seriesKey(series), ` ${series.title}`));
  const data = memo(
    (
      map: RatioMap,
      names: readonly string[],
      order: readonly number[],
      edges: string,
      title: string,
      exact: RatioMapData["exact"],
    ): RatioMapData => ({
      title,
      map,
      names,
      order,
      edges: edges.split(",").map(Number),
      exact,
    }),
  );
  // Asked only where the values are wanted, so that a new report alone changes nothing.
  let newest: { readonly experiment: ExperimentSnapshot; readonly choice: number; readonly sums: RatioSums };
  const exact = (index: number, step: number): number =>
    ratioOfClass(newest.experiment, newest.choice, index, step, newest.sums);
  return {
    element,
    plot: { cell: chart.cell, chart: chart.chart },
    show({ experiment, choices, names, steps }, theme, series, order, edges) {
      if (!experiment) return;
      named(series);
      const map = make(experiment, series.choice, choices.sums, order, steps.perRun);
      newest = { experiment, choice: series.choice, sums: choices.sums };
      chart.show(data(map, names, order, edges.join(), series.title, exact), theme, choices);
    },
  };
}
