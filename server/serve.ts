/** Wires the language server to a connection: the same over IPC, stdio and streams in memory. */

import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  type ServerCapabilities,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { t } from "#protocol/l10n.ts";
import { environmentNotification, type SelectedEnvironment } from "#protocol/language.ts";
import { type Analyst, inlineAnalyst } from "./analyst.ts";
import { answerWith } from "./answer.ts";
import { readClient } from "./client.ts";
import { createDocuments } from "./documents.ts";
import type { Client, House } from "./features/feature.ts";
import { features } from "./features/features.ts";
import { keyOf, pathOf, uriOf } from "./files.ts";
import { createNews } from "./news.ts";
import { projectsIn } from "./projects.ts";
import { settingsOf } from "./settings.ts";
import { followChanges } from "./sync.ts";
import { followTexts } from "./textChanges.ts";

export interface ServeOptions {
  /** Who analyses; by default this thread. */
  readonly analyst?: Analyst;
  /** Milliseconds of quiet after a keystroke before a document is read again. */
  readonly debounce?: number;
  /** Address of docs/findings.md where the client does not give one. */
  readonly documentation?: string;
  /** Of the extension. */
  readonly version?: string;
}

/** Files whose changes on disk can matter. */
const watchedFiles = "**/*.{txt,lst,list,csv,tsv,tab,json,jsonl,ndjson,gz,npy,parquet,zip,xml,yaml,yml,py}";

/** Registers everything on a connection; the caller then has it listen. */
export function serve(connection: Connection, options: ServeOptions = {}): void {
  const { analyst = inlineAnalyst, debounce = 300 } = options;
  const texts = followTexts();
  const open = new TextDocuments(texts.configuration);
  const news = createNews();
  const unsaved = new Set<string>();
  /** How the client has spelt the URI of a path. */
  const spellings = new Map<string, string>();
  let folders: readonly string[] = [];
  let environment: string | undefined;
  const settings = settingsOf(connection, () => folders);

  const log = (problem: unknown): void =>
    connection.console.error(problem instanceof Error ? (problem.stack ?? problem.message) : String(problem));

  /** The open document of a URI, however it is escaped. */
  function openAs(uri: string): TextDocument | undefined {
    const key = keyOf(uri);
    return (
      open.get(uri) ?? open.get(spellings.get(key) ?? uri) ?? open.all().find((one) => keyOf(one.uri) === key)
    );
  }

  /** The URI of a path as the client writes it. */
  function spelt(path: string): string {
    const uri = uriOf(path);
    return spellings.get(keyOf(uri)) ?? uri;
  }

  open.onDidOpen(({ document: { uri } }) => spellings.set(keyOf(uri), uri));
  open.onDidClose(({ document: { uri } }) => texts.forget(uri));

  const projects = projectsIn({
    openText: (path) => {
      const document = openAs(uriOf(path));
      return document && { uri: document.uri, text: document.getText() };
    },
    folders: () => folders,
    log,
  });
  const documents = createDocuments({
    analyst,
    projects,
    open: openAs,
    objective: (path) => settings.of(path).objective,
    stamp: texts.stamp,
    saved: (uri) => !unsaved.has(keyOf(uri)),
    started: news.started.tell,
    finished: news.finished.tell,
    log,
  });

  const changes = followChanges({ connection, open, documents, projects, news, unsaved, debounce, log });

  function initialize(params: InitializeParams): InitializeResult {
    const { documentation } = options;
    const client: Client = { ...(documentation && { documentation }), ...readClient(params) };
    folders = foldersOf(params);
    const house: House = {
      open,
      documents,
      analyst,
      projects,
      client,
      version: options.version ?? t`of the sources`,
      news,
      settings: settings.of,
      folders: () => folders,
      environment: () => environment,
      uriOf: spelt,
      settled: changes.settled,
      answer: answerWith(log),
      log,
    };
    for (const feature of features) feature.register(connection, house);
    connection.onInitialized(() => subscribe(client));
    connection.onNotification(environmentNotification, ({ path }: SelectedEnvironment) => {
      if (path === environment) return;
      environment = path;
      news.settings.tell();
    });
    connection.onDidChangeConfiguration(({ settings: sent }) => {
      if (client.configuration) askForSettings().catch(log);
      else {
        settings.use((sent as { readonly equipoise?: unknown } | null)?.equipoise);
        news.settings.tell();
      }
    });
    return {
      capabilities: capabilities(client),
      serverInfo: { name: "Equipoise", ...(options.version && { version: options.version }) },
    };
  }

  function subscribe(client: Client): void {
    if (client.watchedFiles) {
      const watchers = [{ globPattern: watchedFiles }];
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(log);
    }
    if (client.configuration) {
      const section = { section: "equipoise" };
      connection.client.register(DidChangeConfigurationNotification.type, section).catch(log);
      askForSettings().catch(log);
    }
    if (!client.workspaceFolders) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const left = removed.map(({ uri }) => pathOf(uri));
      const joined = added.flatMap(({ uri }) => pathOf(uri) ?? []);
      folders = [...folders.filter((folder) => !left.includes(folder)), ...joined];
      if (client.configuration) askForSettings().catch(log);
    });
  }

  async function askForSettings(): Promise<void> {
    await settings.ask();
    news.settings.tell();
  }

  connection.onInitialize(initialize);
  connection.onExit(() => analyst.dispose());
  open.listen(connection);
}

function capabilities(client: Client): ServerCapabilities {
  const sync: ServerCapabilities = {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
  return Object.assign(
    sync,
    ...features.map(({ capabilities: own }) => (typeof own === "function" ? own(client) : own)),
  );
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return uris.flatMap((uri) => pathOf(uri) ?? []);
}
