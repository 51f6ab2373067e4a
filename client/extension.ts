/** Activates and deactivates: starts the server, gives the engine, the panel, the views and the commands. */

import "./translations.ts";
import * as vscode from "vscode";
import type { Analysis } from "#protocol/analysis.ts";
import { commands, type RowsResult, type ServerStatus } from "#protocol/language.ts";
import type { FromPanel, ToPanel } from "#protocol/panel.ts";
import { registerCommands, tellProblem } from "./commands/commands.ts";
import { followManifests } from "./contexts.ts";
import { createEngine } from "./engineProcess.ts";
import { provideTexts } from "./generatedText.ts";
import { createKnownAnalyses } from "./knownAnalyses.ts";
import { startLanguageService } from "./languageClient.ts";
import { watchLargeFiles } from "./largeFiles.ts";
import { createMeasuring } from "./measuring.ts";
import { createLossLab } from "./panel.ts";
import { servePanel } from "./panelIntents.ts";
import { followPythonEnvironment } from "./pythonEnvironment.ts";
import { createRaySweeps } from "./raySweeps.ts";
import { resumeTraining } from "./resuming.ts";
import type { Services } from "./services.ts";
import { threadCount } from "./settings.ts";
import { provideSweepEditor } from "./sweepEditor.ts";
import { createTraining, type Watched } from "./training.ts";
import { languageEnvironment } from "./translations.ts";
import { provideViewer } from "./viewer.ts";
import { showDatasets } from "./views/datasets.ts";
import { showRuns } from "./views/runs.ts";
import { showStatus } from "./views/status.ts";

/** What the tests inside the editor may look at. */
export interface ExtensionForTests {
  readonly serverReady: Promise<void>;
  analyse(file: vscode.Uri): Promise<Analysis | undefined>;
  serverStatus(): Promise<ServerStatus | undefined>;
  rows(file: vscode.Uri, from: number, count: number): Promise<RowsResult>;
  readonly toPanel: readonly ToPanel[];
  readonly fromPanel: readonly FromPanel[];
  /** As if the page had sent it. */
  hearPanel(message: FromPanel): void;
  enginePid(): number | undefined;
  experiment(): Watched | undefined;
}

let stop: (() => Promise<void>) | undefined;

/** Returns at once: the server starts meanwhile, and the engine only when it is asked something. */
export function activate(context: vscode.ExtensionContext): ExtensionForTests {
  const log = vscode.window.createOutputChannel("Equipoise", { log: true });
  const language = startLanguageService(context, log);
  const analyses = createKnownAnalyses(language.onAnalysed);
  const engine = createEngine(context.asAbsolutePath("dist/engine.cjs"), log, engineEnvironment);
  const training = createTraining(engine);
  const measuring = createMeasuring(training);
  const lab = createLossLab({
    extension: context.extensionUri,
    memory: context.workspaceState,
    language,
    training,
    measuring,
    log,
    isTest: context.extensionMode === vscode.ExtensionMode.Test,
  });
  const texts = provideTexts();
  const runsChanged = new vscode.EventEmitter<void>();
  const raySweeps = createRaySweeps(context, log, () => runsChanged.fire());
  const services: Services = {
    context,
    log,
    language,
    analyses,
    training,
    measuring,
    lab,
    engine,
    texts,
    raySweeps,
    runsChanged,
  };
  context.subscriptions.push(
    followPythonEnvironment(language, log),
    log,
    language,
    analyses,
    engine,
    training,
    measuring,
    lab,
    texts,
    runsChanged,
    registerCommands(services),
    servePanel(services),
    showStatus(services),
    showDatasets(services),
    showRuns(services),
    watchLargeFiles(services),
    followManifests(services),
    provideViewer(services),
    provideSweepEditor(services),
    training.onDeath((message) => tellProblem(services, message)),
    resumeTraining(training, context.storageUri ?? context.globalStorageUri, log),
    vscode.workspace.onDidChangeConfiguration((change) => {
      // In force from the start of the process; a comparison that runs keeps what it has.
      const concerned = ["equipoise.threads", "equipoise.engine"].some((name) =>
        change.affectsConfiguration(name),
      );
      if (concerned && !training.isRunning()) engine.rest();
    }),
  );
  stop = () => language.stop();
  void compareAtStart(services);
  return {
    serverReady: language.ready,
    analyse: (file) => language.analyse(file),
    serverStatus: language.status,
    rows: (file, from, count) => language.rows({ uri: file.toString(), from, count }),
    toPanel: lab.sent,
    fromPanel: lab.received,
    hearPanel: lab.hear,
    enginePid: engine.pid,
    experiment: training.current,
  };
}

export async function deactivate(): Promise<void> {
  await stop?.();
}

/** `npm start` names a manifest in EQUIPOISE_COMPARE: the panel then opens on it with a comparison running. */
async function compareAtStart({ context, language, log }: Services): Promise<void> {
  const manifest = process.env["EQUIPOISE_COMPARE"];
  // Once for each start of the editor, not again when its window is reloaded.
  const start = String(process.ppid);
  if (!manifest || context.workspaceState.get("comparedAtStart") === start) return;
  await context.workspaceState.update("comparedAtStart", start);
  try {
    await language.ready;
    const file = vscode.Uri.file(manifest);
    await vscode.window.showTextDocument(file, { preview: false });
    await vscode.commands.executeCommand(commands.compareLosses, file);
  } catch (problem) {
    log.error(`EQUIPOISE_COMPARE: ${String(problem)}`);
  }
}

function engineEnvironment(): Record<string, string> {
  const threads = threadCount();
  return { ...languageEnvironment(), ...(threads > 0 && { EQUIPOISE_THREADS: String(threads) }) };
}
