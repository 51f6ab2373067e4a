/** What the panel knows: a pure reducer over the messages of the extension. */

import { withReports } from "#engine/statistics/logSteps.ts";
import { t } from "#protocol/l10n.ts";
import type { Adjustment, PanelSnapshot, ToPanel } from "#protocol/panel.ts";
import type {
  EpochReport,
  ExperimentSnapshot,
  ExperimentUpdate,
  GradientReport,
  RunSnapshot,
} from "#protocol/training.ts";

export interface Loading {
  readonly name: string;
  /** Bytes, or files where `unit` says so. */
  readonly read: number;
  readonly total: number;
  readonly unit?: "files" | undefined;
}

/** One line below the verdict, until the next one or until it is closed. */
export interface Notice {
  readonly kind: "problem" | "inserted";
  readonly text: string;
}

export interface PanelState {
  /** Absent until the extension has answered. */
  readonly snapshot?: PanelSnapshot;
  /** A manifest that is being read. */
  readonly loading?: Loading;
  readonly notice?: Notice;
  /** The training process does not answer. */
  readonly silent?: boolean;
  /** The newest answer. */
  readonly adjustment?: Adjustment;
}

export const initialState: PanelState = {};

/** The state after a message; the same object where the message changes nothing. */
export function reduce(state: PanelState, message: ToPanel): PanelState {
  switch (message.kind) {
    case "snapshot":
      return afterSnapshot(state, message.snapshot);
    case "loading": {
      const { name, read, total, unit } = message;
      return { ...state, loading: { name, read, total, unit } };
    }
    case "update":
      return afterUpdate(state, message.update);
    case "recorded":
      if (!state.snapshot) return state;
      return { ...state, snapshot: { ...state.snapshot, recorded: message.recorded } };
    case "measurement": {
      if (!state.snapshot) return state;
      const { measurement: _, ...snapshot } = state.snapshot;
      const { measurement } = message;
      return { ...state, snapshot: measurement ? { ...snapshot, measurement } : snapshot };
    }
    case "silent":
      return { ...state, silent: message.isSilent };
    case "adjustment":
      return { ...state, adjustment: message.adjustment };
    case "comparisons":
      if (!state.snapshot) return state;
      return { ...state, snapshot: { ...state.snapshot, comparisons: message.comparisons } };
    case "beside":
      if (!state.snapshot) return state;
      return { ...state, snapshot: { ...state.snapshot, beside: message.experiments } };
    case "problem":
      return { ...withoutLoading(state), notice: { kind: "problem", text: message.message } };
    case "inserted":
      return { ...state, notice: { kind: "inserted", text: t`Inserted into ${message.file}.` } };
    default:
      return state;
  }
}

/** The state with the notice closed. */
export function withoutNotice(state: PanelState): PanelState {
  const { notice: _, ...rest } = state;
  return rest;
}

function withoutLoading(state: PanelState): PanelState {
  const { loading: _, ...rest } = state;
  return rest;
}

function afterSnapshot(state: PanelState, snapshot: PanelSnapshot): PanelState {
  const same = state.snapshot?.dataset?.manifest === snapshot.dataset?.manifest;
  if (!same) return { snapshot };
  const { notice, adjustment } = state;
  return { snapshot, ...(notice ? { notice } : {}), ...(adjustment ? { adjustment } : {}) };
}

// Updates of another experiment are late messages of one that has been replaced.
function afterUpdate(state: PanelState, update: ExperimentUpdate): PanelState {
  const experiment = state.snapshot?.experiment;
  if (!state.snapshot || experiment?.id !== update.experiment) return state;
  return { ...state, snapshot: { ...state.snapshot, experiment: updated(experiment, update) } };
}

function updated(experiment: ExperimentSnapshot, update: ExperimentUpdate): ExperimentSnapshot {
  const states = new Map(update.runs.map((run) => [run.id, run.state]));
  const epochs = byRun(update.epochs);
  const gradients = byRun(update.gradients);
  const touched = new Set([...states.keys(), ...epochs.keys(), ...gradients.keys()]);
  const runs = experiment.runs.map((run): RunSnapshot => {
    if (!touched.has(run.id)) return run;
    return {
      ...run,
      state: states.get(run.id) ?? run.state,
      epochs: withReports(run.epochs, epochs.get(run.id) ?? []),
      gradients: withReports(run.gradients, gradients.get(run.id) ?? []),
    };
  });
  const comparison = update.comparison ?? experiment.comparison;
  const { data, state } = update;
  return { ...experiment, ...data, state, runs, ...(comparison ? { comparison } : {}) };
}

function byRun<T extends EpochReport | GradientReport>(reports: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const report of reports) groups.set(report.run, [...(groups.get(report.run) ?? []), report]);
  return groups;
}
