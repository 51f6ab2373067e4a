/** Logit adjustment after training: a slider over tau with what finished runs would have measured. */
import { fixed, formatAmount, formatPoints } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { AdjustedPoint } from "#protocol/runs.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { adjustment } from "../charts/adjustment.ts";
import { adjustable, adjustedChoice, adjustmentTaus, finishedRuns, pointAt } from "../model/adjustment.ts";
import { memo } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import type { Series } from "../model/series.ts";
import { select, slider } from "./controls.ts";
import { button, el, fill, setAttribute, setText } from "./dom.ts";
import { figure } from "./figure.ts";
import type { Actions, View } from "./view.ts";

export function adjustmentView(actions: Actions): View {
  let newest: PanelModel;
  let asked = "";
  const chart = figure(adjustment, actions);
  chart.cell.classList.add("adjustment-cell");
  const toggle = button("", "link", () => press(newest, actions), { "data-focus": "adjustment" });
  const of = select<string>(t`Loss whose logits are adjusted`, (value) =>
    actions.choose({ adjusting: Number(value) }),
  );
  const tau = slider(t`Tau`, 5, (place) => {
    const point = pointsOf(newest)[place];
    if (point) actions.choose({ tau: point.tau });
  });
  const value = el("output", { class: "num" });
  const figures = el("table", { class: "read" });
  const note = el("p", { class: "ghost" });
  const add = button(t`Add to the comparison`, "second", () => addToPlan(newest, actions));
  const controls = el(
    "div",
    { class: "adjusting" },
    of.element,
    el("div", { class: "scrub tau" }, el("span", { "aria-hidden": "true" }, "τ"), tau.field, value),
    figures,
    add,
  );
  const body = el("div", { class: "adjustment-body" }, chart.cell, controls);
  const element = el(
    "section",
    { class: "adjustment chart", "aria-label": adjustment.title },
    el("header", {}, el("h2", {}, adjustment.title), el("div", { class: "right" }, toggle, chart.more)),
    body,
    note,
    chart.values,
  );
  const dataOf = memo((series: Series, points: readonly AdjustedPoint[], at: number) => ({
    series,
    points,
    tau: at,
  }));
  return {
    element,
    show(model, theme) {
      newest = model;
      const { experiment, snapshot, choices, legend } = model;
      const possible = experiment && snapshot.recording === undefined ? settled(experiment) : [];
      element.hidden = possible.length === 0;
      const choice = choices.adjusting;
      const isOpen = choice !== undefined && possible.includes(choice);
      setText(toggle, isOpen ? t`Hide` : t`Preview`);
      setAttribute(toggle, "aria-expanded", String(isOpen));
      for (const part of [body, note, chart.more, chart.values]) part.hidden = !isOpen;
      if (!experiment || !isOpen) return;
      asked = ask(experiment, choice, asked, actions);
      of.show(
        possible.map((index) => ({ value: String(index), label: legend[index]?.title ?? "" })),
        String(choice),
      );
      const points = pointsOf(model);
      const place = pointAt(points, choices.tau);
      const point = points[place];
      const series = legend[choice];
      body.hidden = !point;
      setText(note, noteOn(model));
      if (!point || !series) return;
      chart.show(dataOf(series, points, point.tau), theme, choices);
      tau.show(place, points.length - 1, t`tau ${point.tau}`);
      setText(value, String(point.tau));
      showFigures(figures, points[0], point);
      add.toggleAttribute("disabled", point.tau === 0 || isPlanned(model, choice, point.tau));
    },
  };
}

/** While training goes on, more runs would change the answer. */
function settled(experiment: ExperimentSnapshot): readonly number[] {
  const { kind } = experiment.state;
  return kind === "running" || kind === "preparing" ? [] : adjustable(experiment);
}

function press({ experiment, choices }: PanelModel, { choose }: Actions): void {
  const [first] = experiment ? adjustable(experiment) : [];
  choose({ adjusting: choices.adjusting === undefined ? first : undefined });
}

/** Asks once for each set of runs; returns what was asked for last. */
function ask(experiment: ExperimentSnapshot, choice: number, asked: string, { send }: Actions): string {
  const runs = finishedRuns(experiment, choice);
  const key = JSON.stringify([experiment.id, choice, runs.length]);
  if (key !== asked)
    send({
      kind: "adjust",
      experiment: experiment.id,
      choice,
      runs,
      taus: adjustmentTaus(experiment, runs.length),
    });
  return key;
}

function pointsOf({
  state: { adjustment: answer },
  experiment,
  choices,
}: PanelModel): readonly AdjustedPoint[] {
  if (answer?.kind !== "done" || answer.experiment !== experiment?.id) return [];
  return answer.choice === choices.adjusting ? answer.adjusted.points : [];
}

function showFigures(table: HTMLElement, from: AdjustedPoint | undefined, to: AdjustedPoint): void {
  const key = `${from?.tau} ${to.tau} ${to.balancedAccuracy}`;
  if (table.dataset["key"] === key) return;
  table.dataset["key"] = key;
  const rows: readonly (readonly [string, number | null | undefined, number | null])[] = [
    [t`head`, from?.groups.head, to.groups.head],
    [t`middle`, from?.groups.middle, to.groups.middle],
    [t`tail`, from?.groups.tail, to.groups.tail],
    [t`balanced accuracy`, from?.balancedAccuracy, to.balancedAccuracy],
    [t`accuracy`, from?.accuracy, to.accuracy],
    [t`calibration error`, from?.calibrationError, to.calibrationError],
  ];
  fill(
    table,
    el("tr", {}, el("td", {}), ...["%", t`against τ 0`].map((name) => el("th", { scope: "col" }, name))),
    ...rows.map(([name, before, after]) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, name),
        el("td", {}, isNumber(after) ? fixed(100 * after, 1) : t`none`),
        el("td", {}, isNumber(after) && isNumber(before) ? formatPoints(after - before) : ""),
      ),
    ),
  );
}

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

function noteOn({ state: { adjustment: answer }, experiment, choices }: PanelModel): string {
  const { adjusting } = choices;
  if (!experiment || adjusting === undefined) return "";
  if (answer?.experiment !== experiment.id || answer.choice !== adjusting) return t`Reading the logits.`;
  if (answer.kind === "failed") return answer.message;
  const seeds = formatAmount(finishedRuns(experiment, adjusting).length, "seeds");
  const twice = answer.adjusted.isCorrectedInTraining
    ? ` ${t`This loss works against the imbalance in training already: a τ above 0 corrects twice.`}`
    : "";
  return `${t`Means of ${seeds}: τ times the log of each class's share is taken off its logit (Menon et al. 2021). The test samples tell these figures, so the best τ among them is flattered; add it to the comparison to see it beside the others.`}${twice}`;
}

function isPlanned({ plan, experiment }: PanelModel, choice: number, tau: number): boolean {
  const own = experiment?.plan.losses[choice];
  const wanted = own && JSON.stringify(adjustedChoice(own, tau));
  return plan?.losses.some((other) => JSON.stringify(other) === wanted) ?? false;
}

function addToPlan(model: PanelModel, { choose }: Actions): void {
  const { plan, experiment, choices } = model;
  const { adjusting } = choices;
  const own = adjusting === undefined ? undefined : experiment?.plan.losses[adjusting];
  const points = pointsOf(model);
  const point = points[pointAt(points, choices.tau)];
  if (!plan || !own || !point) return;
  choose({ edits: { ...choices.edits, losses: [...plan.losses, adjustedChoice(own, point.tau)] } });
}
