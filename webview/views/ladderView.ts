/** The class ladder: count, gradient ratio and recall of a class along one line. */

import { capital, formatAmount, formatCount, formatPercent, unitName } from "#engine/statistics/format.ts";
import { thirds } from "#engine/statistics/shotGroups.ts";
import { t } from "#protocol/l10n.ts";
import type { Dataset } from "#protocol/panel.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { chartView } from "../charts/chart.ts";
import { classFrequency } from "../charts/classFrequency.ts";
import { gradientRatio, sumsCaption } from "../charts/gradientRatio.ts";
import { recall } from "../charts/recall.ts";
import { type ClassesTab, type ClassOrder, groupNames, type RatioSums } from "../choices.ts";
import { type ClassRows, ladderLimit } from "../model/classes.ts";
import {
  drawnRatios,
  frequencyData,
  ratioData,
  recallData,
  type SeriesRatios,
  shownRows,
} from "../model/ladder.ts";
import { memo } from "../model/memo.ts";
import { classFigure } from "../model/metric.ts";
import type { PanelModel } from "../model/panelModel.ts";
import type { LossSummary } from "../model/summaries.ts";
import { confusionView } from "./confusionView.ts";
import { select, slider, type Tab, tabs } from "./controls.ts";
import { el, setText } from "./dom.ts";
import { openOnContextMenu, valueTable } from "./figure.ts";
import { type LadderCharts, ladderMenu, ladderTable } from "./ladderExports.ts";
import { ladderRows } from "./ladderRows.ts";
import { mapView } from "./mapView.ts";
import { pinnedView } from "./pinnedView.ts";
import type { Actions, View } from "./view.ts";

export function ladderView(actions: Actions): View {
  let model: PanelModel;
  const parts = ladderParts(actions, () => model);
  const { element, charts } = parts;
  const prepare = ladderData();
  return {
    element,
    show(next, theme) {
      model = next;
      const { dataset, names } = next;
      element.hidden = !dataset || names.length === 0;
      if (!dataset || element.hidden) return;
      const { rows, ratios, frequency, ratio, recalls, table } = prepare(next, dataset);
      parts.showHead(next, rows);
      sizeCells(parts.cells, rows);
      const tab = shownTab(next);
      element.dataset["tab"] = tab;
      parts.map.show(next, theme, ratios, tab === "map");
      parts.pinned.show(next, ratios);
      if (tab === "confusion") {
        parts.confusion.show(next, theme);
        return;
      }
      if (tab === "map") return;
      charts.frequency.show(frequency, theme);
      if (ratio) charts.ratio.show(ratio, theme);
      if (recalls) charts.recall.show(recalls, theme);

      parts.rows.show(rows, frequency, ratio, recalls, charts.frequency);
      parts.values.show(table, t`Classes`);
    },
  };
}

/** Data of the three charts; each stays the same object for as long as it says the same. */
function ladderData() {
  const keep = {
    rows: memo(shownRows),
    ratios: memo(drawnRatios),
    frequency: memo(frequencyData),
    ratio: memo(ratioData),
    recall: memo(recallData),
    table: memo(ladderTable),
  };
  return (model: PanelModel, dataset: Dataset) => {
    const { experiment, series, step, choices, names, counts, summaries, room } = model;
    const ratios = experiment ? keep.ratios(experiment, series, step, choices.sums) : nothing;
    // Rows by count stay the same while training reports, so that the counts are not drawn again.
    const byCount = choices.order === "count" || names.length <= ladderLimit;
    const rows = byCount
      ? keep.rows(names, counts, "count", nothing, noSummaries)
      : keep.rows(names, counts, choices.order, ratios, summaries);
    const frequency = keep.frequency(rows, counts, dataset, experiment ? room : "wide");
    const ratio = experiment ? keep.ratio(rows, ratios, step ?? 0, choices.sums, room) : undefined;
    const recalls = experiment
      ? keep.recall(rows, series, summaries, room, classFigure(experiment).title)
      : undefined;
    const table = choices.tables.includes("classes") ? keep.table(frequency, ratio, recalls) : undefined;
    return { rows, ratios, frequency, ratio, recalls, table };
  };
}

/** The tabs that have something to show; of many classes the map is the first to see. */
function shownTabs({ room, experiment, names }: PanelModel): readonly Tab<ClassesTab>[] {
  if (!experiment) return [{ id: "classes", label: t`Classes` }];
  return [
    { id: "classes", label: t`Classes` },
    ...(names.length > ladderLimit ? ([{ id: "map", label: t`Map` }] as const) : []),
    // Recall has a tab of its own only where it has no column.
    ...(room !== "wide" ? ([{ id: "recall", label: classFigure(experiment).title }] as const) : []),
    ...(hasConfusion(experiment) ? ([{ id: "confusion", label: t`Confusion` }] as const) : []),
  ];
}

function shownTab(model: PanelModel, tabs = shownTabs(model)): ClassesTab {
  const wanted = model.choices.classesTab ?? "map";
  return tabs.some(({ id }) => id === wanted) ? wanted : "classes";
}

function hasConfusion(experiment: ExperimentSnapshot): boolean {
  return experiment.runs.some(
    ({ state }) => state.kind === "finished" && state.result.confusion !== undefined,
  );
}

const nothing: readonly SeriesRatios[] = [];
const noSummaries: readonly LossSummary[] = [];

function ladderParts(actions: Actions, model: () => PanelModel) {
  const cell = (style: string): HTMLElement => el("div", { class: `cell ${style}` });
  const cells = { frequency: cell("frequency"), ratio: cell("ratio"), recall: cell("recall") };
  const charts: LadderCharts = {
    frequency: chartView(cells.frequency, classFrequency),
    ratio: chartView(cells.ratio, gradientRatio),
    recall: chartView(cells.recall, recall),
  };
  const captions = {
    frequency: el("div", { class: "cap" }),
    ratio: el("div", { class: "cap ratio" }),
    recall: el("div", { class: "cap recall" }),
  };
  const groups = el("div", { class: "groups", "aria-hidden": "true" });
  const rows = ladderRows(groups, actions, model);
  const ladder = el(
    "div",
    { class: "ladder" },
    captions.frequency,
    captions.ratio,
    captions.recall,
    el("div", {}),
    cells.frequency,
    cells.ratio,
    cells.recall,
    groups,
  );
  rows.attach(ladder);
  const pinned = pinnedView(actions);
  const head = ladderHead(actions, model, charts, pinned.search);
  openOnContextMenu(ladder, head.more);
  const map = mapView(actions);
  const confusion = confusionView(actions);
  const values = valueTable();
  const element = el(
    "section",
    { class: "classes" },
    head.element,
    pinned.element,
    map.element,
    ladder,
    values.element,
    confusion.element,
  );
  return {
    element,
    cells,
    charts,
    rows,
    map,
    pinned,
    confusion,
    values,
    showHead(present: PanelModel, shown: ClassRows): void {
      head.show(present, shown);
      const { experiment, room, choices, dataset } = present;
      ladder.classList.toggle("counts-only", !experiment);
      element.classList.toggle("trained", experiment !== undefined);
      element.setAttribute("aria-label", experiment ? t`Gradient ratio by class` : t`Images by class`);
      setText(
        captions.frequency,
        experiment ? t`${capital(unitName(dataset?.view.basis ?? "images"))}, log axis` : "",
      );
      const balanced =
        room !== "wide"
          ? t`Ratio, 1 is balanced`
          : t`Positive over negative gradient, ${sumsCaption(choices.sums)}`;
      setText(captions.ratio, experiment ? balanced : "");
      setText(captions.recall, experiment ? t`${classFigure(experiment).title} after training, %` : "");
    },
  };
}

function ladderHead(actions: Actions, model: () => PanelModel, charts: LadderCharts, search: HTMLElement) {
  const title = el("h2", {});
  const note = el("small", {});
  const views = tabs<ClassesTab>(t`Classes`, (classesTab) => actions.choose({ classesTab }));
  const sums = select<RatioSums>(t`Gradient sums`, (value) => actions.choose({ sums: value }), true);
  const order = select<ClassOrder>(t`Order of classes`, (value) => actions.choose({ order: value }), true);
  order.element.classList.add("order");
  const step = slider(t`Step`, 10, (position) => actions.choose({ step: model().steps.steps[position] }), {
    e: () => actions.choose({ step: undefined }),
  });
  const place = el("output", {});
  const scrub = el(
    "div",
    { class: "scrub" },
    el("span", { "aria-hidden": "true" }, t`Step`),
    step.field,
    place,
  );
  const more = ladderMenu(actions, model, charts);
  const right = el("div", { class: "right" }, search, order.element, sums.element, scrub, more);
  const element = el("header", {}, title, note, views.element, right);
  return {
    element,
    more,
    show(present: PanelModel, shown: ClassRows): void {
      const { experiment, choices, steps } = present;
      setText(
        title,
        experiment
          ? t`Gradient ratio by class`
          : t`${capital(unitName(present.dataset?.view.basis ?? "images"))} by class`,
      );
      const choosable = shownTabs(present);
      const tab = shownTab(present, choosable);
      views.element.hidden = choosable.length < 2;
      views.show(choosable, tab);
      setText(note, tab === "map" ? "" : noteOn(present, shown));
      note.hidden = note.textContent === "";
      right.hidden = tab === "confusion";
      order.element.hidden = shown.classes <= ladderLimit || !experiment || tab === "map";
      more.hidden = tab === "map";
      order.show(orders(classFigure(experiment).name), choices.order);
      sums.element.hidden = !experiment;
      sums.show(
        [
          { value: "accumulated", label: "accumulated" },
          { value: "window", label: t`epoch so far` },
        ],
        choices.sums,
      );
      scrub.hidden = !experiment || steps.steps.length === 0;
      const position = Math.max(0, steps.steps.indexOf(present.step ?? 0));
      const words = stepWords(present);
      step.show(position, Math.max(0, steps.steps.length - 1), words);
      setText(place, words);
    },
  };
}

const orders = memo(
  (measure: string) =>
    [
      { value: "count", label: t`largest and smallest` },
      { value: "ratio", label: t`highest and lowest ratio` },
      { value: "recall", label: t`best and worst ${measure}` },
    ] as const,
);

/** "97 of 2,910, epoch 1". */
function stepWords({ step, steps }: PanelModel): string {
  if (step === undefined) return "";
  const epoch = steps.perEpoch ? t`, epoch ${Math.ceil(step / steps.perEpoch)}` : "";
  return t`${formatCount(step)} of ${formatCount(steps.perRun)}${epoch}`;
}

function noteOn({ counts, experiment }: PanelModel, { rows, classes }: ClassRows): string {
  const part = classes > ladderLimit ? t`${rows.length} of ${formatAmount(classes, "classes")}` : "";
  if (experiment) return part;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const parts = thirds(counts);
  const shares = groupNames.map((name) => {
    const sum = parts[name].reduce((all, index) => all + (counts[index] ?? 0), 0);
    return `${name} ${formatPercent(total > 0 ? sum / total : 0)}`;
  });
  return [part, shares.join(", ")].filter((words) => words !== "").join("; ");
}

// Rows of 24 pixels up to 20 classes, closer ones above.
function sizeCells(cells: Readonly<Record<string, HTMLElement>>, { rows }: ClassRows): void {
  const height = `${32 + rows.length * (rows.length > 20 ? 18 : 24)}px`;
  for (const cell of Object.values(cells)) if (cell.style.height !== height) cell.style.height = height;
}
