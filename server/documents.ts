/** Open manifests and their cached analysis. The one owner of what is known about a file. */
import { stat } from "node:fs/promises";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Analysis, Basis, Objective } from "#protocol/analysis.ts";
import type { AnalysisJob, Analyst, ClassPlace, PlacesJob, ReadingListener } from "./analyst.ts";
import { isInside, keyOf, readingPath } from "./files.ts";
import { listeners } from "./listeners.ts";
import { manifestOf, type ProjectFile, type Projects } from "./projects.ts";
import { untilAborted } from "./scanThread.ts";
import { longText, type TextStamp } from "./textChanges.ts";

/** Characters above which an open document is read from disk, even where it has unsaved changes. */
const largestOpenText = 20_000_000;

/** A scan while it runs, for whoever shows its progress. */
export interface Scan {
  readonly uri: string;
  readonly done: Promise<unknown>;
  /** Calls back for each chunk or file read. */
  watch(listener: ReadingListener): void;
  /** Ends the scan for good: the file then counts as unread until it changes or is asked for again. */
  cancel(): void;
}

/** What is known of a file in one state of it. */
export interface Known {
  readonly uri: string;
  readonly path: string;
  /** Undefined where the file is no manifest. */
  readonly analysis: Analysis | undefined;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Switches the file to this basis, until another one is chosen. */
  readonly basis?: Basis;
  /** A person named the file as a manifest: weaker evidence is enough from now on. */
  readonly asked?: boolean;
  /** Scans anew where an earlier scan was cancelled or failed. */
  readonly again?: boolean;
  /** The file stays known, and is followed on disk, also while it is not open. */
  readonly keep?: boolean;
}

export interface Documents {
  /** What is known of the file's present state, scanning it where needed; undefined where there is no such file. */
  known(uri: string, options?: AskOptions): Promise<Known | undefined>;
  /** Where the classes of a manifest are first named or used; nothing for an open one that is very long. */
  classPlaces(uri: string): Promise<readonly ClassPlace[]>;
  /** What was known last, without waiting. */
  latest(uri: string): Known | undefined;
  /** Whether somebody asked to keep a file known while it is not open. */
  isKept(uri: string): boolean;
  /** Drops what is known of a file, and ends its scan. */
  forget(uri: string): void;
  /** Data sets that read the file as one of many: what is known of them is out of date from now on. */
  partChanged(path: string): readonly string[];
  /** Every file that something is known of, as it was last asked for. */
  uris(): readonly string[];
  /** Whether something is known of a file. */
  has(uri: string): boolean;
}

export interface DocumentsOptions {
  readonly analyst: Analyst;
  readonly projects: Projects;
  /** The open document of a URI. */
  open(uri: string): TextDocument | undefined;
  /** The state of the text of an open document. */
  stamp(uri: string): TextStamp;
  /** What training is for, where no equipoise.yaml says. */
  objective(path: string): Objective;
  /** Whether the text on screen is what the disk has, as far as the editor told. */
  saved(uri: string): boolean;
  started(scan: Scan): void;
  finished(known: Known): void;
  log(problem: unknown): void;
}

interface Content {
  /** Differs for what differs. */
  readonly stamp: string;
  /** Absent where the file on disk is to be read. */
  readonly text?: string;
  readonly state?: TextStamp;
}

interface State {
  readonly key: string;
  readonly job: AnalysisJob;
}

interface Entry {
  readonly uri: string;
  /** Of the state that was scanned. */
  readonly key: string;
  readonly controller: AbortController;
  readonly done: Promise<Known | undefined>;
  /** Whether it ended without a result, by a person's wish or by a mistake. */
  givenUp: boolean;
}

export function createDocuments(options: DocumentsOptions): Documents {
  const { analyst, projects } = options;
  const entries = new Map<string, Entry>();
  const newest = new Map<string, Known>();
  const bases = new Map<string, Basis>();
  const named = new Set<string>();
  const kept = new Set<string>();
  /** How often parts of a data set of several files have changed. */
  const changes = new Map<string, number>();
  const places = new Map<string, { readonly version: string; readonly found: Promise<ClassPlace[]> }>();

  async function stateOf(uri: string): Promise<State | undefined> {
    const path = readingPath(uri);
    const [content, project] = await Promise.all([contentOf(uri, path), projects.of(path)]);
    if (!content) return undefined;
    const settings = settingsFor(path, project);
    settings.objective ??= options.objective(path);
    const key = keyOf(uri);
    const basis = bases.get(key);
    if (basis) settings.basis = basis;
    if (named.has(key)) settings.asked = true;
    const job = { path, ...settings, ...textOf(content) };
    return { key: `${content.stamp}|${changes.get(key) ?? 0}|${JSON.stringify(settings)}`, job };
  }

  /** The editor's text where it differs from the disk and is not too long, else the file on disk. */
  async function contentOf(uri: string, path: string): Promise<Content | undefined> {
    const document = options.open(uri);
    const onDisk = await statOf(path);
    const diskStamp = onDisk && `${onDisk.size}@${onDisk.mtimeMs}`;
    if (!document) return diskStamp === undefined ? undefined : { stamp: diskStamp };
    const text = document.getText();
    const stamp = `${document.version}|${diskStamp}`;
    if (onDisk && text.length > largestOpenText) return { stamp };
    // A long text is known block by block from the start, so that the first edit is quick, too.
    if (text.length >= longText) return { stamp, text, state: options.stamp(document.uri) };
    return onDisk && isOnDisk(uri, text, onDisk.size) ? { stamp } : { stamp, text };
  }

  function isOnDisk(uri: string, text: string, size: number): boolean {
    if (!options.saved(uri)) return false;
    // A restored editor opens with unsaved text at its first version; then the lengths differ.
    const bytes = Buffer.byteLength(text);
    return bytes === size || bytes + 3 === size;
  }

  function start(uri: string, state: State): Entry {
    const controller = new AbortController();
    const { progress, watch } = watchedReading();
    const done = scan(uri, state, controller, progress);
    const entry: Entry = { uri, key: state.key, controller, done, givenUp: false };
    entries.set(keyOf(uri), entry);
    options.started({
      uri,
      done,
      watch,
      cancel() {
        entry.givenUp = true;
        controller.abort();
      },
    });
    return entry;
  }

  async function scan(
    uri: string,
    { job }: State,
    { signal }: AbortController,
    progress: ReadingListener,
  ): Promise<Known | undefined> {
    try {
      const analysis = await analyst.analyse(job, { signal, progress });
      if (signal.aborted) return undefined;
      const known = { uri, path: job.path, analysis };
      newest.set(keyOf(uri), known);
      options.finished(known);
      return known;
    } catch (problem) {
      if (signal.aborted) return undefined;
      options.log(problem);
      const entry = entries.get(keyOf(uri));
      if (entry?.controller.signal === signal) entry.givenUp = true;
      return undefined;
    }
  }

  async function known(uri: string, ask: AskOptions = {}): Promise<Known | undefined> {
    const key = keyOf(uri);
    if (ask.basis) bases.set(key, ask.basis);
    if (ask.asked) named.add(key);
    if (ask.keep) kept.add(key);
    const state = await stateOf(uri);
    ask.signal?.throwIfAborted();
    if (!state) {
      forget(uri);
      return undefined;
    }
    let entry = entries.get(key);
    if (!entry || entry.key !== state.key || (ask.again && entry.givenUp)) {
      entry?.controller.abort();
      entry = start(uri, state);
    }
    const answer = await untilAborted(entry.done, ask.signal);
    const overtaken = entry.controller.signal.aborted && !entry.givenUp && entries.has(key);
    return overtaken && entries.get(key) !== entry ? known(uri, ask) : answer;
  }

  async function classPlaces(uri: string): Promise<readonly ClassPlace[]> {
    const document = options.open(uri);
    const text = document?.getText();
    if (text !== undefined && text.length > largestOpenText) return [];
    const key = keyOf(uri);
    const path = readingPath(uri);
    const onDisk = document ? undefined : await statOf(path);
    const version = document ? String(document.version) : `${onDisk?.size}@${onDisk?.mtimeMs}`;
    const cached = places.get(key);
    if (cached?.version === version) return cached.found;
    // Whether it is a manifest was decided before; here weak evidence is enough.
    const stamp = text !== undefined && text.length >= longText && options.stamp(document?.uri ?? uri);
    const job = { path, asked: true, ...(text !== undefined && { text }), ...(stamp && { stamp }) };
    const found = findPlaces(uri, job);
    places.set(key, { version, found });
    found.catch(() => places.delete(key));
    return found;
  }

  /** Accompanied as a scan is; where a person ends it there are no places until somebody asks again. */
  async function findPlaces(uri: string, job: PlacesJob): Promise<ClassPlace[]> {
    const controller = new AbortController();
    const { signal } = controller;
    const { progress, watch } = watchedReading();
    const found = analyst.places(job, { signal, progress });
    options.started({ uri, done: found, watch, cancel: () => controller.abort() });
    try {
      return await found;
    } catch (problem) {
      if (!signal.aborted) throw problem;
      places.delete(keyOf(uri));
      return [];
    }
  }

  function partChanged(path: string): string[] {
    const readers = [...newest.values()].filter(
      (known) => known.path !== path && known.analysis?.folders?.some((folder) => isInside(path, folder)),
    );
    for (const { uri } of readers) {
      const key = keyOf(uri);
      changes.set(key, (changes.get(key) ?? 0) + 1);
      places.delete(key);
    }
    return readers.map(({ uri }) => uri);
  }

  function forget(uri: string): void {
    const key = keyOf(uri);
    changes.delete(key);
    places.delete(key);
    kept.delete(key);
    entries.get(key)?.controller.abort();
    entries.delete(key);
    newest.delete(key);
    analyst.forget(readingPath(uri));
  }

  return {
    known,
    classPlaces,
    latest: (uri) => newest.get(keyOf(uri)),
    isKept: (uri) => kept.has(keyOf(uri)),
    forget,
    partChanged,
    uris: () => [...entries.values()].map(({ uri }) => uri),
    has: (uri) => entries.has(keyOf(uri)),
  };
}

function textOf({ text, state }: Content): Pick<AnalysisJob, "text" | "stamp"> {
  return { ...(text !== undefined && { text }), ...(state && { stamp: state }) };
}

/** A progress that any number can watch. */
function watchedReading(): { progress: ReadingListener; watch(listener: ReadingListener): void } {
  const watching = listeners<Parameters<ReadingListener>>();
  return { progress: watching.tell, watch: (listener) => void watching.add(listener) };
}

/**
 * What a project file decides about reading a manifest: the objective of all it covers, the basis of its own one.
 * Its loss and rules are left out, so that editing them does not read a large file again.
 */
function settingsFor(path: string, file: ProjectFile | undefined): ReadingSettings {
  if (!file?.project) return {};
  const named = manifestOf(file);
  const { basis, objective } = file.project;
  return {
    ...(basis && (named === undefined || named === path) && { basis }),
    ...(objective && { objective }),
    ...(named === path && { asked: true }),
  };
}

interface ReadingSettings {
  basis?: Basis;
  objective?: Objective;
  asked?: boolean;
}

async function statOf(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, mtimeMs };
  } catch {
    return undefined;
  }
}
