/** The runs: one row a loss, proof of the verdict and legend of every chart. */

import { fixed, formatAmount, formatPoints } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import { inSentence, type MetricTitles } from "#protocol/titles.ts";
import { type RunsColumn, type Sorting, toggled } from "../choices.ts";
import { memo } from "../model/memo.ts";
import { metricWords } from "../model/metric.ts";
import type { PanelModel } from "../model/panelModel.ts";
import type { Series } from "../model/series.ts";
import type { LossSummary } from "../model/summaries.ts";
import { intervalWords } from "../verdict/phrases.ts";
import { comparisonsLink } from "./comparisonsView.ts";
import { el, fill } from "./dom.ts";
import { intervalPlot, intervalSpan, type Span } from "./intervalPlot.ts";
import { seriesKey } from "./seriesKey.ts";
import type { Actions, View } from "./view.ts";

interface Row {
  readonly series: Series;
  readonly summary: LossSummary;
}

export function runsView(actions: Actions): View {
  let newest: PanelModel;
  const note = el("small", {});
  const link = comparisonsLink(actions);
  const head = el("thead", {});
  const body = el("tbody", {});
  const element = el(
    "section",
    { class: "runs", "aria-label": t`Runs` },
    el("header", {}, el("h2", {}, t`Runs`), note, el("div", { class: "right" }, link.element)),
    el("table", {}, head, body),
  );
  listenToKeys(body, () => newest, actions);
  const show = memo(
    (
      series: PanelModel["series"],
      experiment: PanelModel["experiment"],
      choices: PanelModel["choices"],
      summaries: PanelModel["summaries"],
    ) => {
      if (!experiment) return;
      const done = experiment.state.kind === "finished";
      note.textContent = done
        ? t`means of ${formatAmount(experiment.plan.seeds, "seeds")}, %`
        : t`means over the seeds so far, %`;
      const rows = sorted(
        summaries.flatMap((summary) => paired(series[summary.choice], summary)),
        choices.sorting,
      );
      const span = intervalSpan(summaries);
      const baseline = inSentence(series[0]?.title ?? t`the baseline`);
      fill(head, headRow(metricWords(experiment), baseline, span, done, choices.sorting, actions));
      fill(body, ...rows.map((row) => bodyRow(row, { span, experiment, baseline: summaries[0] })));
    },
  );
  return {
    element,
    show(model, theme) {
      newest = model;
      link.show(model, theme);
      const { legend, experiment, choices, summaries } = model;
      // The one run of another program stands in its own list.
      element.hidden = !experiment || model.snapshot.recording !== undefined;
      show(legend, experiment, choices, summaries);
    },
  };
}

const paired = (series: Series | undefined, summary: LossSummary): Row[] =>
  series ? [{ series, summary }] : [];

function sorted(rows: readonly Row[], sorting: Sorting | undefined): readonly Row[] {
  if (!sorting) {
    const rank = ({ summary }: Row): number => (summary.seedsDone > 0 ? 1 : 0);
    const value = ({ summary }: Row): number => summary.score ?? -1;
    return [...rows].sort(
      (a, b) => rank(b) - rank(a) || value(b) - value(a) || a.summary.choice - b.summary.choice,
    );
  }
  const direction = sorting.descending ? -1 : 1;
  return [...rows].sort(
    (a, b) => direction * compared(columnValue(a, sorting.column), columnValue(b, sorting.column)),
  );
}

function columnValue({ series, summary }: Row, column: RunsColumn): number | string {
  switch (column) {
    case "title":
      return series.title;
    case "accuracy":
      return summary.score ?? -1;
    case "difference":
      return summary.difference?.mean ?? 0;
    case "seeds":
      return summary.seedDeviation ?? summary.seedsDone;
    default:
      return summary.groups?.[column] ?? -1;
  }
}

function compared(a: number | string, b: number | string): number {
  return typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b)) : a - b;
}

function headRow(
  metric: MetricTitles,
  baseline: string,
  span: Span,
  done: boolean,
  sorting: Sorting | undefined,
  actions: Actions,
): HTMLElement {
  const column = (id: RunsColumn, label: string, style: string, short = label): HTMLElement => {
    const present = sorting?.column === id;
    const descending = present ? !sorting.descending : id !== "title";
    const words =
      short === label
        ? [label]
        : [el("span", { class: "wide" }, label), el("span", { class: "thin" }, short)];
    const press = (): void => actions.choose({ sorting: { column: id, descending } });
    return el(
      "th",
      {
        scope: "col",
        class: style,
        "aria-sort": present ? (sorting.descending ? "descending" : "ascending") : undefined,
      },
      el(
        "button",
        { type: "button", class: "sort", "data-focus": `sort ${id}`, on: { click: press } },
        ...words,
      ),
    );
  };
  const ends = el(
    "span",
    { class: "span" },
    el("span", {}, span.low),
    el("span", {}, t`95 % interval`),
    el("span", {}, span.high),
  );
  return el(
    "tr",
    {},
    column("title", t`Loss`, ""),
    column("accuracy", metric.title, "num", metric.short),
    el("th", { scope: "col", class: "wide plot" }, ends),
    column("difference", t`Against ${baseline}`, "num"),
    column("head", t`Head`, "num wide"),
    column("middle", t`Middle`, "num wide"),
    column("tail", t`Tail`, "num"),
    column("seeds", done ? t`Seed sd` : t`Seeds`, "num wide"),
  );
}

interface RowContext {
  readonly span: Span;
  readonly experiment: NonNullable<PanelModel["experiment"]>;
  readonly baseline: LossSummary | undefined;
}

function bodyRow({ series, summary }: Row, context: RowContext): HTMLElement {
  const { span, experiment, baseline } = context;
  const waiting = summary.seedsDone === 0;
  const leads =
    series.leads && experiment.state.kind === "finished" && experiment.comparison?.verdict.kind === "winner";
  const style = [waiting ? "muted" : "", leads ? "lead" : "", series.drawn ? "" : "off"]
    .filter((name) => name !== "")
    .join(" ");
  const groups = summary.groups;
  return el(
    "tr",
    { class: style },
    el("th", { scope: "row" }, keyButton(series)),
    el("td", { class: "num main" }, share(summary.score)),
    el("td", { class: "plot wide" }, intervalPlot(series, summary, baseline, span)),
    el("td", { class: "num" }, ...difference(summary)),
    el("td", { class: "num wide" }, share(groups?.head)),
    el("td", { class: "num wide" }, share(groups?.middle)),
    el("td", { class: "num" }, share(groups?.tail)),
    el("td", { class: "num wide" }, el("span", { class: "pm" }, seedsText(summary, experiment))),
  );
}

function keyButton(series: Series): HTMLElement {
  return el(
    "button",
    {
      type: "button",
      class: "loss-key",
      "data-focus": `key ${series.choice}`,
      "data-choice": series.choice,
      "aria-pressed": String(series.drawn),
      title: series.drawn ? t`Hide in charts. Double click: only this one` : t`Show in charts`,
    },
    seriesKey(series),
    el("span", {}, series.title),
  );
}

// Rows are built anew with each report, so that the body listens for all of its keys.
function listenToKeys(body: HTMLElement, model: () => PanelModel, actions: Actions): void {
  const choiceAt = (event: Event): number | undefined => {
    const key = (event.target as Element).closest<HTMLElement>("[data-choice]");
    return key ? Number(key.dataset["choice"]) : undefined;
  };
  body.addEventListener("pointerover", (event) => actions.point(choiceAt(event)));
  body.addEventListener("pointerleave", () => actions.point(undefined));
  body.addEventListener("click", (event) => {
    const choice = choiceAt(event);
    if (choice === undefined) return;
    const { choices, legend } = model();
    if ((legend[choice]?.slot ?? 0) < 0) actions.choose({ swapped: choice });
    else actions.choose({ hidden: toggled(choices.hidden, choice) });
  });
  body.addEventListener("dblclick", (event) => {
    const choice = choiceAt(event);
    if (choice === undefined) return;
    const { choices, legend } = model();
    const others = legend.map((series) => series.choice).filter((other) => other !== choice);
    const alone = others.every((other) => choices.hidden.includes(other));
    actions.choose({ hidden: alone ? [] : others });
  });
}

function difference({
  choice,
  difference: gain,
  seedsDone,
  epoch,
  failure,
}: LossSummary): readonly (HTMLElement | string)[] {
  const small = (words: string): HTMLElement => el("span", { class: "pm" }, words);
  if (seedsDone === 0 && failure !== undefined)
    return [el("span", { class: "pm", title: failure }, "failed")];
  if (seedsDone === 0) return [small(epoch === undefined ? "waiting" : t`epoch ${epoch}`)];
  if (choice === 0) return [small("baseline")];
  if (!gain) return [small(formatAmount(seedsDone, "seeds"))];
  if (!gain.interval) return [`${formatPoints(gain.mean)} `, small(formatAmount(seedsDone, "seeds"))];
  return [`${formatPoints(gain.mean)} `, el("span", { class: "pm between" }, intervalWords(gain.interval))];
}

function seedsText(
  { seedsDone, seedDeviation }: LossSummary,
  { plan, state }: RowContext["experiment"],
): string {
  if (state.kind !== "finished") return t`${seedsDone} of ${plan.seeds}`;
  return seedDeviation === undefined ? "·" : fixed(seedDeviation * 100, 2);
}

const share = (value: number | null | undefined): string =>
  value === null ? "none" : value === undefined ? "·" : fixed(value * 100, 1);
