/** Rows of the ladder under pointer and keyboard: a mark across the charts, and what is known of the class. */

import { classWeights } from "#engine/statistics/classWeights.ts";
import { fixed, formatAmount, formatWeight } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { ChartView } from "../charts/chart.ts";
import type { ClassFrequencyData } from "../charts/classFrequency.ts";
import { type GradientRatioData, ratioWords } from "../charts/gradientRatio.ts";
import type { RecallData } from "../charts/recall.ts";
import type { ClassRows } from "../model/classes.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { el, fill, named, setText } from "./dom.ts";
import { seriesKey } from "./seriesKey.ts";
import type { Actions } from "./view.ts";

export interface LadderRows {
  attach(ladder: HTMLElement): void;
  show(
    rows: ClassRows,
    frequency: ClassFrequencyData,
    ratio: GradientRatioData | undefined,
    recall: RecallData | undefined,
    chart: ChartView<ClassFrequencyData>,
  ): void;
}

interface Shown {
  readonly rows: ClassRows;
  readonly frequency: ClassFrequencyData;
  readonly ratio: GradientRatioData | undefined;
  readonly recall: RecallData | undefined;
  readonly chart: ChartView<ClassFrequencyData>;
}

export function ladderRows(groups: HTMLElement, actions: Actions, model: () => PanelModel): LadderRows {
  const band = el("div", { class: "band", hidden: true });
  const tip = el("div", { class: "tip", hidden: true });
  const heard = el("p", { class: "unseen", role: "status" });
  let ladder: HTMLElement;
  let shown: Shown | undefined;
  let active: number | undefined;

  function point(row: number | undefined, speak: boolean): void {
    active = row;
    const place = row === undefined || !shown ? undefined : rowPlace(shown, row, ladder);
    band.hidden = tip.hidden = !place;
    if (!place || !shown || row === undefined) return;
    band.style.top = `${place.top}px`;
    band.style.height = `${place.height}px`;
    fill(tip, ...tipContent(shown, row, model()));
    const above = place.top + place.height + 4 + tip.offsetHeight > ladder.clientHeight;
    tip.style.top = `${above ? Math.max(0, place.top - tip.offsetHeight - 4) : place.top + place.height + 4}px`;
    if (speak) setText(heard, spokenRow(tip));
  }
  function choose(row: number | undefined): void {
    const index = row === undefined ? undefined : shown?.rows.rows[row]?.index;
    if (model().experiment) actions.choose({ selected: index });
  }
  function pressed(event: KeyboardEvent): void {
    const last = (shown?.rows.rows.length ?? 0) - 1;
    const next = { ArrowDown: (active ?? -1) + 1, ArrowUp: (active ?? last + 1) - 1, Home: 0, End: last }[
      event.key
    ];
    if (next !== undefined) point(Math.min(last, Math.max(0, next)), true);
    else if (event.key === "Enter" && active !== undefined) choose(active);
    else if (event.key === "Escape") choose(undefined);
    else return;
    event.preventDefault();
  }
  return {
    attach(element) {
      ladder = element;
      element.append(band, tip, heard);
      element.tabIndex = 0;
      element.setAttribute("role", "group");
      element.setAttribute(
        "aria-label",
        t`Classes, head to tail. Arrow keys move, Enter shows a class by step.`,
      );
      element.addEventListener("pointermove", (event) => {
        const row = shown ? rowAt(shown, event, element) : undefined;
        if (row !== active) point(row, false);
      });
      element.addEventListener("pointerleave", () => point(undefined, false));
      element.addEventListener("blur", () => point(undefined, false));
      element.addEventListener("click", () => choose(active));
      element.addEventListener("keydown", pressed);
    },
    show(rows, frequency, ratio, recall, chart) {
      shown = { rows, frequency, ratio, recall, chart };
      showGroups(groups, rows, chart);
      if (active !== undefined) point(active < rows.rows.length ? active : undefined, false);
    },
  };
}

// Cells stand side by side, so that their text alone would run together.
function spokenRow(tip: HTMLElement): string {
  const rows = [...tip.querySelectorAll("p, tr")].map((row) =>
    [...(row.matches("tr") ? row.children : [row])].map((cell) => cell.textContent.trim()).join(" "),
  );
  return rows.join("; ");
}

// Chart.js knows where its rows are; the cells begin below the captions.
function rowPlace(
  { chart, rows }: Shown,
  row: number,
  ladder: HTMLElement,
): { top: number; height: number } | undefined {
  const [here, first, second] = [chart.pixel("y", row), chart.pixel("y", 0), chart.pixel("y", 1)];
  if (here === undefined || first === undefined || second === undefined) return undefined;
  const height = rows.rows.length > 1 ? second - first : 24;
  return { top: cellTop(ladder) + here - height / 2, height };
}

function rowAt({ chart, rows }: Shown, event: PointerEvent, ladder: HTMLElement): number | undefined {
  const [first, second] = [chart.pixel("y", 0), chart.pixel("y", 1)];
  if (first === undefined || second === undefined) return undefined;
  const y = event.clientY - ladder.getBoundingClientRect().top - cellTop(ladder);
  const row = Math.round((y - first) / (rows.rows.length > 1 ? second - first : 24));
  return row >= 0 && row < rows.rows.length ? row : undefined;
}

const cellTop = (ladder: HTMLElement): number => ladder.querySelector<HTMLElement>(".cell")?.offsetTop ?? 0;

/** Brackets of the groups, at the rows where the chart put them. */
function showGroups(element: HTMLElement, { groups }: ClassRows, chart: ChartView<ClassFrequencyData>): void {
  const [first, second] = [chart.pixel("y", 0), chart.pixel("y", 1)];
  if (first === undefined || second === undefined) return;
  const half = (second - first) / 2;
  const key = JSON.stringify([groups, first, half]);
  if (element.dataset["key"] === key) return;
  element.dataset["key"] = key;
  const brackets = groups.flatMap(({ name, first: from, last: to }) => {
    const top = (chart.pixel("y", from) ?? 0) - half + 3;
    const bottom = (chart.pixel("y", to) ?? 0) + half - 3;
    const bracket = el("i", {});
    bracket.style.top = `${top}px`;
    bracket.style.height = `${bottom - top}px`;
    const label = el("span", {}, name);
    label.style.top = `${(top + bottom) / 2 - 9}px`;
    return [bracket, label];
  });
  fill(element, ...brackets);
}

function tipContent(
  { rows, ratio, recall }: Shown,
  row: number,
  { series, dataset, counts, beta }: PanelModel,
): HTMLElement[] {
  const present = rows.rows[row];
  if (!present) return [];
  const group = rows.groups.find(({ first, last }) => row >= first && row <= last)?.name;
  const basis = dataset?.view.basis ?? "images";
  const title = el(
    "p",
    {},
    el("b", {}, named(present.name)),
    t`, class ${present.index}${group ? `, ${group}` : ""}: ${formatAmount(present.count, basis)}`,
  );
  const weight = classWeights(counts, { scheme: "effective", beta })[present.index] ?? 0;
  const weighs = el("p", { class: "muted" }, t`weight ${formatWeight(weight)} at β ${beta}`);
  const lines = series.flatMap((line) => {
    const gradient = ratio?.series.find(({ series: other }) => other.choice === line.choice)?.values[row];
    const recalled = recall?.series.find(({ series: other }) => other.choice === line.choice)?.values[row];
    if (gradient === undefined && recalled === undefined) return [];
    const recallText = recalled === undefined || Number.isNaN(recalled) ? "·" : `${fixed(recalled, 1)} %`;
    return [
      el(
        "tr",
        {},
        el("td", {}, seriesKey(line), ` ${line.title}`),
        el("td", { class: "num" }, gradient === undefined ? "·" : ratioWords(gradient)),
        el("td", { class: "num" }, recallText),
      ),
    ];
  });
  if (lines.length === 0) return [title, weighs];
  const head = el(
    "tr",
    {},
    el("th", {}, ""),
    el("th", { class: "num" }, "ratio"),
    el("th", { class: "num" }, recall?.measure.toLowerCase() ?? ""),
  );
  return [title, weighs, el("table", {}, head, ...lines)];
}
