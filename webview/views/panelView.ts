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
import { figuresView } from "./figuresView.ts";
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
  const words = [
    runsView(actions),
    figuresView(actions),
    comparisonsView(actions),
    besideView(actions),
    measuredView(actions),
    recordedView(actions),
    adviceView(actions),
  ];
  const charts = [ladderView(actions), coursesView(actions), adjustmentView(actions)];
  const weights = weightsView(actions);
  const top = [header, verdictView(actions), noticeView(actions), briefView(actions)];
  const empty = emptyView(actions);
  const columns = el(
    "div",
    { class: "cols" },
    el("div", { class: "inputs" }, ...inputs.map(({ element }) => element)),
    el("div", { class: "results" }, ...[...words, ...charts].map(({ element }) => element)),
    el("div", { class: "below" }, weights.element),
  );
  const element = el("div", { class: "panel" }, ...top.map((view) => view.element), empty.element, columns);
  const views = [...top, empty, ...inputs, ...words];
  const drawn = inTurn([...charts, weights], element);
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
      if (!columns.hidden) drawn.show(next, theme);
    },
  };
}

/**
 * Views that take long at first, as they make charts: on new data the words are on screen a frame before them, and each
 * gets a frame of its own. `panel` says in `data-drawing` while some are missing.
 */
function inTurn(views: readonly View[], panel: HTMLElement): Pick<View, "show"> {
  let waiting: View[] = [];
  let newest: { readonly model: PanelModel; readonly theme: Theme } | undefined;
  let about = "";

  function next(): void {
    const view = waiting.shift();
    if (!view || !newest) return;
    view.element.classList.remove("waiting");
    view.show(newest.model, newest.theme);
    wait();
  }
  function wait(): void {
    panel.toggleAttribute("data-drawing", waiting.length > 0);
    if (waiting.length > 0) requestAnimationFrame(next);
  }

  return {
    show(model, theme) {
      newest = { model, theme };
      const { dataset, experiment, snapshot } = model;
      const key = JSON.stringify([dataset?.manifest, experiment?.id, snapshot.recording]);
      if (key !== about) {
        about = key;
        const isIdle = waiting.length === 0;
        waiting = [...views];
        for (const view of views) view.element.classList.add("waiting");
        panel.toggleAttribute("data-drawing", true);
        if (isIdle) requestAnimationFrame(next);
      }
      for (const view of views) if (!waiting.includes(view)) view.show(model, theme);
    },
  };
}
