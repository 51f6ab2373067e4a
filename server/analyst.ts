/** Who analyses manifests: this thread, or a worker thread for long scans. */
import type { RowIndex } from "#engine/manifest/rows.ts";
import type { Analysis, Basis, CountsSoFar, Objective, Place } from "#protocol/analysis.ts";
import type { TextStamp } from "./textChanges.ts";

/** One analysis to make. */
export interface AnalysisJob {
  /** Absolute; names the file and tells its neighbours. */
  readonly path: string;
  /** The text of the open document, where it is newer than the disk. */
  readonly text?: string;
  /** Of a long text that is edited, its state: then what is known of an earlier one is not read again. */
  readonly stamp?: TextStamp;
  readonly basis?: Basis;
  readonly objective?: Objective;
  /** Whether a person named the file as a manifest; then weaker evidence is enough. */
  readonly asked?: boolean;
}

/** Told what was read so far and all there is, in bytes or, of a data set of many files, in files; and what was counted. */
export type ReadingListener = (
  read: number,
  total: number,
  unit: "bytes" | "files",
  soFar?: CountsSoFar,
) => void;

export interface Watching {
  readonly signal?: AbortSignal;
  readonly progress?: ReadingListener;
}

export interface Analyst {
  /** The analysis, or undefined where the file is no manifest. Rejects with the signal's reason when cancelled. */
  analyse(job: AnalysisJob, watching?: Watching): Promise<Analysis | undefined>;
  /** Where the classes of a manifest are first named or used; empty where it is none. */
  places(document: PlacesJob, watching?: Watching): Promise<ClassPlace[]>;
  /** Where the rows of a file are. */
  rows(path: string, watching?: Watching): Promise<RowIndex>;
  /** Forgets what is known of a text that was edited. */
  forget(path: string): void;
  dispose(): void;
}

export interface PlacesJob {
  readonly path: string;
  /** Of the open document; else the file on disk is read. */
  readonly text?: string;
  /** As in an {@link AnalysisJob}. */
  readonly stamp?: TextStamp;
  readonly asked?: boolean;
}

/** Where a class is first named or used. */
export interface ClassPlace {
  /** Training index. */
  readonly index: number;
  readonly place: Place;
}

/** The readers are a bundle of their own: a server that sees no manifest never loads them. */
let loaded: Promise<typeof import("./manifestReading.ts")> | undefined;
export function reading(): Promise<typeof import("./manifestReading.ts")> {
  loaded ??= import("./manifestReading.ts");
  return loaded;
}

/** Names of files that can lead to a data set of many files. */
const leads = /\.(xml|ya?ml|txt|names|labels)$|\/[^./]*$/i;

/** Whether to read the file means to read many: it is a folder, or leads to a data set of several files. */
export async function standsForMany(job: PlacesJob): Promise<boolean> {
  return leads.test(job.path.replaceAll("\\", "/")) && (await reading()).isOfMany(job);
}

/** Analyses in the calling thread. */
export const inlineAnalyst: Analyst = {
  analyse: async (job, watching) => (await reading()).analyseJob(job, watching),
  places: async (job, watching) => (await reading()).placesOf(job, watching),
  rows: async (path, watching) => (await reading()).rowsOf(path, watching),
  forget: (path) => void loaded?.then(({ liveTexts }) => liveTexts.forget(path)),
  dispose() {},
};
