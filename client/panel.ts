/** The host of the Loss Lab panel: HTML, content security policy, relaying. The page keeps nothing that matters. */
import * as vscode from "vscode";
import type { Analysis } from "#protocol/analysis.ts";
import { describeError } from "#protocol/dialogue.ts";
import type { Dataset, FromPanel, PanelSnapshot, ToPanel } from "#protocol/panel.ts";
import type { RunId } from "#protocol/training.ts";
import type { LanguageService } from "./languageClient.ts";
import { createOutbox } from "./outbox.ts";
import { packed } from "./packed.ts";
import { folderOf, nameOf } from "./places.ts";
import { followRecordings, type Recordings } from "./recordings.ts";
import { restrictedMode, type Training } from "./training.ts";
import { showPage } from "./webviewPage.ts";
import { mainView } from "./words.ts";

const panelType = "equipoise.lossLab";
const memoryKey = "lossLab.manifest";
/** Milliseconds after which an empty page shows advice without waiting for the engine. */
const patience = 300;

type EngineKnowledge = Pick<PanelSnapshot, "proposal" | "noProposal" | "experiment">;

/** What the page asks for beyond looking: commands do it. */
export type Intent = Exclude<FromPanel, { readonly kind: "ready" | "choose" | "cancel" | "show-recording" }>;

export interface LossLab extends vscode.Disposable {
  /** Opens the panel or brings it to the front; about this manifest, or the one it is about already. */
  open(manifest?: vscode.Uri): void;
  manifest(): vscode.Uri | undefined;
  /** Sends a message if the page is there to read it. */
  post(message: ToPanel): void;
  /** Reads everything anew and shows it. */
  refresh(): Promise<void>;
  readonly onIntent: vscode.Event<Intent>;
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
  readonly log: vscode.LogOutputChannel;
  readonly isTest: boolean;
}

/** Gives the host of one panel, which follows the experiment that it shows. */
export function createLossLab(parts: Parts): LossLab {
  const { language, training } = parts;
  const intents = new vscode.EventEmitter<Intent>();
  const sent: ToPanel[] = [];
  const received: FromPanel[] = [];
  let panel: vscode.WebviewPanel | undefined;
  let ready = false;
  let manifest: vscode.Uri | undefined;
  let snapshot: PanelSnapshot | undefined;
  let generation = 0;
  let reading = 0;
  let isLoading = false;
  let recordings: { readonly manifest: string; readonly runs: Recordings } | undefined;
  /** The run of another program that is shown in place of a comparison. */
  let recording: RunId | undefined;
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
    else intents.fire(message);
  }

  function choose(file: vscode.Uri | undefined): void {
    manifest = file;
    recording = undefined;
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
    void post({ kind: "snapshot", snapshot: withRecordings(next) });
  }

  function withRecordings(base: PanelSnapshot): PanelSnapshot {
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
      const advice = await readAdvice(parts, manifest).finally(() => reading--);
      if (!isCurrent()) return;
      if (!manifest || !advice.snapshot.dataset) {
        show(advice.snapshot);
        if (advice.problem) void post({ kind: "problem", message: advice.problem });
        return;
      }
      const known = readTraining(training, manifest);
      const early = setTimeout(() => {
        if (isEmpty && isCurrent()) show(advice.snapshot);
      }, patience);
      const engine = await known.finally(() => clearTimeout(early));
      if (isCurrent()) show({ ...advice.snapshot, ...engine });
    } catch (problem) {
      parts.log.error(`panel: ${String(problem)}`);
      if (isCurrent()) void post({ kind: "problem", message: describeError(problem).message });
    }
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
      generation++;
    });
    showPage(webview, parts.extension, { name: "webview", title: "Loss Lab" });
  }

  const subscriptions = [
    training.onUpdate((update) => {
      if (recording === undefined && update.experiment === snapshot?.experiment?.id) outbox.add(update);
    }),
    training.onStart((experiment) => {
      if (!snapshot || experiment.plan.manifest !== manifest?.fsPath) return;
      recording = undefined;
      show({ ...snapshot, experiment });
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
      if (isLoading || JSON.stringify(dataset) !== JSON.stringify(snapshot?.dataset)) void refresh();
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
    onIntent: intents.event,
    sent,
    received,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
      intents.dispose();
      recordings?.runs.dispose();
      panel?.dispose();
    },
  };
}

/** What the server knows: the dataset with its advice, or the manifests that could be opened instead. */
async function readAdvice(
  { language }: Parts,
  manifest: vscode.Uri | undefined,
): Promise<{ snapshot: PanelSnapshot; problem?: string }> {
  const trusted = vscode.workspace.isTrusted;
  const analysis = manifest && (await language.analyse(manifest, { asked: true }));
  const dataset = manifest && analysis && datasetOf(manifest, analysis);
  if (dataset) return { snapshot: { dataset, manifests: [], trusted } };
  const found = await language.manifests();
  const manifests = found.map(({ uri }) => {
    const file = vscode.Uri.parse(uri);
    return { path: file.fsPath, name: nameOf(file) };
  });
  const snapshot = { manifests, trusted };
  return manifest ? { snapshot, problem: unreadable(manifest, analysis) } : { snapshot };
}

function unreadable(file: vscode.Uri, analysis: Analysis | undefined): string {
  const reason =
    analysis?.findings[0]?.message ??
    vscode.l10n.t("it is no COCO, LVIS, CSV or TSV file and no list of paths with labels.");
  return vscode.l10n.t("{0} cannot be shown: {1}", nameOf(file), reason);
}

function datasetOf(file: vscode.Uri, analysis: Analysis): Dataset | undefined {
  const view = mainView(analysis);
  if (!view) return undefined;
  const { format, findings, recommendation } = analysis;
  const dataset = { manifest: file.fsPath, name: nameOf(file), format, view, findings };
  return recommendation ? { ...dataset, recommendation } : dataset;
}

/**
 * What the engine knows. A dataset without inputs has no proposal, and the panel says why. The experiment is asked
 * for last: reports that follow its snapshot are then newer than it.
 */
async function readTraining(training: Training, manifest: vscode.Uri): Promise<EngineKnowledge> {
  if (!vscode.workspace.isTrusted) return { noProposal: restrictedMode() };
  const proposed = await training.propose(manifest).then(
    (proposal) => ({ proposal }),
    (problem: unknown) => ({ noProposal: describeError(problem).message }),
  );
  const experiment = await training.latest(manifest);
  return experiment ? { ...proposed, experiment } : proposed;
}

function titleOf(manifest: vscode.Uri | undefined): string {
  return manifest ? vscode.l10n.t("Loss Lab: {0}", nameOf(manifest)) : vscode.l10n.t("Loss Lab");
}

function keep<T>(messages: T[], message: T): void {
  messages.push(message);
  if (messages.length > 200) messages.shift();
}
