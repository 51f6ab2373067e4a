/** Runs that other programs wrote, each with a button that shows it. */

import { formatCount } from "#engine/statistics/format.ts";
import { t } from "#protocol/l10n.ts";
import type { RecordedRun } from "#protocol/panel.ts";
import { button, el, fill, named } from "./dom.ts";
import type { Actions, View } from "./view.ts";

export function recordedView({ send }: Actions): View {
  const list = el("tbody", {});
  const element = el(
    "section",
    { class: "recorded", "aria-label": t`Runs of other programs` },
    el("header", {}, el("h2", {}, t`Runs of other programs`), el("small", {}, "from .equipoise/runs")),
    el("table", {}, el("thead", { class: "unseen" }, headRow()), list),
  );
  let key = "";
  const row = (run: RecordedRun, isShown: boolean): HTMLElement =>
    el(
      "tr",
      isShown ? { "aria-current": "true" } : {},
      el("th", { scope: "row" }, named(run.title)),
      el("td", { class: "muted" }, el("bdi", {}, run.id)),
      el("td", {}, stateWords[run.state]),
      el("td", { class: "num" }, t`step ${formatCount(run.step)}`),
      el(
        "td",
        { class: "num" },
        isShown
          ? button(t`Hide`, "link", () => send({ kind: "show-recording" }), {
              "aria-label": t`Hide ${run.id}`,
            })
          : button(t`Show`, "link", () => send({ kind: "show-recording", id: run.id }), {
              "aria-label": t`Show ${run.id}`,
              "data-focus": `show ${run.id}`,
            }),
      ),
    );
  return {
    element,
    show({ snapshot: { recorded = [], recording } }) {
      element.hidden = recorded.length === 0;
      const next = JSON.stringify([recorded, recording]);
      if (next === key) return;
      key = next;
      fill(list, ...recorded.map((run) => row(run, run.id === recording)));
    },
  };
}

const stateWords: Readonly<Record<RecordedRun["state"], string>> = {
  running: "running",
  finished: "finished",
  stopped: "stopped",
  failed: "failed",
};

function headRow(): HTMLElement {
  const names = [t`Loss`, t`Run`, t`State`, t`Step`, ""];
  return el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name)));
}
