/** All comparisons on the dataset, each with what can be done with it. */
import { formatCount, formatPercent } from "#engine/statistics/format.ts";
import type { ExperimentSummary } from "#protocol/experiments.ts";
import { t } from "#protocol/l10n.ts";
import { lossTitles } from "#protocol/titles.ts";
import { toggled } from "../choices.ts";
import { dateWords, nameOf, planWords } from "../model/comparisons.ts";
import { memo } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { button, el, fill, named, setAttribute, setText } from "./dom.ts";
import { menu } from "./menu.ts";
import type { Actions, View } from "./view.ts";

/** As many stand beside the one that is shown; more columns could not be read. */
const mostBeside = 3;

/** "Comparisons: 3", which opens and closes the list. */
export function comparisonsLink({ choose }: Actions): View {
  let listing = false;
  const element = button("", "link", () => choose({ listing: !listing }), { "data-focus": "comparisons" });
  return {
    element,
    show({ snapshot: { comparisons = [] }, choices }) {
      listing = choices.listing;
      element.hidden = comparisons.length === 0;
      setText(element, t`Comparisons: ${formatCount(comparisons.length)}`);
      setAttribute(element, "aria-expanded", String(listing));
    },
  };
}

export function comparisonsView(actions: Actions): View {
  let newest: PanelModel;
  const body = el("tbody", {});
  const element = el(
    "section",
    { class: "comparisons", "aria-label": t`Comparisons` },
    el(
      "header",
      {},
      el("h2", {}, t`Comparisons`),
      el("small", {}, t`newest first; tick those to see side by side`),
    ),
    el("table", {}, headRow(), body),
  );
  const show = memo(
    (
      comparisons: readonly ExperimentSummary[],
      shown: string | undefined,
      beside: PanelModel["snapshot"]["beside"],
      isBusy: boolean,
    ) => {
      const ticked = (beside ?? []).map(({ id }) => id);
      const isNewest = (one: ExperimentSummary): boolean => one === comparisons[0];
      fill(
        body,
        ...comparisons.map((one) =>
          row(one, { isShown: one.id === shown, isNewest: isNewest(one), isBusy, ticked }, actions),
        ),
      );
    },
  );
  return {
    element,
    show(model) {
      newest = model;
      const { snapshot, choices, experiment } = newest;
      const { comparisons = [], beside, recording } = snapshot;
      element.hidden = comparisons.length === 0 || !choices.listing || recording !== undefined;
      if (element.hidden) return;
      const isBusy = comparisons.some(({ state }) => state === "running");
      show(comparisons, experiment?.id, beside, isBusy);
    },
  };
}

function headRow(): HTMLElement {
  const cell = (label: string, style = ""): HTMLElement => el("th", { scope: "col", class: style }, label);
  const unseen = (label: string): HTMLElement =>
    el("th", { scope: "col" }, el("span", { class: "unseen" }, label));
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      unseen(t`Side by side`),
      cell(t`Comparison`),
      cell(t`Settings`, "wide"),
      cell(t`Best so far`, "wide"),
      cell(t`Balanced accuracy`, "num"),
      cell(t`State`, "wide"),
      unseen(t`Actions`),
    ),
  );
}

interface Place {
  readonly isShown: boolean;
  readonly isNewest: boolean;
  readonly isBusy: boolean;
  /** Ids of those that stand beside the one that is shown. */
  readonly ticked: readonly string[];
}

function row(one: ExperimentSummary, place: Place, actions: Actions): HTMLElement {
  const { id, plan, best } = one;
  const name = nameOf(one);
  const titles = lossTitles(plan.losses);
  return el(
    "tr",
    place.isShown ? { "aria-current": "true" } : {},
    el("td", {}, tick(one, place, actions)),
    el("th", { scope: "row", title: `${dateWords(one.started)}, ${id}` }, opener(one, name, place, actions)),
    el("td", { class: "muted wide cut", title: titles.join(", ") }, settingsWords(one)),
    el("td", { class: "wide" }, best ? (titles[best.choice] ?? "") : "·"),
    el("td", { class: "num" }, best ? formatPercent(best.balancedAccuracy) : "·"),
    el("td", { class: "muted wide" }, stateWords(one)),
    el("td", { class: "num" }, doing(one, name, place, actions)),
  );
}

/** "4 losses, linear head, 30 epochs, 5 seeds". */
function settingsWords({ plan }: ExperimentSummary): string {
  const count = plan.losses.length;
  const losses = count === 1 ? t`1 loss` : t`${formatCount(count)} losses`;
  return `${losses}, ${planWords(plan)}`;
}

function stateWords({ state, runs }: ExperimentSummary): string {
  const [done, all] = [formatCount(runs.finished), formatCount(runs.all)];
  if (state === "finished") return t`${all} runs`;
  if (state === "running") return t`running, ${done} of ${all}`;
  return state === "stopped" ? t`stopped, ${done} of ${all}` : t`failed, ${done} of ${all}`;
}

function tick(
  { id, state, title, started }: ExperimentSummary,
  { isShown, ticked }: Place,
  { send }: Actions,
): HTMLElement {
  const isTicked = ticked.includes(id);
  const isFull = ticked.length >= mostBeside && !isTicked;
  return el("input", {
    type: "checkbox",
    "aria-label": t`${title ?? dateWords(started)} side by side`,
    "data-focus": `beside ${id}`,
    checked: isTicked,
    // The one that is shown is there already; one that trains has no figures yet that stay.
    disabled: isShown || isFull || state === "running",
    title: isFull ? t`At most ${mostBeside} beside the one that is shown` : undefined,
    on: { change: () => send({ kind: "beside", ids: toggled(ticked, id) }) },
  });
}

function opener(
  { id }: ExperimentSummary,
  name: string,
  { isShown, isNewest }: Place,
  { send }: Actions,
): HTMLElement {
  if (isShown) return el("span", {}, named(name), el("small", {}, ` ${t`shown`}`));
  const open = button("", "link", () => send({ kind: "show-comparison", ...(isNewest ? {} : { id }) }), {
    "aria-label": t`Open ${name}`,
    "data-focus": `open ${id}`,
  });
  open.append(named(name));
  return open;
}

function doing(
  { id, plan, state }: ExperimentSummary,
  name: string,
  { isBusy }: Place,
  { send }: Actions,
): HTMLElement {
  const interrupted = state === "stopped" || state === "failed";
  const again = {
    label: interrupted ? t`Resume` : t`Run again`,
    press: () => send({ kind: "start", plan }),
  };
  return menu(
    "…",
    () => [
      ...(isBusy ? [] : [again]),
      { label: t`Rename`, press: () => send({ kind: "rename-comparison", id }) },
      { label: t`Delete`, press: () => send({ kind: "delete-comparison", id }) },
    ],
    t`Actions on ${name}`,
  );
}
