/** Runs that other programs write into `.equipoise/runs`, followed while they grow. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { followRecording, type Recording, type RecordingDescription } from "#engine/runs/recording.ts";
import { withReports } from "#engine/statistics/logSteps.ts";
import { losses, lossIds } from "#protocol/losses.ts";
import type { Dataset, RecordedRun } from "#protocol/panel.ts";
import type {
  EpochReport,
  ExperimentSnapshot,
  ExperimentState,
  ExperimentUpdate,
  GradientReport,
  RunId,
  RunState,
} from "#protocol/training.ts";

/** The recorded runs on one dataset, for as long as it is shown. */
export interface Recordings extends vscode.Disposable {
  /** Newest first. */
  list(): readonly RecordedRun[];
  /** A run as an experiment of one loss and one seed; undefined where it is gone. */
  snapshot(id: RunId): ExperimentSnapshot | undefined;
  /** Looks once more, now. */
  look(): Promise<void>;
  /** Another state or another run in the list. */
  readonly onList: vscode.Event<void>;
  readonly onUpdate: vscode.Event<ExperimentUpdate>;
  /** A run that has begun, or is found while it grows. */
  readonly onLive: vscode.Event<RunId>;
}

interface Followed {
  readonly reader: Recording;
  epochs: readonly EpochReport[];
  gradients: readonly GradientReport[];
  seenLive: boolean;
}

/** Between two looks at files that change; ten updates a second are as many as the panel draws. */
const pace = 100;
/** Without news of changes, as some file systems send none. */
const patience = 2000;
/** A run without a sign of life for so long has lost its writer, whatever it says. */
const silence = 60_000;

/** Follows the runs in a folder that were made on classes like those of the dataset. */
export function followRecordings(folder: string, dataset: Dataset): Recordings {
  const lists = new vscode.EventEmitter<void>();
  const updates = new vscode.EventEmitter<ExperimentUpdate>();
  const lives = new vscode.EventEmitter<RunId>();
  const runs = join(folder, ".equipoise", "runs");
  const followed = new Map<string, Followed>();
  const strangers = new Set<string>();
  let looking: Promise<void> | undefined;
  let listed = "";
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;

  async function look(): Promise<void> {
    const names: readonly string[] = await readdir(runs).catch(() => []);
    for (const name of followed.keys()) if (!names.includes(name)) followed.delete(name);
    for (const name of names) {
      if (isDisposed) return;
      if (!strangers.has(name)) await readOn(name);
    }
    const key = JSON.stringify(list());
    if (key === listed) return;
    listed = key;
    lists.fire();
  }

  async function readOn(name: string): Promise<void> {
    const known = followed.get(name);
    const run = known ?? {
      reader: followRecording(join(runs, name)),
      epochs: [],
      gradients: [],
      seenLive: false,
    };
    const before = run.reader.description()?.state.kind;
    const { epochs, gradients, restarted } = await run.reader.read();
    const description = run.reader.description();
    if (!description) return;
    if (!known) {
      // Those of our own comparisons are shown as such.
      if (description.experiment !== description.id || !isAbout(description, dataset)) {
        strangers.add(name);
        return;
      }
      followed.set(name, run);
    }
    if (restarted) [run.epochs, run.gradients] = [[], []];
    run.epochs = withReports(run.epochs, epochs);
    run.gradients = withReports(run.gradients, gradients);
    if (!run.seenLive && description.state.kind === "running" && (await isGrowing(join(runs, name)))) {
      run.seenLive = true;
      lives.fire(description.id);
    }
    if (known && (gradients.length > 0 || before !== description.state.kind))
      updates.fire(updateOf(description, run, epochs, gradients));
  }

  function schedule(delay: number): void {
    if (isDisposed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      looking = look()
        .catch(() => {})
        .finally(() => {
          looking = undefined;
          schedule(patience);
        });
    }, delay);
    timer.unref();
  }

  function list(): readonly RecordedRun[] {
    const all = [...followed.values()].flatMap(({ reader, gradients }): RecordedRun[] => {
      const description = reader.description();
      if (!description) return [];
      const { id, state } = description;
      return [{ id, title: titleOf(description), state: state.kind, step: gradients.at(-1)?.step ?? 0 }];
    });
    return all.sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), ".equipoise/runs/*/*");
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const soon = (): void => {
    if (!looking) schedule(pace);
  };
  const listeners = [watcher.onDidChange(soon), watcher.onDidCreate(soon), watcher.onDidDelete(soon)];
  schedule(0);

  return {
    list,
    snapshot(id) {
      const run = [...followed.values()].find(({ reader }) => reader.description()?.id === id);
      const description = run?.reader.description();
      return run && description && snapshotOf(description, run, folder, dataset.manifest);
    },
    look,
    onList: lists.event,
    onUpdate: updates.event,
    onLive: lives.event,
    dispose() {
      isDisposed = true;
      clearTimeout(timer);
      for (const part of [watcher, ...listeners, lists, updates, lives]) part.dispose();
    },
  };
}

/** Whether a run was made on the same classes: by their names, or by how many there are of each. */
function isAbout({ classes, counts }: RecordingDescription, { view }: Dataset): boolean {
  if (classes.length !== view.classes.length) return false;
  return (
    view.classes.every(({ name }, index) => name === classes[index]) ||
    view.classes.every(({ count }, index) => count === counts[index])
  );
}

async function isGrowing(folder: string): Promise<boolean> {
  const info = await stat(join(folder, "scalars.jsonl")).catch(() => undefined);
  return info !== undefined && Date.now() - info.mtimeMs < silence;
}

const ownLoss = (loss: string) => lossIds.find((id) => id === loss);

function titleOf({ loss }: RecordingDescription): string {
  const own = ownLoss(loss);
  return own ? losses[own].title : loss === "" ? vscode.l10n.t("unknown loss") : loss;
}

function snapshotOf(
  description: RecordingDescription,
  { epochs, gradients }: Followed,
  folder: string,
  manifest: string,
): ExperimentSnapshot {
  const { id, seed, classes, counts } = description;
  return {
    id,
    plan: {
      manifest,
      folder,
      train: { inputs: "", labels: "" },
      inputs: "images",
      model: "linear",
      losses: [
        { loss: ownLoss(description.loss) ?? "cross-entropy", parameters: {}, sampler: "instance-balanced" },
      ],
      seeds: 1,
      epochs: Math.max(description.epochs ?? 0, gradients.at(-1)?.epoch ?? 1),
      batchSize: 0,
      learningRate: 0,
      momentum: 0,
      weightDecay: 0,
      objective: "balanced",
      backend: "auto",
    },
    classes,
    counts,
    testSamples: 0,
    backend: "",
    state: stateOf(description, gradients),
    runs: [{ id, choice: 0, seed, state: runStateOf(description, gradients), epochs, gradients }],
  };
}

function updateOf(
  description: RecordingDescription,
  run: Followed,
  epochs: readonly EpochReport[],
  gradients: readonly GradientReport[],
): ExperimentUpdate {
  const { id } = description;
  const state = runStateOf(description, run.gradients);
  return {
    experiment: id,
    state: stateOf(description, run.gradients),
    runs: [{ id, state }],
    epochs,
    gradients,
  };
}

function stateOf(
  { state, epochs, stepsPerEpoch }: RecordingDescription,
  gradients: readonly GradientReport[],
): ExperimentState {
  if (state.kind === "failed") return { kind: "failed", message: state.message };
  if (state.kind !== "running") return { kind: state.kind };
  const stepsDone = gradients.at(-1)?.step ?? 0;
  const planned = (epochs ?? 0) * (stepsPerEpoch ?? 0);
  return { kind: "running", startedAt: 0, stepsDone, stepsTotal: Math.max(planned, stepsDone) };
}

/** A finished run has no result of ours: what it measured stands in its reports. */
function runStateOf({ state }: RecordingDescription, gradients: readonly GradientReport[]): RunState {
  const { epoch = 1, step = 0 } = gradients.at(-1) ?? {};
  if (state.kind === "failed") return state;
  return { kind: state.kind === "running" ? "running" : "stopped", epoch, step };
}
