/** What the next run would do: losses with their parameters, data, model, budget, backend, and the button that starts it. */

import { formatCount } from "#engine/statistics/format.ts";
import { type BackendId, backendIds } from "#protocol/backends.ts";
import { t } from "#protocol/l10n.ts";
import { type LossId, losses, lossIds, withDefaults } from "#protocol/losses.ts";
import { learningRateFor, type ModelId, modelFits, modelIds, models } from "#protocol/project.ts";
import type { ExperimentPlan, LossChoice } from "#protocol/training.ts";
import { canMeasure, measuredSeconds } from "../model/measured.ts";
import type { PanelModel } from "../model/panelModel.ts";
import { runsSize } from "../model/plan.ts";
import { select } from "./controls.ts";
import { button, el, fill } from "./dom.ts";
import { lossRows } from "./lossRows.ts";
import { menu } from "./menu.ts";
import type { Actions, View } from "./view.ts";

export function experimentView(actions: Actions): View {
  let newest: PanelModel;
  const edit = (edits: Partial<ExperimentPlan>): void =>
    actions.choose({ edits: { ...newest.choices.edits, ...edits } });
  const addLoss = menu(t`Add loss`, () => additions(newest.plan, edit));
  const rows = lossRows(edit);
  const fields = el("div", { class: "fields" });
  const runbar = el("div", { class: "runbar" });
  const notes = el("div", {});
  const element = el(
    "section",
    { class: "experiment", "aria-label": t`Experiment` },
    el("header", {}, el("h2", {}, t`Experiment`), el("div", { class: "right" }, addLoss)),
    rows.element,
    fields,
    runbar,
    notes,
  );
  let key = "";
  return {
    element,
    show(model) {
      newest = model;
      const { plan, snapshot, experiment } = model;
      element.hidden = !model.dataset || snapshot.recording !== undefined;
      // Reports of a run change nothing here, and a rebuilt field would lose what is being typed.
      const next = JSON.stringify([
        plan,
        snapshot.proposal,
        snapshot.noProposal,
        snapshot.trusted,
        snapshot.measurement?.kind,
        experiment?.state.kind,
        experiment?.backend,
      ]);
      if (next === key || !model.dataset) return;
      key = next;
      addLoss.hidden = !plan;
      if (plan) {
        rows.show(plan);
        fill(fields, ...dataFields(model, plan, edit));
        fill(runbar, ...runButton(model, plan, actions));
      } else for (const part of [rows.element, fields, runbar]) fill(part);
      fill(notes, ...notesOn(model));
    },
  };
}

/** "4 losses, 5 seeds, 30 epochs, wasm": the experiment in a narrow panel. */
export function briefView(actions: Actions): View {
  const words = el("span", { class: "txt" });
  const edit = el("button", { type: "button", class: "link", "aria-expanded": "false" }, t`Edit`);
  const element = el("div", { class: "brief" }, el("span", {}, t`Experiment`), words, edit);
  let editing = false;
  edit.addEventListener("click", () => actions.choose({ editing: !editing }));
  return {
    element,
    show({ plan, choices, experiment, dataset, snapshot }) {
      element.hidden = !dataset || !plan || snapshot.recording !== undefined;
      if (!plan) return;
      editing = choices.editing;
      const backend = experiment?.backend.split(",")[0] ?? plan.backend;
      const size = `${plan.losses.length} ${plan.losses.length === 1 ? "loss" : "losses"}, ${plan.seeds} ${plan.seeds === 1 ? "seed" : "seeds"}`;
      words.textContent = t`${size}, ${formatCount(plan.epochs)} epochs, ${backend}`;
      edit.setAttribute("aria-expanded", String(editing));
      edit.textContent = editing ? t`Done` : t`Edit`;
    },
  };
}

type Edit = (edits: Partial<ExperimentPlan>) => void;

function additions(
  plan: ExperimentPlan | undefined,
  edit: Edit,
): readonly { label: string; press(): void }[] {
  if (!plan) return [];
  return lossIds.map((id: LossId) => ({
    label: losses[id].title,
    press: () => {
      const added: LossChoice = { loss: id, parameters: withDefaults(id, {}), sampler: "instance-balanced" };
      edit({ losses: [...plan.losses, added] });
    },
  }));
}

function dataFields({ snapshot, experiment }: PanelModel, plan: ExperimentPlan, edit: Edit): HTMLElement[] {
  const { proposal } = snapshot;
  const field = (label: string, ...parts: HTMLElement[]): HTMLElement[] => [
    el("span", { class: "field" }, label),
    ...parts,
  ];
  const fact = (words: string): HTMLElement => el("span", { class: "fact", title: words }, words);
  const model = select<ModelId>(t`Model`, (value) =>
    edit({ model: value, learningRate: learningRateFor(value, plan) }),
  );
  model.show(fittingModels(plan.inputs), plan.model);
  const epochs = select<string>(t`Epochs`, (value) => edit({ epochs: Number(value) }));
  epochs.show(budget([5, 10, 30, 60, 100, 200], plan.epochs, "epoch"), String(plan.epochs));
  const seeds = select<string>(t`Seeds`, (value) => edit({ seeds: Number(value) }));
  seeds.show(budget([1, 3, 5, 10], plan.seeds, "seed"), String(plan.seeds));
  const backend = select<BackendId | "auto">(t`Backend`, (value) => edit({ backend: value }));
  backend.show(backends(experiment?.backend), plan.backend);
  return [
    ...(proposal ? field(t`Data`, fact(proposal.inputs)) : []),
    ...field(t`Test on`, fact(testWords({ snapshot, experiment }))),
    ...field(t`Model`, model.element),
    ...field(t`Budget`, el("div", { class: "two" }, epochs.element, seeds.element)),
    ...field(t`Backend`, backend.element),
  ];
}

function testWords({
  snapshot,
  experiment,
}: {
  snapshot: PanelModel["snapshot"];
  experiment: PanelModel["experiment"];
}): string {
  if (snapshot.proposal) return snapshot.proposal.test;
  return experiment?.plan.test ? t`${formatCount(experiment.testSamples)} samples` : t`a fifth of each class`;
}

function fittingModels(inputs: ExperimentPlan["inputs"]): readonly { value: ModelId; label: string }[] {
  const fitting = modelIds.filter((id) => modelFits(id, inputs));
  return fitting.map((value) => ({ value, label: models[value].title }));
}

function backends(present: string | undefined): readonly { value: BackendId | "auto"; label: string }[] {
  return [
    { value: "auto", label: present ? t`auto (${present})` : "auto" },
    ...backendIds.map((value) => ({ value, label: value })),
  ];
}

function budget(
  usual: readonly number[],
  present: number,
  unit: string,
): readonly { value: string; label: string }[] {
  const numbers = [...new Set([...usual, present])].sort((a, b) => a - b);
  return numbers.map((value) => ({
    value: String(value),
    label: `${value} ${unit}${value === 1 ? "" : "s"}`,
  }));
}

function runButton(
  { snapshot, experiment }: PanelModel,
  plan: ExperimentPlan,
  { send }: Actions,
): (HTMLElement | false)[] {
  const busy = experiment?.state.kind === "running" || experiment?.state.kind === "preparing";
  const size = el("small", {}, runsSize(snapshot, plan));
  if (busy) return [button(t`Stop`, "second", () => send({ kind: "stop" })), size];
  const enough = plan.losses.length > 0 && snapshot.trusted;
  const isMeasuring = snapshot.measurement?.kind === "running";
  const start = button(startLabel(experiment, plan), "second", () => send({ kind: "start", plan }), {
    disabled: !enough || isMeasuring,
  });
  // Before any comparison the verdict offers it.
  const measure =
    experiment !== undefined &&
    canMeasure(plan) &&
    button(
      t`Measure for ${measuredSeconds} s`,
      "second",
      () => send({ kind: "measure", seconds: measuredSeconds }),
      {
        disabled: !snapshot.trusted || isMeasuring,
        title: t`Tries losses, their settings and samplers on validation splits of the training data`,
      },
    );
  const sweep = button(t`Sweep…`, "second", () => send({ kind: "sweep" }), {
    disabled: !snapshot.trusted,
    title: t`Plans many trials of losses, parameters and seeds for this machine or a cluster`,
  });
  return [start, measure, sweep, size];
}

// The same plan goes on where it was interrupted; another one begins anew.
function startLabel(experiment: PanelModel["experiment"], plan: ExperimentPlan): string {
  if (!experiment) return t`Run`;
  const interrupted = experiment.state.kind === "stopped" || experiment.state.kind === "failed";
  return interrupted && JSON.stringify(experiment.plan) === JSON.stringify(plan) ? t`Resume` : t`Run again`;
}

function notesOn({ snapshot, plan, experiment }: PanelModel): HTMLElement[] {
  const notes = plan
    ? [...new Set([...(snapshot.proposal?.notes ?? []), ...(experiment?.notes ?? [])])]
    : [snapshot.noProposal ?? t`Looking for training data.`];
  return notes.map((note) => el("p", { class: "ghost" }, note));
}
