/** Comparisons side by side: a row for each loss, a column for each comparison. */
import { fixed } from "#engine/statistics/format.ts";
import type { ExperimentSummary } from "#protocol/experiments.ts";
import { t } from "#protocol/l10n.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import {
  type BesideRow,
  besideRows,
  differencesThatMatter,
  nameOf,
  planWords,
} from "../model/comparisons.ts";
import { memo } from "../model/memo.ts";
import { metricWords } from "../model/metric.ts";
import type { LossSummary } from "../model/summaries.ts";
import { percentNumber } from "../verdict/phrases.ts";
import { button, el, fill, named } from "./dom.ts";
import type { Actions, View } from "./view.ts";

export function besideView({ send }: Actions): View {
  const table = el("table", {});
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
    caution,
  );
  const show = memo(
    (
      shown: ExperimentSnapshot,
      beside: readonly ExperimentSnapshot[],
      listed: readonly ExperimentSummary[],
    ) => {
      const all = [shown, ...beside.filter(({ id }) => id !== shown.id)];
      fill(table, el("thead", {}, headRow(all, listed)), el("tbody", {}, ...besideRows(all).map(bodyRow)));
      caution.textContent = cautionWords(all);
    },
  );
  return {
    element,
    show({ experiment, snapshot: { beside = [], comparisons = [], recording } }) {
      const others = beside.filter(({ id }) => id !== experiment?.id);
      element.hidden = !experiment || others.length === 0 || recording !== undefined;
      if (experiment && !element.hidden) show(experiment, beside, comparisons);
    },
  };
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
