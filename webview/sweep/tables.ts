/** Tables of a sweep, each value with a bar and its interval as a line across it. */
import { fixed } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { SweepFigure, SweepStanding } from "#protocol/sweep.ts";
import type { SweepLook } from "#protocol/sweepRequests.ts";
import { bestText, groupTitles } from "#protocol/titles.ts";
import { button, el, svg } from "../views/dom.ts";

const thirds = ["head", "middle", "tail"] as const;

/** The best configurations; `insert` where they can be written into the project file. */
export function standingTable(
  { ranking, titles, seeds }: SweepLook,
  rows: number,
  insert: ((configuration: number) => void) | undefined,
): HTMLElement {
  const shown = ranking.standings.slice(0, rows);
  const most = scaleOf(shown.map(({ score }) => score));
  const head = [t`Configuration`, t`Score`, "", ...thirds.map((group) => groupTitles[group]), t`Seeds`, ""];
  return el(
    "table",
    {},
    headOf(head, { 2: "bar" }),
    el("tbody", {}, ...shown.map((standing) => standingRow(standing, titles, seeds, most, insert))),
  );
}

function standingRow(
  { configuration, score, groups, seeds, failed }: SweepStanding,
  titles: readonly string[],
  planned: number,
  most: number,
  insert: ((configuration: number) => void) | undefined,
): HTMLElement {
  const title = titles[configuration] ?? "";
  const label = configuration === 0 ? t`${title} (baseline)` : title;
  const done = failed > 0 ? t`${seeds} of ${planned}, ${failed} failed` : `${seeds}/${planned}`;
  const take = insert && (() => insert(configuration));
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, label),
    el("td", {}, percent(score)),
    el("td", { class: "bar" }, figureBar(score, most)),
    ...thirds.map((group) => el("td", {}, percent(groups[group]))),
    el("td", {}, done),
    el(
      "td",
      { class: "take" },
      take &&
        button(t`Insert`, "link", take, {
          "aria-label": t`Insert ${title}`,
          "data-focus": `insert ${configuration}`,
        }),
    ),
  );
}

/** The best recall of each group of classes beside that of the baseline, and whose it is where it is ahead of that. */
export function groupTable({ ranking, titles }: SweepLook): HTMLElement {
  const { bestByGroup } = ranking;
  const most = scaleOf(bestByGroup.map(({ recall }) => recall));
  const rows = bestByGroup.map((best) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, groupTitles[best.group]),
      el("td", {}, percent(best.recall)),
      el("td", { class: "bar" }, figureBar(best.recall, most)),
      el("td", {}, best.baseline ? percent(best.baseline) : ""),
      el("td", { class: best.configuration === undefined ? "text muted" : "text" }, bestText(best, titles)),
    ),
  );
  const head = [t`Classes`, t`Recall`, "", t`Baseline`, t`Ahead of the baseline`];
  return el("table", {}, headOf(head, { 2: "bar", 4: "text" }), el("tbody", {}, ...rows));
}

/** `styles` by column. */
function headOf(texts: readonly string[], styles: Readonly<Record<number, string>>): HTMLElement {
  const cells = texts.map((text, column) => el("th", { scope: "col", class: styles[column] ?? "" }, text));
  return el("thead", {}, el("tr", {}, ...cells));
}

function percent(figure: SweepFigure | null): string {
  return figure ? fixed(100 * figure.mean, 1) : t`none`;
}

function scaleOf(figures: readonly SweepFigure[]): number {
  return figures.reduce((most, { mean, interval }) => Math.max(most, interval?.high ?? mean), 0) || 1;
}

/** The mean as a bar from 0, the interval as a line; told in words too. */
function figureBar({ mean, interval }: SweepFigure, most: number): SVGElement {
  const at = (share: number): number => (100 * share) / most;
  const words = interval
    ? t`${fixed(100 * interval.low, 1)} to ${fixed(100 * interval.high, 1)}`
    : fixed(100 * mean, 1);
  return svg(
    "svg",
    { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": words },
    svg("title", {}, words),
    svg("rect", { class: "mean", x: 0, y: 1, width: at(mean), height: 8 }),
    ...(interval
      ? [
          svg("rect", {
            class: "interval",
            x: at(interval.low),
            y: 4,
            width: Math.max(0.4, at(interval.high) - at(interval.low)),
            height: 2,
          }),
        ]
      : []),
  );
}
