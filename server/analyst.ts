/** Who analyses manifests: this thread, or a worker thread for long scans. */
import { TextDocument } from "vscode-languageserver-textdocument";
import { analyse } from "#engine/analysis.ts";
import { locate } from "#engine/manifest/locate.ts";
import type { CountedView } from "#engine/manifest/manifest.ts";
import { readManifest } from "#engine/manifest/readManifest.ts";
import { indexRows, type RowIndex } from "#engine/manifest/rows.ts";
import { fileSource, textSource } from "#engine/manifest/source.ts";
import type { Analysis, Basis, Objective, Place } from "#protocol/analysis.ts";

/** One analysis to make, as data that can cross to another thread. */
export interface AnalysisJob {
  /** Absolute; names the file and tells its neighbours. */
  readonly path: string;
  /** The text of the open document, where it is newer than the disk. */
  readonly text?: string;
  readonly basis?: Basis;
  readonly objective?: Objective;
  /** Whether a person named the file as a manifest; then weaker evidence is enough. */
  readonly asked?: boolean;
}

export interface Watching {
  readonly signal?: AbortSignal;
  readonly progress?: (bytesRead: number, bytesTotal: number) => void;
}

export interface Analyst {
  /** The analysis, or undefined where the file is no manifest. Rejects with the signal's reason when cancelled. */
  analyse(job: AnalysisJob, watching?: Watching): Promise<Analysis | undefined>;
  /** Where the classes of a manifest are first named or used; empty where it is none. */
  places(document: PlacesJob): Promise<ClassPlace[]>;
  /** Where the rows of a file are; undefined where it is compressed. */
  rows(path: string, watching?: Watching): Promise<RowIndex | undefined>;
  dispose(): void;
}

export interface PlacesJob {
  readonly path: string;
  /** Of the open document; else the file on disk is read. */
  readonly text?: string;
  readonly asked?: boolean;
}

/** Where a class is first named or used. */
export interface ClassPlace {
  /** Training index. */
  readonly index: number;
  readonly place: Place;
}

/** Analyses in the calling thread. */
export const inlineAnalyst: Analyst = {
  analyse({ path, text, ...options }, watching = {}) {
    const source = text === undefined ? fileSource(path) : textSource(path, text);
    return analyse(source, { ...options, ...watching });
  },
  async places({ path, text, asked = false }) {
    const source = text === undefined ? fileSource(path) : textSource(path, text);
    const reading = await readManifest(source, { asked });
    const view = reading && trainingView(reading.views);
    const own = (file = reading?.main ?? path): boolean => file === path;
    const classes =
      view?.classes.flatMap(({ index, first }) => (first && own(first.file) ? [{ index, first }] : [])) ?? [];
    const places = await locate(
      source,
      classes.map(({ first }) => first),
    );
    const narrow =
      reading?.format === "path-list" && text !== undefined
        ? lastWordIn(text)
        : (place: Place): Place => place;
    return classes.flatMap(({ index }, i) => {
      const place = places[i];
      return place ? [{ index, place: narrow(place) }] : [];
    });
  },
  rows: indexRows,
  dispose() {},
};

/** Narrows the place of a line to its last word: in a path list that is the label. */
function lastWordIn(text: string): (place: Place) => Place {
  const document = TextDocument.create("", "", 0, text);
  return (place) => {
    const start = { line: place.line - 1, character: place.column - 1 };
    const line = document.getText({
      start,
      end: { line: place.endLine - 1, character: place.endColumn - 1 },
    });
    return { ...place, column: place.endColumn - (/\S*$/.exec(line)?.[0].length ?? 0) };
  };
}

/** The view that `mainView` chooses, before statistics. */
function trainingView(views: readonly CountedView[]): CountedView | undefined {
  return views.find(({ split }) => split === "train") ?? views[0];
}
