import { describe, expect, test } from "vitest";
import type { PanelSnapshot, ToPanel } from "#protocol/panel.ts";
import type { EpochReport, ExperimentUpdate } from "#protocol/training.ts";
import { initialState, type PanelState, reduce, withoutNotice } from "../../webview/state.ts";
import { summaryOf } from "./fixtures/earlier.ts";
import { recordedSnapshot } from "./fixtures/experiment.ts";
import { measuring } from "./fixtures/measured.ts";
import { recording } from "./fixtures/read.ts";

const snapshot = recordedSnapshot(recording, { done: 11 });
const received = (...messages: ToPanel[]): PanelState => messages.reduce(reduce, initialState);
const shown = (state: PanelState) => state.snapshot!.experiment!;

function update(changes: Partial<ExperimentUpdate>): ToPanel {
  const state = { kind: "running", startedAt: 0, stepsDone: 1, stepsTotal: 2 } as const;
  return {
    kind: "update",
    update: { experiment: "2026-11-21-1", state, runs: [], epochs: [], gradients: [], ...changes },
  };
}

const epoch = (run: string, number: number): EpochReport => ({
  run,
  epoch: number,
  step: number * 97,
  loss: 1,
  accuracy: 0.5,
  balancedAccuracy: 0.5,
  recall: new Float32Array(10),
});

describe("the state of the panel", () => {
  test("a snapshot replaces everything that was known", () => {
    const state = received(
      { kind: "snapshot", snapshot },
      { kind: "snapshot", snapshot: { manifests: [], trusted: false } },
    );
    expect(state).toEqual({ snapshot: { manifests: [], trusted: false } });
  });

  test("the list of comparisons and those side by side change without the one that is shown", () => {
    const { experiment } = snapshot;
    const beside = { ...experiment!, id: "20260101-000000", runs: [] };
    const state = received(
      { kind: "snapshot", snapshot },
      { kind: "comparisons", comparisons: [summaryOf(experiment!)] },
      { kind: "beside", experiments: [beside] },
    );
    expect(state.snapshot).toEqual({
      ...snapshot,
      comparisons: [summaryOf(experiment!)],
      beside: [beside],
    });
  });

  test("a measurement comes, changes and goes", () => {
    const state = received({ kind: "snapshot", snapshot }, { kind: "measurement", measurement: measuring });
    expect(state.snapshot?.measurement).toBe(measuring);
    expect(reduce(state, { kind: "measurement" }).snapshot).toEqual(snapshot);
  });

  test("a snapshot ends loading", () => {
    const loading: ToPanel = { kind: "loading", name: "a.json", read: 1, total: 2 };
    expect(received(loading).loading).toEqual({ name: "a.json", read: 1, total: 2 });
    expect(received(loading, { kind: "snapshot", snapshot }).loading).toBeUndefined();
  });

  test("an update appends reports to their run and leaves the other runs alone", () => {
    const state = received(
      { kind: "snapshot", snapshot },
      update({ epochs: [epoch("2-2", 15), epoch("2-2", 16)] }),
    );
    const before = snapshot.experiment!.runs;
    expect(
      shown(state)
        .runs.find(({ id }) => id === "2-2")!
        .epochs.map((report) => report.epoch),
    ).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(
      shown(state)
        .runs.filter((run, index) => run !== before[index])
        .map(({ id }) => id),
    ).toEqual(["2-2"]);
  });

  test("a report that the snapshot has already is not taken twice", () => {
    const state = received(
      { kind: "snapshot", snapshot },
      update({ epochs: [epoch("2-2", 14), epoch("2-2", 15)] }),
    );
    expect(shown(state).runs.find(({ id }) => id === "2-2")!.epochs).toHaveLength(15);
  });

  test("an update changes the states of its runs", () => {
    const run = { id: "2-2", state: { kind: "failed", step: 1400, message: "no memory" } } as const;
    const state = received(
      { kind: "snapshot", snapshot },
      update({ runs: [run], state: { kind: "failed", message: "no memory" } }),
    );
    expect(shown(state).state).toEqual({ kind: "failed", message: "no memory" });
    expect(shown(state).runs.find(({ id }) => id === "2-2")!.state).toEqual(run.state);
  });

  test("an update without a comparison keeps the last one", () => {
    const state = received({ kind: "snapshot", snapshot }, update({}));
    expect(shown(state).comparison).toBe(snapshot.experiment!.comparison);
  });

  test("an update of another experiment changes nothing", () => {
    const state = received({ kind: "snapshot", snapshot });
    expect(reduce(state, update({ experiment: "older" }))).toBe(state);
  });

  test("an update before the first snapshot changes nothing", () => {
    expect(received(update({}))).toBe(initialState);
  });

  test("a problem is shown until it is closed, and stays over a snapshot of the same dataset only", () => {
    const problem: ToPanel = { kind: "problem", message: "No inputs were found." };
    const state = received({ kind: "snapshot", snapshot }, problem, { kind: "snapshot", snapshot });
    expect(state.notice).toEqual({ kind: "problem", text: "No inputs were found." });
    expect(withoutNotice(state).notice).toBeUndefined();
    const other: PanelSnapshot = { manifests: [], trusted: true };
    expect(reduce(state, { kind: "snapshot", snapshot: other }).notice).toBeUndefined();
  });

  test("an insertion says into which file", () => {
    expect(received({ kind: "inserted", file: "equipoise.yaml" }).notice?.text).toBe(
      "Inserted into equipoise.yaml.",
    );
  });

  test("a message of a kind that is not known changes nothing", () => {
    expect(reduce(initialState, { kind: "from the future" } as unknown as ToPanel)).toBe(initialState);
  });
});
