/** What was measured when losses were tried: every candidate, why one was taken, what it cost. */
import { fixed, formatCount } from "#engine/statistics/format.ts";
import type { MeasuredAdvice } from "#protocol/advice.ts";
import { t } from "#protocol/l10n.ts";
import { metricTitles } from "#protocol/titles.ts";
import { type TitledCandidate, titledCandidates } from "../model/measured.ts";
import { memo } from "../model/memo.ts";
import { measuredSentence } from "../verdict/measured.ts";
import { joined, percentNumber } from "../verdict/phrases.ts";
import { button, el, fill } from "./dom.ts";
import { shareBar } from "./shareBar.ts";
import type { Actions, View } from "./view.ts";

/** Rows before "Show all". */
const most = 8;

export function measuredView({ send, choose }: Actions): View {
  const cost = el("small", {});
  const say = el("p", {});
  const why = el("p", { class: "ghost" });
  const head = el("thead", {});
  const body = el("tbody", {});
  const more = el("div", {});
  const element = el(
    "section",
    { class: "measured", "aria-label": t`Measured advice` },
    el("header", {}, el("h2", {}, t`Measured advice`), cost),
    say,
    why,
    el("table", {}, head, body),
    more,
  );
  const show = memo((advice: MeasuredAdvice, hasComparison: boolean, isWhole: boolean) => {
    cost.textContent = costWords(advice);
    // Before a comparison the verdict says both.
    for (const part of [say, why]) part.hidden = !hasComparison;
    say.textContent = joined(measuredSentence(advice));
    why.textContent = advice.why;
    fill(head, headRow(advice));
    const candidates = titledCandidates(advice);
    const scored = candidates.filter(({ score }) => score !== undefined);
    const best = Math.max(...scored.map(({ score = 0 }) => score));
    const shown = isWhole ? candidates : candidates.filter((one, index) => index < most || one.isChosen);
    const insert = (one: TitledCandidate): void =>
      send({ kind: "insert", choice: one.choice, ...(one.isChosen ? { evidence: advice.evidence } : {}) });
    fill(body, ...shown.map((one) => bodyRow(one, best, () => insert(one))));
    fill(
      more,
      candidates.length > most &&
        button(
          isWhole ? t`Show fewer` : t`Show all ${formatCount(candidates.length)}`,
          "link",
          () => choose({ allCandidates: !isWhole }),
          { "data-focus": "candidates" },
        ),
    );
  });
  return {
    element,
    show({ snapshot: { measurement, recording }, experiment, choices }) {
      element.hidden = measurement?.kind !== "done" || recording !== undefined;
      if (measurement?.kind === "done")
        show(measurement.advice, experiment !== undefined, choices.allCandidates);
    },
  };
}

function costWords({ seconds, splits, steps, allSteps, cutShort }: MeasuredAdvice): string {
  const on = splits === 1 ? t`one validation split` : t`${splits} validation splits`;
  const share = allSteps > 0 ? Math.max(1, Math.round((100 * steps) / allSteps)) : 100;
  const cost = t`${fixed(seconds, 0)} s, ${on}, ${share} % of the steps that all would take`;
  return cutShort ? `${cost}; ${t`the time ended before the race did`}` : cost;
}

function headRow({ metric }: MeasuredAdvice): HTMLElement {
  const cell = (label: string, style = ""): HTMLElement => el("th", { scope: "col", class: style }, label);
  return el(
    "tr",
    {},
    cell(t`Loss`),
    cell(metricTitles[metric].title, "num"),
    el("th", { scope: "col", class: "wide plot" }, el("span", { class: "unseen" }, t`Bar`)),
    cell(t`Epochs`, "num"),
    cell("", "wide"),
    el("th", { scope: "col" }, el("span", { class: "unseen" }, t`Actions`)),
  );
}

function bodyRow(one: TitledCandidate, best: number, insert: () => void): HTMLElement {
  const { title, score, epochs, isChosen, message, fate } = one;
  return el(
    "tr",
    { class: score === undefined ? "muted" : isChosen ? "lead" : "" },
    el("th", { scope: "row" }, title),
    el("td", { class: "num main" }, score === undefined ? "·" : `${percentNumber(score)} %`),
    el("td", { class: "plot wide" }, score === undefined ? undefined : shareBar(score / best)),
    // A look may lie within an epoch.
    el("td", { class: "num" }, fixed(epochs, Number.isInteger(epochs) ? 0 : 1)),
    el("td", { class: "muted wide", title: message }, isChosen ? t`taken` : fateWords(fate)),
    el(
      "td",
      { class: "num" },
      button(t`Insert`, "link", insert, {
        "aria-label": t`Insert ${title}`,
        "data-focus": `insert candidate ${title}`,
      }),
    ),
  );
}

function fateWords(fate: TitledCandidate["fate"]): string {
  switch (fate) {
    case "finished":
      return t`to the end`;
    case "dropped":
      return t`behind, dropped`;
    case "failed":
      return t`failed`;
    default:
      return t`not ended`;
  }
}
