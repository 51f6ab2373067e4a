/** Comparisons side by side: a row for each loss, a column for each comparison. */
import { fixed } from "#engine/statistics/format.ts";
import type { ExperimentSummary } from "#protocol/experiments.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { type BesideData, besideGroups, besideScores } from "../charts/beside.ts";
import {
  type BesideRow,
  besideData,
  besideRows,
  differencesThatMatter,
  nameOf,
  planWords,
} from "../model/comparisons.ts";
import { memo, sameList } from "../model/memo.ts";
import { metricWords } from "../model/metric.ts";
import type { LossSummary } from "../model/summaries.ts";
import { percentNumber } from "../verdict/phrases.ts";
import { button, el, fill, named } from "./dom.ts";
import { type Figure, figure } from "./figure.ts";
import { seriesKey } from "./seriesKey.ts";
import type { Actions, View } from "./view.ts";

export function besideView(actions: Actions): View {
  const { send } = actions;
  const table = el("table", {});
  const scores = figure(besideScores, actions);
  const groups = figure(besideGroups, actions);
  const key = el("p", { class: "names" });
  const charts = el(
    "div",
    { class: "charts" },
    chartPart(scores, t`What decides, with 95 % intervals`),
    chartPart(groups, t`Groups of classes: head ●, middle ■, tail ▲`),
  );
  const caution = el("p", { class: "ghost" });
  const element = el(
    "section",
    { class: "beside", "aria-label": t`Side by side` },
    el(
      "header",
      {},
      el("h2", {}, t`Side by side`),
      el("small", {}, t`means, 95 % intervals and recall in the tail, %`),
      el(
        "div",
        { class: "right" },
        button(t`Close`, "link", () => send({ kind: "beside", ids: [] })),
      ),
    ),
    table,
    key,
    charts,
    caution,
  );
  const data = memo(besideData);
  const show = memo(
    (
      shown: ExperimentSnapshot,
      beside: readonly ExperimentSnapshot[],
      listed: readonly ExperimentSummary[],
    ) => {
      const all = [shown, ...beside.filter(({ id }) => id !== shown.id)];
      fill(table, el("thead", {}, headRow(all, listed)), el("tbody", {}, ...besideRows(all).map(bodyRow)));
      caution.textContent = cautionWords(all);
      fill(key, ...namesOf(all, listed).map(keyEntry));
    },
  );
  const kept = sameList<ExperimentSnapshot>();
  const keptNames = sameList<string>();
  return {
    element,
    show({ experiment, choices, snapshot: { beside = [], comparisons = [], recording } }, theme) {
      const others = beside.filter(({ id }) => id !== experiment?.id);
      element.hidden = !experiment || others.length === 0 || recording !== undefined;
      if (!experiment || element.hidden) return;
      show(experiment, beside, comparisons);
      const all = kept([experiment, ...others]);
      const drawn = data(all, keptNames(namesOf(all, comparisons)));
      charts.hidden = key.hidden = !drawn;
      if (!drawn) return;
      charts.style.setProperty("--rows", String(drawn.rows.length * drawn.columns.length));
      scores.show(drawn, theme, choices);
      groups.show(drawn, theme, choices);
    },
  };
}

function chartPart({ cell, more, values }: Figure<BesideData>, title: string): HTMLElement {
  return el(
    "div",
    { class: "chart" },
    el("header", {}, el("h2", {}, title), el("div", { class: "right" }, more)),
    cell,
    values,
  );
}

/** The comparison in the colour of its lines; the one that is shown comes first. */
function keyEntry(name: string, column: number): HTMLElement {
  return el("span", { class: `name s${column}` }, seriesKey({ slot: column }), named(name));
}

function namesOf(all: readonly ExperimentSnapshot[], listed: readonly ExperimentSummary[]): string[] {
  return all.map(({ id }) => {
    const summary = listed.find((one) => one.id === id);
    return summary ? nameOf(summary) : id;
  });
}

function headRow(all: readonly ExperimentSnapshot[], listed: readonly ExperimentSummary[]): HTMLElement {
  const title = (experiment: ExperimentSnapshot): HTMLElement => {
    const summary = listed.find(({ id }) => id === experiment.id);
    return el(
      "th",
      { scope: "col", class: "num" },
      named(summary ? nameOf(summary) : experiment.id),
      el("small", {}, planWords(experiment.plan)),
      el("small", {}, metricWords(experiment).title),
    );
  };
  return el("tr", {}, el("th", { scope: "col" }, t`Loss`), ...all.map(title));
}

function bodyRow({ title, summaries }: BesideRow): HTMLElement {
  return el("tr", {}, el("th", { scope: "row" }, title), ...summaries.map(cell));
}

function cell(summary: LossSummary | undefined): HTMLElement {
  if (summary?.score === undefined || summary.seedsDone === 0) {
    const words = summary?.failure === undefined ? "·" : t`failed`;
    return el("td", { class: "num", title: summary?.failure }, words);
  }
  const { score, interval, groups } = summary;
  const details = [
    interval && t`${fixed(interval.low * 100, 1)} to ${fixed(interval.high * 100, 1)}`,
    groups && t`tail ${percentNumber(groups.tail)}`,
  ].filter((words) => words !== undefined);
  return el(
    "td",
    { class: "num main" },
    percentNumber(score),
    el("span", { class: "pm" }, details.join(", ")),
  );
}

function cautionWords(all: readonly ExperimentSnapshot[]): string {
  const reasons = differencesThatMatter(all);
  return reasons.length > 0
    ? t`Figures in different columns do not compare: ${reasons.join("; ")}.`
    : t`No verdict is made across comparisons; a difference smaller than the intervals is noise.`;
}
