/** A plain LSP client for tests: over streams in memory, or any pair of streams. */
import { PassThrough, type Readable, type Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import {
  type ClientCapabilities,
  type CodeAction,
  CodeActionRequest,
  type CodeLens,
  CodeLensRequest,
  CompletionRequest,
  ConfigurationRequest,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  DiagnosticRefreshRequest,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  type DocumentDiagnosticReport,
  DocumentDiagnosticRequest,
  DocumentSymbolRequest,
  ExitNotification,
  type FileChangeType,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  InlayHintRequest,
  LogMessageNotification,
  type MessageReader,
  MessageType,
  type MessageWriter,
  type Position,
  ProposedFeatures,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type Range,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  WorkDoneProgressCreateRequest,
  type WorkspaceDiagnosticReport,
  WorkspaceDiagnosticRequest,
} from "vscode-languageserver/node";
// Loaded with the tests, not within the time that the first of them waits for an answer.
import "../../server/manifestReading.ts";
import { type ServeOptions, serve } from "../../server/serve.ts";

export interface Started {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  /** Every publication so far, in order. */
  readonly published: PublishDiagnosticsParams[];
  readonly progressTokens: (string | number)[];
  /** How often the server asked to be asked again. */
  refreshed(): number;
  /** What the server logged as an error: a handler that threw. */
  readonly errors: string[];
  open(uri: string, text: string, languageId?: string): void;
  change(uri: string, version: number, text: string): void;
  save(uri: string): void;
  close(uri: string): void;
  watched(uri: string, type: FileChangeType): void;
  /** The newest diagnostics of a document once they satisfy `when`. */
  diagnostics(uri: string, when?: (found: Found[]) => boolean): Promise<Found[]>;
  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport>;
  pullWorkspace(previousResultIds?: { uri: string; value: string }[]): Promise<WorkspaceDiagnosticReport>;
  lenses(uri: string): Promise<CodeLens[] | null>;
  hover(uri: string, position: Position): ReturnType<typeof hoverType>;
  actions(uri: string, range: Range, diagnostics?: Diagnostic[]): Promise<CodeAction[]>;
  completion(uri: string, position: Position): Promise<unknown>;
  symbols(uri: string): Promise<unknown>;
  hints(uri: string, range: Range): Promise<unknown>;
  ask<R>(method: string, params?: unknown): Promise<R>;
  stop(): Promise<void>;
}

declare function hoverType(): Promise<string | undefined>;

/** The server writes messages as plain text. */
export type Found = Diagnostic & { readonly message: string };

export const allCapabilities: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true, resourceOperations: ["create", "rename", "delete"] },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: {
    publishDiagnostics: { relatedInformation: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
  window: { workDoneProgress: true },
};

/** A client that asks for diagnostics. */
export const pullCapabilities: ClientCapabilities = {
  ...allCapabilities,
  workspace: { ...allCapabilities.workspace, diagnostics: { refreshSupport: true } },
  textDocument: { ...allCapabilities.textDocument, diagnostic: { relatedDocumentSupport: false } },
};

export interface ClientOptions {
  readonly folders?: readonly string[];
  readonly capabilities?: ClientCapabilities;
  readonly settings?: unknown;
  /** Instead of `settings`: those of a folder. */
  readonly settingsFor?: (scope: string | undefined) => unknown;
  readonly initializationOptions?: unknown;
}

/** A server and its client in this process. */
export async function inMemory(options: ClientOptions & ServeOptions = {}): Promise<Started> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  // As reader and writer, or the library ends this process when the streams end.
  const reader = new StreamMessageReader(toServer);
  const writer = new StreamMessageWriter(toClient);
  const served = createConnection(ProposedFeatures.all, reader, writer);
  serve(served, { debounce: 10, ...options });
  served.listen();
  const client = await overStreams(toClient, toServer, options);
  return {
    ...client,
    async stop() {
      await client.connection.sendRequest(ShutdownRequest.type);
      client.connection.dispose();
      if (client.errors.length > 0) throw new Error(`the server logged: ${client.errors.join("; ")}`);
    },
  };
}

/** A client of a server that is at the other end of two streams. */
export function overStreams(
  fromServer: Readable,
  toServer: Writable,
  options: ClientOptions = {},
): Promise<Started> {
  return overMessages(new StreamMessageReader(fromServer), new StreamMessageWriter(toServer), options);
}

/** A client of a server that is at the other end of any transport. */
export async function overMessages(
  reader: MessageReader,
  writer: MessageWriter,
  options: ClientOptions = {},
): Promise<Started> {
  const connection = createProtocolConnection(reader, writer);
  const published: PublishDiagnosticsParams[] = [];
  const progressTokens: (string | number)[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    published.push(params);
    for (const look of waiting) look();
  });
  connection.onNotification(LogMessageNotification.type, ({ type, message }) => {
    if (type === MessageType.Error) errors.push(message);
  });
  connection.onRequest(ConfigurationRequest.type, ({ items }) =>
    items.map(({ scopeUri }) => options.settingsFor?.(scopeUri) ?? options.settings ?? {}),
  );
  connection.onRequest(RegistrationRequest.type, () => undefined);
  let refreshed = 0;
  connection.onRequest(DiagnosticRefreshRequest.type, () => void refreshed++);
  connection.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => void progressTokens.push(token));
  connection.listen();
  const initialized = await connection.sendRequest(InitializeRequest.type, {
    processId: null,
    rootUri: null,
    capabilities: options.capabilities ?? allCapabilities,
    initializationOptions: options.initializationOptions ?? { commands: true },
    workspaceFolders: (options.folders ?? []).map((path) => ({ uri: pathToFileURL(path).href, name: path })),
  });
  void connection.sendNotification(InitializedNotification.type, {});
  const notify = (sent: Promise<void>): void => void sent;

  return {
    connection,
    initialized,
    published,
    progressTokens,
    refreshed: () => refreshed,
    errors,
    open: (uri, text, languageId = "plaintext") =>
      notify(
        connection.sendNotification(DidOpenTextDocumentNotification.type, {
          textDocument: { uri, languageId, version: 1, text },
        }),
      ),
    change: (uri, version, text) =>
      notify(
        connection.sendNotification(DidChangeTextDocumentNotification.type, {
          textDocument: { uri, version },
          contentChanges: [{ text }],
        }),
      ),
    save: (uri) =>
      notify(connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } })),
    close: (uri) =>
      notify(connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } })),
    watched: (uri, type) =>
      notify(
        connection.sendNotification(DidChangeWatchedFilesNotification.type, { changes: [{ uri, type }] }),
      ),
    diagnostics: (uri, when = () => true) =>
      new Promise((resolve, reject) => {
        const seen = (): PublishDiagnosticsParams | undefined => published.findLast((p) => p.uri === uri);
        const limit = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no such diagnostics of ${uri}: ${JSON.stringify(seen())}`));
        }, 30_000);
        const look = (): void => {
          const newest = seen();
          if (!newest || !when(newest.diagnostics as Found[])) return;
          clearTimeout(limit);
          waiting.delete(look);
          resolve(newest.diagnostics as Found[]);
        };
        waiting.add(look);
        look();
      }),
    pull: (uri, previousResultId) =>
      connection.sendRequest(DocumentDiagnosticRequest.type, {
        textDocument: { uri },
        ...(previousResultId !== undefined && { previousResultId }),
      }),
    pullWorkspace: (previousResultIds = []) =>
      connection.sendRequest(WorkspaceDiagnosticRequest.type, { previousResultIds }),
    lenses: (uri) => connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } }),
    hover: async (uri, position) => {
      const found = await connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position });
      return found ? (found.contents as { readonly value: string }).value : undefined;
    },
    actions: async (uri, range, diagnostics = []) =>
      ((await connection.sendRequest(CodeActionRequest.type, {
        textDocument: { uri },
        range,
        context: { diagnostics },
      })) ?? []) as CodeAction[],
    completion: (uri, position) =>
      connection.sendRequest(CompletionRequest.type, { textDocument: { uri }, position }),
    symbols: (uri) => connection.sendRequest(DocumentSymbolRequest.type, { textDocument: { uri } }),
    hints: (uri, range) => connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range }),
    ask: (method, params) => connection.sendRequest(method, params),
    async stop() {
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      connection.dispose();
    },
  };
}
