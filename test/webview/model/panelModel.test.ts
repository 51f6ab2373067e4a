import { expect, test } from "vitest";
import type { ToPanel } from "#protocol/panel.ts";
import { chosen, initialChoices } from "../../../webview/choices.ts";
import { panelModel } from "../../../webview/model/panelModel.ts";
import { initialState, reduce } from "../../../webview/state.ts";
import { recordedSnapshot } from "../fixtures/experiment.ts";
import { recording } from "../fixtures/read.ts";

const snapshot = recordedSnapshot(recording, { done: 11 });
const state = reduce(initialState, { kind: "snapshot", snapshot });

const update: Extract<ToPanel, { kind: "update" }> = {
  kind: "update",
  update: {
    experiment: snapshot.experiment!.id,
    state: { kind: "running", startedAt: 0, stepsDone: 2, stepsTotal: 3 },
    runs: [],
    epochs: [],
    gradients: [],
  },
};

test("a training process that says nothing is told, until it answers or has ended", () => {
  const sayOf = (...messages: ToPanel[]): string | undefined =>
    panelModel(messages.reduce(reduce, state), initialChoices, undefined, "wide").verdict?.say[0]?.text;
  const silent = (isSilent: boolean): ToPanel => ({ kind: "silent", isSilent });
  expect(sayOf(silent(true))).toBe("The training process does not answer.");
  expect(sayOf(silent(true), silent(false))).toMatch(/leads so far/);
  const failed = { kind: "failed", message: "The training process ended." } as const;
  expect(sayOf(silent(true), { kind: "update", update: { ...update.update, state: failed } })).toMatch(
    /ended/,
  );
});

test("what a report does not change stays the same object, so that nothing is drawn in vain", () => {
  const before = panelModel(state, initialChoices, undefined, "wide");
  const after = panelModel(reduce(state, update), initialChoices, undefined, "wide");
  expect(after.legend).toBe(before.legend);
  expect(after.series).toBe(before.series);
  expect(after.names).toBe(before.names);
  expect(after.counts).toBe(before.counts);
});

test("the next run follows the last plan with the user's changes", () => {
  const choices = chosen(initialChoices, { edits: { epochs: 7 } });
  const { plan } = panelModel(state, choices, undefined, "wide");
  expect(plan).toEqual({ ...snapshot.experiment!.plan, epochs: 7 });
});

test("beta is the user's, else the plan's, else the usual one", () => {
  const beta = (value: number | undefined) =>
    panelModel(state, chosen(initialChoices, { beta: value }), undefined, "wide").beta;
  expect([beta(0.5), beta(undefined)]).toEqual([0.5, 0.9999]);
  expect(panelModel(initialState, initialChoices, undefined, "wide").beta).toBe(0.9999);
});

test("while a manifest is read the verdict is about that", () => {
  const loading = reduce(state, { kind: "loading", name: "b.json", read: 1, total: 4 });
  expect(panelModel(loading, initialChoices, undefined, "wide").verdict?.progress).toBe(0.25);
});

test("before the first message there is nothing to show and nothing fails", () => {
  const model = panelModel(initialState, initialChoices, undefined, "tiny");
  expect(model).toMatchObject({ names: [], series: [], summaries: [] });
  expect(model.verdict).toBeUndefined();
});
