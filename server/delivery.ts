/**
 * How reports reach the client, each by one way only: open documents are asked for where the client can ask; files
 * that are not open are sent, until the client asks for those of the workspace.
 */
import type {
  Connection,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver";
import type { Board, Report } from "./board.ts";
import type { House } from "./features/feature.ts";
import { keyOf } from "./files.ts";
import { listeners } from "./listeners.ts";
import { untilAborted } from "./scanThread.ts";

export interface Delivery {
  /** What is said about these files may have changed. */
  tell(keys: Iterable<string>): void;
  /** Notes what a client was answered about an open document. */
  answered(uri: string, report: Report): void;
  /** A document was opened or closed: another way is its own from now on. */
  moved(uri: string): void;
  /** The files that are not open. Waits for news where the client knows everything already. */
  workspace(previous: readonly Previous[], signal: AbortSignal): Promise<WorkspaceDiagnosticReport>;
}

interface Previous {
  readonly uri: string;
  readonly value: string;
}

/** Milliseconds in which several changes become one request to the client to ask again. */
const pace = 50;

export function createDelivery(connection: Connection, house: House, board: Board): Delivery {
  const { client, open } = house;
  /** What was answered last about each open document. */
  const answers = new Map<string, string>();
  /** By key, the URI under which a file was last sent with diagnostics. */
  const sent = new Map<string, string>();
  const news = listeners<[]>();
  let asksForWorkspace = false;
  let refreshing: NodeJS.Timeout | undefined;

  const openUri = (key: string): string | undefined => open.all().find(({ uri }) => keyOf(uri) === key)?.uri;

  /** A key is a path, or the URI of a document that is in no file. */
  const uriOf = (key: string): string =>
    openUri(key) ?? (/^[a-z][\w+.-]+:[^\\]/i.test(key) ? key : house.uriOf(key));

  function send(key: string): void {
    const uri = uriOf(key);
    const { diagnostics } = board.report(key);
    const before = sent.get(key);
    if (diagnostics.length === 0 && before === undefined && !openUri(key)) return;
    if (before !== undefined && before !== uri) publish(before, []);
    publish(uri, diagnostics);
    if (diagnostics.length > 0) sent.set(key, uri);
    else sent.delete(key);
  }

  function publish(uri: string, diagnostics: Report["diagnostics"]): void {
    const version = open.get(uri)?.version;
    const params = { uri, diagnostics: [...diagnostics], ...(version !== undefined && { version }) };
    void connection.sendDiagnostics(params).catch(house.log);
  }

  function withdraw(key: string): void {
    const uri = sent.get(key);
    sent.delete(key);
    if (uri !== undefined) publish(uri, []);
  }

  function refreshSoon(): void {
    if (!client.diagnosticRefresh) return;
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      connection.languages.diagnostics.refresh().catch(house.log);
    }, pace);
  }

  function tellOne(key: string): void {
    const isOpen = openUri(key) !== undefined;
    if (!client.pullDiagnostics || (!isOpen && !asksForWorkspace)) send(key);
    else if (!isOpen) news.tell();
    else if (answers.has(key) && answers.get(key) !== board.report(key).resultId) refreshSoon();
  }

  function items(previous: readonly Previous[]): WorkspaceDocumentDiagnosticReport[] {
    const known = new Map(previous.map(({ uri, value }) => [keyOf(uri), value]));
    const keys = new Set([...board.keys(), ...known.keys()]);
    return [...keys].flatMap((key): WorkspaceDocumentDiagnosticReport[] => {
      if (openUri(key) !== undefined) return [];
      const { resultId, diagnostics } = board.report(key);
      const place = { uri: uriOf(key), version: null, resultId };
      if (known.get(key) === resultId) return [{ ...place, kind: "unchanged" }];
      return [{ ...place, kind: "full", items: [...diagnostics] }];
    });
  }

  connection.onShutdown(() => clearTimeout(refreshing));

  return {
    tell(keys) {
      for (const key of keys) tellOne(key);
    },
    answered: (uri, { resultId }) => void answers.set(keyOf(uri), resultId),
    moved(uri) {
      const key = keyOf(uri);
      answers.delete(key);
      if (!client.pullDiagnostics) return;
      if (openUri(key) !== undefined) withdraw(key);
      else tellOne(key);
    },
    async workspace(previous, signal) {
      if (!asksForWorkspace) {
        asksForWorkspace = true;
        for (const key of [...sent.keys()]) withdraw(key);
      }
      for (;;) {
        const found = items(previous);
        // Our own extension asks again as soon as it is answered; a person in another editor wants an answer.
        const waits = previous.length > 0 || client.commands;
        if (!waits || found.some(({ kind }) => kind === "full")) return { items: found };
        await untilAborted(nextNews(), signal);
      }
    },
  };

  function nextNews(): Promise<void> {
    return new Promise((resolve) => {
      const listening = news.add(() => {
        listening();
        // Several files often change together.
        setTimeout(resolve, pace);
      });
    });
  }
}
