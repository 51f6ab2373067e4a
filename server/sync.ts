/** Follows the editor and the disk, and has files looked at again when they changed. */
import { dirname } from "node:path";
import { type Connection, FileChangeType, type FileEvent, type TextDocuments } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Documents } from "./documents.ts";
import { isInside, keyOf, pathOf } from "./files.ts";
import { listeners } from "./listeners.ts";
import type { News } from "./news.ts";
import { isBaseline, isProjectFile, type Projects } from "./projects.ts";
import { untilAborted } from "./scanThread.ts";

export interface SyncOptions {
  readonly connection: Connection;
  readonly open: TextDocuments<TextDocument>;
  readonly documents: Documents;
  readonly projects: Projects;
  readonly news: News;
  /** Keys of the documents whose text is newer than the disk; kept up to date here. */
  readonly unsaved: Set<string>;
  /** Milliseconds of quiet before a changed file is read. */
  readonly debounce: number;
  log(problem: unknown): void;
}

export interface Changes {
  /** Resolves when a document was not typed in for a moment. Rejects with the reason of the signal. */
  settled(uri: string, signal: AbortSignal): Promise<void>;
}

/** Whether a file may hold labels of a data set of several files; our own runs lie in a hidden folder. */
function isPart(path: string): boolean {
  return /\.(txt|xml)$/i.test(path) && !/[\\/](\.|node_modules[\\/])/.test(path);
}

export function followChanges(options: SyncOptions): Changes {
  const { connection, open, documents, projects, news, unsaved, debounce, log } = options;
  const timers = new Map<string, NodeJS.Timeout>();
  const quiet = listeners<[key: string]>();
  const openedAt = new Map<string, number>();

  /** Looks at a file again: at an equipoise.yaml and what it governs, else at the manifest it may be. */
  async function refresh(uri: string): Promise<void> {
    const path = pathOf(uri);
    if (isBaseline(uri)) return news.accepted.tell();
    if (!isProjectFile(uri) || path === undefined) {
      await documents.known(uri);
      return;
    }
    news.project.tell(uri, await projects.read(path));
    await Promise.all(governedBy(path).map((manifest) => documents.known(manifest)));
  }

  function governedBy(project: string): string[] {
    return documents.uris().filter((manifest) => isInside(pathOf(manifest) ?? "", dirname(project)));
  }

  /** A promise for the end of the typing in a document, done at once where nobody types. */
  function quietOf(key: string): Promise<void> {
    if (!timers.has(key)) return Promise.resolve();
    return new Promise((resolve) => {
      const listening = quiet.add((one) => {
        if (one !== key) return;
        listening();
        resolve();
      });
    });
  }

  function openAs(uri: string): boolean {
    const key = keyOf(uri);
    return open.all().some((document) => keyOf(document.uri) === key);
  }

  function stopWaiting(uri: string): void {
    const key = keyOf(uri);
    clearTimeout(timers.get(key));
    if (timers.delete(key)) quiet.tell(key);
  }

  function refreshNow(uri: string): void {
    stopWaiting(uri);
    refresh(uri).catch(log);
  }

  function refreshSoon(uri: string): void {
    const key = keyOf(uri);
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => refreshNow(uri), debounce),
    );
  }

  function leave(uri: string): void {
    stopWaiting(uri);
    if (isBaseline(uri)) news.accepted.tell();
    else if (isProjectFile(uri)) {
      news.gone.tell(uri);
      // Without its unsaved text the file on disk is in force again.
      for (const manifest of governedBy(pathOf(uri) ?? "")) refreshNow(manifest);
    } else if (documents.isKept(uri)) refreshNow(uri);
    else {
      documents.forget(uri);
      news.gone.tell(uri);
    }
  }

  open.onDidOpen(({ document: { uri, version } }) => {
    openedAt.set(uri, version);
    refreshNow(uri);
  });
  open.onDidChangeContent(({ document: { uri, version } }) => {
    // The library reports opening as a change too.
    if (openedAt.get(uri) === version) return;
    unsaved.add(keyOf(uri));
    refreshSoon(uri);
  });
  open.onDidSave(({ document: { uri } }) => {
    unsaved.delete(keyOf(uri));
    refreshSoon(uri);
  });
  open.onDidClose(({ document: { uri } }) => {
    openedAt.delete(uri);
    unsaved.delete(keyOf(uri));
    leave(uri);
  });
  function changedOnDisk({ uri, type }: FileEvent): void {
    const path = pathOf(uri);
    if (path !== undefined) {
      if (type !== FileChangeType.Changed) news.disk.tell(path);
      if (isPart(path)) documents.partChanged(path).forEach(refreshSoon);
    }
    if (unsaved.has(keyOf(uri))) return;
    const isOurs = isProjectFile(uri) || isBaseline(uri);
    if (type === FileChangeType.Deleted && !openAs(uri) && !isOurs) {
      documents.forget(uri);
      news.gone.tell(uri);
    } else if (isOurs || documents.has(uri)) refreshSoon(uri);
  }

  connection.onDidChangeWatchedFiles(({ changes }) => changes.forEach(changedOnDisk));
  news.settings.add(() => documents.uris().forEach(refreshNow));
  connection.onShutdown(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });

  return {
    settled: (uri, signal) => untilAborted(quietOf(keyOf(uri)), signal),
  };
}
