/** The parts of the panel in their places; panel.css moves them as the panel gets narrower. */
import type { PanelModel } from "../model/panelModel.ts";
import type { Theme } from "../theme.ts";
import { adjustmentView } from "./adjustmentView.ts";
import { adviceView } from "./adviceView.ts";
import { besideView } from "./besideView.ts";
import { comparisonsView } from "./comparisonsView.ts";
import { coursesView } from "./coursesView.ts";
import { el } from "./dom.ts";
import { emptyView } from "./emptyView.ts";
import { briefView, experimentView } from "./experimentView.ts";
import { headerView } from "./header.ts";
import { ladderView } from "./ladderView.ts";
import { measuredView } from "./measuredView.ts";
import { noticeView } from "./noticeView.ts";
import { recordedView } from "./recordedView.ts";
import { runsExports } from "./runsExports.ts";
import { runsView } from "./runsView.ts";
import { verdictView } from "./verdictView.ts";
import type { Actions, View } from "./view.ts";
import { weightsView } from "./weightsView.ts";

/** Builds the panel inside an element. */
export function panelView(actions: Actions): View {
  let model: PanelModel | undefined;
  const header = headerView(actions, () => (model ? runsExports(actions, model) : []));
  const inputs = [experimentView(actions)];
  const results = [
    runsView(actions),
    comparisonsView(actions),
    besideView(actions),
    measuredView(actions),
    recordedView(actions),
    adviceView(actions),
    ladderView(actions),
    coursesView(actions),
    adjustmentView(actions),
  ];
  const weights = weightsView(actions);
  const top = [header, verdictView(actions), noticeView(actions), briefView(actions)];
  const empty = emptyView(actions);
  const columns = el(
    "div",
    { class: "cols" },
    el("div", { class: "inputs" }, ...inputs.map(({ element }) => element)),
    el("div", { class: "results" }, ...results.map(({ element }) => element)),
    el("div", { class: "below" }, weights.element),
  );
  const element = el("div", { class: "panel" }, ...top.map((view) => view.element), empty.element, columns);
  const views = [...top, empty, ...inputs, ...results, weights];
  return {
    element,
    show(next: PanelModel, theme: Theme) {
      model = next;
      columns.hidden = !next.dataset || next.state.loading !== undefined;
      element.classList.toggle("editing", next.choices.editing);
      element.classList.toggle(
        "stale",
        next.verdict?.tone === "warning" && next.experiment?.state.kind === "finished",
      );
      for (const view of views)
        if (!(columns.hidden && columns.contains(view.element))) view.show(next, theme);
    },
  };
}
