/** The host of the Loss Lab panel: HTML, content security policy, relaying. The page keeps nothing that matters. */
import * as vscode from "vscode";
import { describeError } from "#protocol/dialogue.ts";
import type { Dataset, FromPanel, PanelSnapshot, ToPanel } from "#protocol/panel.ts";
import type { ExperimentId, ExperimentSnapshot, RunId } from "#protocol/training.ts";
import { followElsewhere } from "./elsewhere.ts";
import type { LanguageService } from "./languageClient.ts";
import type { Measuring } from "./measuring.ts";
import { createOutbox } from "./outbox.ts";
import { packed } from "./packed.ts";
import { datasetOf, readAdvice, readComparisons, readTraining } from "./panelSnapshot.ts";
import { folderOf, nameOf } from "./places.ts";
import { followRecordings, type Recordings } from "./recordings.ts";
import type { Training } from "./training.ts";
import { showPage } from "./webviewPage.ts";

const panelType = "equipoise.lossLab";
const memoryKey = "lossLab.manifest";
/** Milliseconds after which an empty page shows advice without waiting for the engine. */
const patience = 300;

/** What the page asks for beyond looking: commands do it. */
export type Intent = Exclude<
  FromPanel,
  { readonly kind: "ready" | "choose" | "cancel" | "show-recording" | "show-comparison" | "beside" }
>;

export interface LossLab extends vscode.Disposable {
  /** Opens the panel or brings it to the front; about this manifest, or the one it is about already. */
  open(manifest?: vscode.Uri): void;
  manifest(): vscode.Uri | undefined;
  /** Sends a message if the page is there to read it. */
  post(message: ToPanel): void;
  /** Reads everything anew and shows it. */
  refresh(): Promise<void>;
  /** A comparison is gone, or has another name. */
  comparisonsChanged(gone?: ExperimentId): Promise<void>;
  readonly onIntent: vscode.Event<Intent>;
  /** What the page says; tests speak for it. */
  hear(message: FromPanel): void;
  /** In tests the newest messages in both directions, newest last; else empty, as they hold all reports. */
  readonly sent: readonly ToPanel[];
  readonly received: readonly FromPanel[];
}

interface Parts {
  readonly extension: vscode.Uri;
  /** Remembers which manifest the panel is about, so that it survives a reload. */
  readonly memory: vscode.Memento;
  readonly language: LanguageService;
  readonly training: Training;
  readonly measuring: Measuring;
  readonly log: vscode.LogOutputChannel;
  readonly isTest: boolean;
}

/** Gives the host of one panel, which follows the experiment that it shows. */
export function createLossLab(parts: Parts): LossLab {
  const { language, training, measuring } = parts;
  const intents = new vscode.EventEmitter<Intent>();
  const sent: ToPanel[] = [];
  const received: FromPanel[] = [];
  let panel: vscode.WebviewPanel | undefined;
  let ready = false;
  let manifest: vscode.Uri | undefined;
  let snapshot: PanelSnapshot | undefined;
  let generation = 0;
  let following: vscode.Disposable | undefined;
  let reading = 0;
  let isLoading = false;
  let recordings: { readonly manifest: string; readonly runs: Recordings } | undefined;
  /** The run of another program that is shown in place of a comparison. */
  let recording: RunId | undefined;
  /** The earlier comparison that is shown in place of the newest. */
  let opened: ExperimentId | undefined;
  /** Comparisons beside the one that is shown, without their reports. */
  let beside: readonly ExperimentSnapshot[] = [];
  const outbox = createOutbox(async (update) => post({ kind: "update", update }));

  async function post(message: ToPanel): Promise<void> {
    if (!panel || !ready) return;
    if (parts.isTest) keep(sent, message);
    await panel.webview.postMessage(packed(message));
  }

  function hear(message: FromPanel): void {
    if (parts.isTest) keep(received, message);
    if (message.kind === "ready") {
      ready = true;
      void refresh(true);
    } else if (message.kind === "choose") choose(vscode.Uri.file(message.manifest));
    else if (message.kind === "cancel") choose(undefined);
    else if (message.kind === "show-recording") showRecording(message.id);
    else if (message.kind === "show-comparison") showComparison(message.id);
    else if (message.kind === "beside") void showBeside(message.ids);
    else intents.fire(message);
  }

  function choose(file: vscode.Uri | undefined): void {
    manifest = file;
    recording = undefined;
    opened = undefined;
    beside = [];
    snapshot = undefined;
    void parts.memory.update(memoryKey, file?.fsPath);
    if (panel) panel.title = titleOf(file);
    void refresh(true);
  }

  function show(next: PanelSnapshot): void {
    snapshot = next;
    isLoading = false;
    if (next.dataset) follow(next.dataset);
    outbox.flush();
    following?.dispose();
    following = next.experiment?.state.kind === "elsewhere" ? followOnDisk(next.experiment) : undefined;
    void post({ kind: "snapshot", snapshot: withRecordings(next) });
    if (training.isSilent()) void post({ kind: "silent", isSilent: true });
  }

  /** What another process trains. */
  function followOnDisk(experiment: ExperimentSnapshot): vscode.Disposable {
    return followElsewhere(training, experiment, {
      isSeen: () => panel !== undefined && ready && recording === undefined,
      more: (update) => outbox.add(update),
      anew: () => void readExperiment(),
    });
  }

  /** Only what may have changed on disk: the dataset and the advice are known. */
  async function readExperiment(): Promise<void> {
    const mine = generation;
    if (!manifest) return;
    const engine = await readComparisons(training, manifest, opened).catch(() => undefined);
    // Where it cannot be read, it is looked for again.
    if (snapshot && mine === generation) show({ ...snapshot, ...engine });
  }

  function withRecordings(known: PanelSnapshot): PanelSnapshot {
    const measurement = manifest && measuring.of(manifest);
    const base = {
      ...known,
      ...(beside.length > 0 ? { beside } : {}),
      ...(measurement ? { measurement } : {}),
    };
    const recorded = recordings?.runs.list() ?? [];
    const experiment = recording === undefined ? undefined : recordings?.runs.snapshot(recording);
    if (!experiment) return recorded.length > 0 ? { ...base, recorded } : base;
    return { ...base, recorded, experiment, recording: experiment.id };
  }

  /** Runs of other programs on the same classes; one that begins is shown unless a comparison runs. */
  function follow(dataset: Dataset): void {
    if (!manifest || recordings?.manifest === dataset.manifest) return;
    recordings?.runs.dispose();
    const runs = followRecordings(folderOf(manifest), dataset);
    recordings = { manifest: dataset.manifest, runs };
    runs.onList(() => void post({ kind: "recorded", recorded: runs.list() }));
    runs.onUpdate((update) => {
      if (update.experiment === recording) outbox.add(update);
    });
    runs.onLive((id) => {
      if (!training.isRunning()) showRecording(id);
    });
  }

  function showRecording(id: RunId | undefined): void {
    recording = id;
    // Our own comparison may have gone on meanwhile.
    if (id === undefined) void refresh();
    else if (snapshot) show(snapshot);
  }

  /**
   * Shows what server and engine know, together where the engine answers soon. A page that has nothing yet gets the
   * advice first; one that shows an experiment keeps it until there is a newer state of it.
   */
  async function refresh(isEmpty = false): Promise<void> {
    const mine = ++generation;
    const isCurrent = (): boolean => mine === generation && panel !== undefined && ready;
    try {
      reading++;
      const advice = await readAdvice(language, manifest).finally(() => reading--);
      if (!isCurrent()) return;
      if (!manifest || !advice.snapshot.dataset) {
        show(advice.snapshot);
        if (advice.problem) void post({ kind: "problem", message: advice.problem });
        return;
      }
      const known = readTraining(training, manifest, opened);
      const early = setTimeout(() => {
        if (isEmpty && isCurrent()) show(advice.snapshot);
      }, patience);
      const engine = await known.finally(() => clearTimeout(early));
      await measuring
        .recall(manifest)
        .catch((problem: unknown) => parts.log.warn(`advice: ${String(problem)}`));
      if (isCurrent()) show({ ...advice.snapshot, ...engine });
    } catch (problem) {
      parts.log.error(`panel: ${String(problem)}`);
      if (isCurrent()) void post({ kind: "problem", message: describeError(problem).message });
    }
  }

  function showComparison(id: ExperimentId | undefined): void {
    opened = id;
    recording = undefined;
    void refresh();
  }

  async function showBeside(ids: readonly ExperimentId[]): Promise<void> {
    if (!manifest) return;
    const folder = folderOf(manifest);
    try {
      const all = ids.map(
        (id) => beside.find((known) => known.id === id) ?? training.open(folder, id).then(withoutReports),
      );
      beside = await Promise.all(all);
      void post({ kind: "beside", experiments: beside });
    } catch (problem) {
      void post({ kind: "problem", message: describeError(problem).message });
    }
  }

  /** What the list says of comparisons, anew: one began, ended, got a name or is gone. */
  async function listComparisons(): Promise<void> {
    if (!manifest || !snapshot?.dataset) return;
    const comparisons = await training.list(manifest).catch(() => undefined);
    if (!comparisons || !snapshot) return;
    snapshot = { ...snapshot, comparisons };
    void post({ kind: "comparisons", comparisons });
  }

  function adopt(adopted: vscode.WebviewPanel): void {
    panel = adopted;
    ready = false;
    const { webview } = adopted;
    webview.onDidReceiveMessage(hear);
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(parts.extension, "media", `panel-${theme}.svg`);
    adopted.iconPath = { light: icon("light"), dark: icon("dark") };
    // The page of a hidden tab is destroyed; it says ready again when it is shown.
    adopted.onDidChangeViewState(() => {
      if (!adopted.visible) ready = false;
    });
    adopted.onDidDispose(() => {
      if (panel === adopted) panel = undefined;
      ready = false;
      following?.dispose();
      generation++;
    });
    showPage(webview, parts.extension, { name: "webview", title: vscode.l10n.t("Loss Lab") });
  }

  const subscriptions = [
    training.onUpdate((update) => {
      if (recording === undefined && update.experiment === snapshot?.experiment?.id) outbox.add(update);
      if (update.state.kind !== "running" && update.state.kind !== "preparing") void listComparisons();
    }),
    training.onSilence((isSilent) => void post({ kind: "silent", isSilent })),
    measuring.onChange((about) => {
      if (about.fsPath !== manifest?.fsPath) return;
      const measurement = measuring.of(about);
      void post({ kind: "measurement", ...(measurement ? { measurement } : {}) });
    }),
    training.onStart((experiment) => {
      if (!snapshot || experiment.plan.manifest !== manifest?.fsPath) return;
      recording = undefined;
      opened = undefined;
      const { opened: _, ...rest } = snapshot;
      show({ ...rest, experiment });
      void listComparisons();
    }),
    language.onReading(({ uri, read, total, unit }) => {
      // The last one comes after the analysis, when there is nothing left to wait for.
      if (!manifest || uri !== manifest.toString() || read >= total) return;
      isLoading = true;
      void post({ kind: "loading", name: nameOf(manifest), read, total, unit });
    }),
    language.onAnalysed(({ uri, analysis }) => {
      // Our own question is answered with an analysis too: that is no change.
      if (!manifest || reading > 0 || uri !== manifest.toString()) return;
      const dataset = analysis ? datasetOf(manifest, analysis) : undefined;
      if (!isLoading && JSON.stringify(dataset) === JSON.stringify(snapshot?.dataset)) return;
      if (snapshot?.dataset && JSON.stringify(dataset?.view) !== JSON.stringify(snapshot.dataset.view))
        measuring.forget(manifest);
      void refresh();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void refresh()),
    vscode.window.registerWebviewPanelSerializer(panelType, {
      async deserializeWebviewPanel(restored) {
        const path = parts.memory.get<string>(memoryKey);
        manifest ??= path ? vscode.Uri.file(path) : undefined;
        adopt(restored);
      },
    }),
  ];

  return {
    open(file) {
      const isOther = file !== undefined && file.fsPath !== manifest?.fsPath;
      if (isOther) choose(file);
      if (panel) panel.reveal(undefined, true);
      else adopt(vscode.window.createWebviewPanel(panelType, titleOf(manifest), vscode.ViewColumn.Beside));
    },
    manifest: () => manifest,
    post: (message) => void post(message),
    refresh,
    async comparisonsChanged(gone) {
      beside = beside.filter(({ id }) => id !== gone);
      if (gone !== undefined && gone === opened) opened = undefined;
      if (gone !== undefined && gone === snapshot?.experiment?.id) await refresh();
      else await listComparisons();
      void post({ kind: "beside", experiments: beside });
    },
    hear,
    onIntent: intents.event,
    sent,
    received,
    dispose() {
      following?.dispose();
      for (const subscription of subscriptions) subscription.dispose();
      intents.dispose();
      recordings?.runs.dispose();
      panel?.dispose();
    },
  };
}

function titleOf(manifest: vscode.Uri | undefined): string {
  return manifest ? vscode.l10n.t("Loss Lab: {0}", nameOf(manifest)) : vscode.l10n.t("Loss Lab");
}

/** What a table beside others needs. */
function withoutReports(experiment: ExperimentSnapshot): ExperimentSnapshot {
  return { ...experiment, runs: experiment.runs.map((run) => ({ ...run, epochs: [], gradients: [] })) };
}

function keep<T>(messages: T[], message: T): void {
  messages.push(message);
  if (messages.length > 200) messages.shift();
}
