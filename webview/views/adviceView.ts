/** Before any run: what the counts alone suggest. */
import { t } from "#protocol/l10n.ts";
import { losses } from "#protocol/losses.ts";
import { parameterText, samplerText } from "#protocol/titles.ts";
import type { LossChoice } from "#protocol/training.ts";
import { memo } from "../model/memo.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { shortSource } from "../verdict.ts";
import { button, el, fill } from "./dom.ts";
import type { Actions, View } from "./view.ts";

interface Advice {
  readonly choice: LossChoice;
  readonly why: string;
  readonly source: string;
}

export function adviceView({ send }: Actions): View {
  const list = el("ul", {});
  const limits = el("p", { class: "ghost" });
  const element = el(
    "section",
    { class: "advice", "aria-label": t`What the counts suggest` },
    el("header", {}, el("h2", {}, t`What the counts suggest`)),
    list,
    limits,
  );
  const show = memo((dataset: PanelModel["dataset"]) => {
    const recommendation = dataset?.recommendation;
    if (!recommendation) return;
    const all = [recommendation, ...recommendation.alternatives].map((advice): Advice => {
      const { loss, parameters, sampler, why, source } = advice;
      return { choice: { loss, parameters, sampler: sampler ?? "instance-balanced" }, why, source };
    });
    fill(
      list,
      ...all.map((advice) => adviceRow(advice, () => send({ kind: "insert", choice: advice.choice }))),
    );
    limits.textContent = recommendation.limits;
  });
  return {
    element,
    show({ dataset, experiment }) {
      element.hidden = experiment !== undefined || !dataset?.recommendation;
      show(dataset);
    },
  };
}

function adviceRow({ choice, why, source }: Advice, insert: () => void): HTMLElement {
  const { title } = losses[choice.loss];
  const setting = [parameterText(choice.loss, choice.parameters), samplerText(choice.sampler)]
    .filter((words) => words !== "")
    .join(", ");
  const focus = { "aria-label": t`Insert ${title}`, "data-focus": `insert ${choice.loss} ${setting}` };
  return el(
    "li",
    {},
    el("span", { class: "advised" }, el("span", {}, title), el("small", {}, setting)),
    el("span", { class: "reason" }, why),
    el("small", { class: "source", title: source }, shortSource(source)),
    button(t`Insert`, "link", insert, focus),
  );
}
