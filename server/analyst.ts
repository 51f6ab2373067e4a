/** Who analyses manifests: this thread, or a worker thread for long scans. */
import { indexRows, type RowIndex } from "#engine/manifest/rows.ts";
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

/** The readers are a bundle of their own: a server that sees no manifest never loads them. */
const reading = (): Promise<typeof import("./manifestReading.ts")> => import("./manifestReading.ts");

/** Analyses in the calling thread. */
export const inlineAnalyst: Analyst = {
  analyse: async (job, watching) => (await reading()).analyseJob(job, watching),
  places: async (job) => (await reading()).placesOf(job),
  rows: indexRows,
  dispose() {},
};
