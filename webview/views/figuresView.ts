/** Further figures of each loss; open from the start where the usual ones are not recall alone. */
import { t } from "#protocol/l10n.ts";
import { lossTitles } from "#protocol/titles.ts";
import type { ExperimentSnapshot } from "#protocol/training.ts";
import { type Figures, figuresOf } from "../model/figures.ts";
import { memo } from "../model/memo.ts";
import { button, el, fill, setAttribute, setText } from "./dom.ts";
import type { Actions, View } from "./view.ts";

export function figuresView({ choose }: Actions): View {
  let isOpen = false;
  const toggle = button("", "link", () => choose({ figures: !isOpen }), { "data-focus": "figures" });
  const table = el("table", {});
  const element = el(
    "section",
    { class: "figures", "aria-label": t`Further figures` },
    el(
      "header",
      {},
      el("h2", {}, t`Further figures`),
      el("small", {}, t`%, means over seeds; none of them names a winner`),
      el("div", { class: "right" }, toggle),
    ),
    table,
  );
  const figures = memo((experiment: ExperimentSnapshot) => figuresOf(experiment));
  const fillTable = memo((shown: Figures, titles: string) =>
    fill(table, ...rowsOf(shown, JSON.parse(titles))),
  );
  return {
    element,
    show({ experiment, choices, snapshot }) {
      const shown = experiment && snapshot.recording === undefined ? figures(experiment) : undefined;
      element.hidden = !shown;
      if (!experiment || !shown) return;
      const { inputs, losses } = experiment.plan;
      isOpen = choices.figures ?? (inputs === "masks" || inputs === "crops");
      setText(toggle, isOpen ? t`Hide` : t`Show`);
      setAttribute(toggle, "aria-expanded", String(isOpen));
      table.hidden = !isOpen;
      if (isOpen) fillTable(shown, JSON.stringify(lossTitles(losses)));
    },
  };
}

function rowsOf({ columns, rows }: Figures, titles: readonly string[]): HTMLElement[] {
  const head = columns.map(({ title, description }) =>
    el("th", { scope: "col", class: "num", title: description }, title),
  );
  const body = rows.map(({ choice, values }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, titles[choice] ?? ""),
      ...values.map((value) => el("td", { class: "num" }, value)),
    ),
  );
  return [
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t`Loss`), ...head)),
    el("tbody", {}, ...body),
  ];
}
