/** Starts the language server and speaks its own requests with it. */

import * as vscode from "vscode";
import type {
  DocumentSelector,
  LanguageClient,
  LanguageClientOptions,
  ServerOptions,
  TransportKind,
  WorkspaceEdit,
} from "vscode-languageclient/node";
import type { Analysis, Basis } from "#protocol/analysis.ts";
import {
  type Analysed,
  type AnalyseParams,
  type AnalyseResult,
  acceptRequest,
  analysedNotification,
  analyseRequest,
  environmentNotification,
  type FindingsResult,
  findingsRequest,
  type InsertLossParams,
  insertLossRequest,
  type LossCodeParams,
  lossCodeRequest,
  type ManifestsResult,
  manifestsRequest,
  type ReadingProgress,
  type RowsParams,
  type RowsResult,
  readingNotification,
  rowsRequest,
  type SamplerCodeParams,
  type ScriptEdit,
  type ScriptEditParams,
  type SelectedEnvironment,
  type ServerStatus,
  samplerCodeRequest,
  scriptEditRequest,
  statusRequest,
} from "#protocol/language.ts";
import { languageEnvironment } from "./translations.ts";

/** What the rest of the client asks the server for. Requests wait until the server has started. */
export interface LanguageService extends vscode.Disposable {
  /** Settles when the server has started. */
  readonly ready: Promise<void>;
  /** Undefined where the file is no manifest. `asked`: a person named it, so that weaker evidence is enough. */
  analyse(file: vscode.Uri, options?: { basis?: Basis; asked?: boolean }): Promise<Analysis | undefined>;
  manifests(): Promise<ManifestsResult>;
  /** The edit that writes a loss into the configuration; undefined where nothing would change. */
  insertion(params: InsertLossParams): Promise<vscode.WorkspaceEdit | undefined>;
  lossCode(params: LossCodeParams): Promise<string>;
  samplerCode(params: SamplerCodeParams): Promise<string>;
  scriptEdit(params: ScriptEditParams): Promise<ScriptEdit>;
  rows(params: RowsParams): Promise<RowsResult>;
  /** The Python environment that is selected; undefined where none is. */
  selectEnvironment(path: string | undefined): void;
  /** Undefined where the server does not answer. */
  status(): Promise<ServerStatus | undefined>;
  findings(): Promise<FindingsResult>;
  /** The edit that accepts all present findings; undefined where there is none. */
  acceptance(): Promise<vscode.WorkspaceEdit | undefined>;
  restart(): Promise<void>;
  readonly onAnalysed: vscode.Event<Analysed>;
  readonly onReading: vscode.Event<ReadingProgress>;
  stop(): Promise<void>;
}

/** Files that may be manifests or training configurations; the server looks inside and is silent on all others. */
const patterns = [
  "**/*.{json,jsonl,ndjson,manifest}",
  "**/*.{pbtxt,label,labels}",
  "**/{label,labels}",
  "**/*.{csv,tsv,tab}",
  "**/*.{txt,lst,list}",
  "**/*.{yaml,yml,xml}",
  "**/*.{py,js,mjs,cjs,ts,mts,cts}",
];

const documentSelector: DocumentSelector = patterns.map((pattern) => ({ scheme: "file", pattern }));

/** Watched on disk, open or not. Inputs are watched too, as findings speak about missing files. */
const watched =
  "**/{*.json,*.jsonl,*.ndjson,*.manifest,*.pbtxt,*.parquet,label,*.csv,*.tsv,*.tab,*.txt,*.lst,*.list,*.gz,*.npy,*.zip,*.yaml,*.yml,*.xml,*.py}";

/** Starts the server without waiting for it. */
export function startLanguageService(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): LanguageService {
  const watcher = vscode.workspace.createFileSystemWatcher(watched);
  const analysed = new vscode.EventEmitter<Analysed>();
  const reading = new vscode.EventEmitter<ReadingProgress>();
  let client: LanguageClient | undefined;
  let stopped = false;

  async function start(): Promise<LanguageClient> {
    // The library is four fifths of what the extension would load: activation does not wait for it.
    await new Promise(setImmediate);
    const library = await import("./languageLibrary.ts");
    const made = new library.LanguageClient(
      "equipoise",
      "Equipoise",
      serverOptions(context, library.TransportKind.ipc),
      clientOptions(log, watcher),
    );
    made.onNotification(analysedNotification, (message: Analysed) => analysed.fire(asWeWrite(message)));
    made.onNotification(readingNotification, (message: ReadingProgress) => reading.fire(asWeWrite(message)));
    client = made;
    if (!stopped) await made.start();
    return made;
  }

  const started = start();
  const ready = started.then(() => {});
  ready.catch((problem: unknown) => log.error(`The language server did not start: ${String(problem)}`));

  async function request<Params, Result>(method: string, params: Params): Promise<Result> {
    const running = await started;
    return running.sendRequest<Result>(method, params);
  }

  async function editOf(edit: WorkspaceEdit | null): Promise<vscode.WorkspaceEdit | undefined> {
    return edit ? (await started).protocol2CodeConverter.asWorkspaceEdit(edit) : undefined;
  }

  return {
    ready,
    async analyse(file, options = {}) {
      const params: AnalyseParams = { uri: file.toString(), ...options };
      return (await request<AnalyseParams, AnalyseResult>(analyseRequest, params)) ?? undefined;
    },
    manifests: async () => (await request<null, ManifestsResult>(manifestsRequest, null)).map(asWeWrite),
    async insertion(params) {
      const edit = await request<InsertLossParams, WorkspaceEdit | null>(insertLossRequest, params);
      return editOf(edit);
    },
    scriptEdit: (params) => request<ScriptEditParams, ScriptEdit>(scriptEditRequest, params),
    lossCode: (params) => request<LossCodeParams, string>(lossCodeRequest, params),
    samplerCode: (params) => request<SamplerCodeParams, string>(samplerCodeRequest, params),
    rows: (params) => request<RowsParams, RowsResult>(rowsRequest, params),
    selectEnvironment(path) {
      const selected: SelectedEnvironment = path === undefined ? {} : { path };
      started.then(
        (running) => running.sendNotification(environmentNotification, selected),
        // That it did not start is in the log already.
        () => undefined,
      );
    },
    async status() {
      if (!client?.isRunning()) return undefined;
      return (await request<null, ServerStatus | null>(statusRequest, null)) ?? undefined;
    },
    findings: () => request<null, FindingsResult>(findingsRequest, null),
    async acceptance() {
      const edit = await request<null, WorkspaceEdit | null>(acceptRequest, null);
      return editOf(edit);
    },
    restart: async () => (await started).restart(),
    onAnalysed: analysed.event,
    onReading: reading.event,
    async stop() {
      stopped = true;
      if (client?.needsStop()) await client.stop();
    },
    dispose() {
      watcher.dispose();
      analysed.dispose();
      reading.dispose();
    },
  };
}

/** The message with its URI as this editor writes it: servers escape paths in ways of their own. */
function asWeWrite<T extends { readonly uri: string }>(message: T): T {
  return { ...message, uri: vscode.Uri.parse(message.uri).toString() };
}

function serverOptions(context: vscode.ExtensionContext, transport: TransportKind): ServerOptions {
  // Explicit, or the server inherits --inspect-brk from a debugged extension host.
  const options = {
    execArgv: ["--max-old-space-size=2048"],
    env: { ...process.env, ...languageEnvironment() },
  };
  const run = { module: context.asAbsolutePath("dist/server.cjs"), transport, options };
  return { run, debug: run };
}

function clientOptions(
  log: vscode.LogOutputChannel,
  watcher: vscode.FileSystemWatcher,
): LanguageClientOptions {
  return {
    documentSelector,
    // Lenses and hovers that call our commands are only for editors that have them.
    initializationOptions: { commands: true },
    synchronize: { fileEvents: watcher, configurationSection: "equipoise" },
    outputChannel: log,
    // A server that dies is started again; one that dies twenty times in three minutes has a mistake of ours.
    connectionOptions: { maxRestartCount: 20 },
    diagnosticPullOptions: { onChange: true },
    markdown: { isTrusted: { enabledCommands: hoverCommands }, supportHtml: false },
  };
}

/** Commands that a hover may link to. */
const hoverCommands = [
  "equipoise.openLossLab",
  "equipoise.compareLosses",
  "equipoise.insertLoss",
  "equipoise.copyAsPyTorch",
  "equipoise.switchBasis",
  "equipoise.showDocumentation",
];
