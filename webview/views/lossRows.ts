/** The losses of the next run: one row each, with number fields in it and further settings below it on demand. */
import { t } from "#protocol/l10n.ts";
import { losses, type Parameter, type SamplerId, samplerIds, samplers } from "#protocol/losses.ts";
import { lossTitles } from "#protocol/titles.ts";
import type { ExperimentPlan, LossChoice } from "#protocol/training.ts";
import { select } from "./controls.ts";
import { el, fill } from "./dom.ts";
import { parameterFields } from "./parameterFields.ts";
import { seriesKey } from "./seriesKey.ts";

type Change = (changed: LossChoice) => void;

export interface LossRows {
  readonly element: HTMLElement;
  show(plan: ExperimentPlan): void;
}

/** Rows that edit the losses of a plan. */
export function lossRows(edit: (edits: Pick<ExperimentPlan, "losses">) => void): LossRows {
  const element = el("div", { class: "losses" });
  const open = new Set<number>();
  let shown: ExperimentPlan;

  function show(plan: ExperimentPlan): void {
    shown = plan;
    const titles = lossTitles(plan.losses);
    fill(element, ...plan.losses.map((choice, index) => row(choice, index, titles[index] ?? "")));
  }
  function row(choice: LossChoice, index: number, title: string): HTMLElement {
    const { losses: choices } = shown;
    const change: Change = (changed) => edit({ losses: choices.with(index, changed) });
    const remove = (): void => {
      open.clear();
      edit({ losses: choices.filter((_, other) => other !== index) });
    };
    const turn = (): void => {
      if (!open.delete(index)) open.add(index);
      show(shown);
    };
    const fields = parameterFields(choice, index, change);
    return el(
      "div",
      { class: "loss" },
      seriesKey({ slot: index < 5 ? index : -1 }),
      titleButton(choice, index, open.has(index), turn),
      el(
        "span",
        { class: "params" },
        ...(index === 0 && fields.length === 0 ? ["baseline"] : fields),
        index > 0 && removeButton(title, remove),
      ),
      open.has(index) && settings(choice, change),
    );
  }
  return { element, show };
}

function titleButton({ loss }: LossChoice, index: number, isOpen: boolean, turn: () => void): HTMLElement {
  const { title, effect } = losses[loss];
  const props = {
    class: "loss-title",
    title: t`${effect} Click for more settings.`,
    "aria-expanded": String(isOpen),
    "data-focus": `settings ${index}`,
  };
  return el("button", { type: "button", ...props, on: { click: turn } }, title);
}

function removeButton(title: string, remove: () => void): HTMLElement {
  const name = t`Remove ${title}`;
  return el(
    "button",
    { type: "button", class: "remove", "aria-label": name, title: name, on: { click: remove } },
    "×",
  );
}

/** Fields for the sampler and for the parameters that are no numbers. */
function settings(choice: LossChoice, change: Change): HTMLElement {
  const sampler = select<SamplerId>(t`Sampler`, (value) => change({ ...choice, sampler: value }));
  sampler.show(
    samplerIds.map((value) => ({ value, label: samplers[value].title })),
    choice.sampler,
  );
  const others = losses[choice.loss].parameters.filter(({ kind }) => kind !== "number");
  return el(
    "div",
    { class: "settings" },
    ...labelled(t`Sampler`, samplers[choice.sampler].description, sampler.element),
    ...others.flatMap((parameter) =>
      labelled(parameter.symbol, parameter.description, field(parameter, choice, change)),
    ),
  );
}

const labelled = (name: string, description: string, control: HTMLElement): HTMLElement[] => [
  el("span", { class: "field", title: description }, name),
  control,
];

function field(parameter: Parameter, choice: LossChoice, change: Change): HTMLElement {
  const value = choice.parameters[parameter.name] ?? parameter.default;
  const set = (chosen: string | boolean): void =>
    change({ ...choice, parameters: { ...choice.parameters, [parameter.name]: chosen } });
  const isFlag = parameter.kind === "flag";
  const label = t`${parameter.symbol} of ${losses[choice.loss].title}`;
  const control = select<string>(label, (chosen) => set(isFlag ? chosen === "true" : chosen));
  const options = isFlag
    ? [
        { value: "false", label: "off" },
        { value: "true", label: "on" },
      ]
    : (parameter.choices ?? []).map((name) => ({ value: name, label: name }));
  control.show(options, String(value));
  return control.element;
}
