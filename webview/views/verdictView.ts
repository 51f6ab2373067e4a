/** The verdict: one sentence, its reasons, its buttons, and progress on its lower rule. */
import { t } from "#protocol/l10n.ts";
import type { PanelModel } from "../model/panelModel.ts";
import type { Action, Verdict } from "../verdict/phrases.ts";
import { button, el, fill, setAttribute, setText } from "./dom.ts";
import type { Actions, View } from "./view.ts";

export function verdictView(actions: Actions): View {
  const say = el("p", { class: "say" });
  const why = el("p", { class: "why" });
  const buttons = el("div", { class: "do" });
  const filled = el("i");
  const bar = el(
    "div",
    {
      class: "bar",
      role: "progressbar",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-label": t`Progress`,
    },
    filled,
  );
  const live = el("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const element = el("section", { class: "verdict", "aria-label": t`Verdict` }, say, why, buttons, bar, live);
  let newest: PanelModel;
  let pressed = "";

  const press = (action: Action): void => perform(action, newest, actions);
  return {
    element,
    show(model) {
      newest = model;
      const { verdict } = model;
      element.hidden = !verdict;
      if (!verdict) return;
      element.className = `verdict ${verdict.tone}`;
      showSentence(say, verdict);
      setText(why, verdict.why);
      const key = JSON.stringify(verdict.actions.map(({ label, primary }) => [label, primary]));
      if (key !== pressed) {
        pressed = key;
        fill(buttons, ...verdict.actions.map((action) => actionButton(action, press)));
      }
      showProgress(bar, filled, verdict);
      setText(live, verdict.spoken);
    },
  };

  // The action of the newest model, as the button may be older than it.
  function actionButton({ kind, label, primary }: Action, act: (action: Action) => void): HTMLElement {
    return button(label, primary ? "primary" : "second", () => {
      const present = newest.verdict?.actions.find((action) => action.kind === kind);
      if (present) act(present);
    });
  }
}

function showSentence(say: HTMLElement, verdict: Verdict): void {
  const phrases = verdict.say.filter(({ text }) => text !== "");
  const key = JSON.stringify(phrases);
  if (say.dataset["key"] === key) return;
  say.dataset["key"] = key;
  fill(say, ...phrases.map(({ text, strong }) => (strong ? el("b", {}, text) : text)));
}

function showProgress(bar: HTMLElement, filled: HTMLElement, { progress }: Verdict): void {
  bar.hidden = progress === undefined;
  const percent = Math.round((progress ?? 0) * 1000) / 10;
  setAttribute(bar, "aria-valuenow", String(Math.round(percent)));
  filled.style.width = `${percent}%`;
}

function perform(action: Action, { plan, experiment }: PanelModel, { send }: Actions): void {
  switch (action.kind) {
    case "run":
      if (plan) send({ kind: "start", plan });
      return;
    case "resume":
      if (experiment) send({ kind: "start", plan: experiment.plan });
      return;
    case "run-seeds":
      if (plan) send({ kind: "start", plan: { ...plan, seeds: action.seeds } });
      return;
    case "measure":
      send({ kind: "measure", seconds: action.seconds });
      return;
    case "insert":
      send({
        kind: "insert",
        choice: action.choice,
        ...(action.evidence === undefined ? {} : { evidence: action.evidence }),
      });
      return;
    case "copy-code":
      send({ kind: action.kind, choice: action.choice });
      return;
    default:
      send({ kind: action.kind });
  }
}
