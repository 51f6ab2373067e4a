/** Reads manifests: the one door to the readers, which are loaded when the first manifest is met. */
import { join } from "node:path";
import { analyse } from "#engine/analysis.ts";
import { analyseFile } from "#engine/analysisCache.ts";
import { dataFolder } from "#engine/dataFolder.ts";
import { LiveText } from "#engine/manifest/live/liveText.ts";
import { locate } from "#engine/manifest/locate.ts";
import type { CountedView, ManifestReading, ManifestSource, Span } from "#engine/manifest/manifest.ts";
import { readManifest, standsForMany } from "#engine/manifest/readManifest.ts";
import { indexRows, type RowIndex } from "#engine/manifest/rows.ts";
import { decode } from "#engine/manifest/scan/text.ts";
import { fileSource, textSource } from "#engine/manifest/source.ts";
import type { Analysis, Place } from "#protocol/analysis.ts";

export { readRows } from "#engine/manifest/rows.ts";

import type { AnalysisJob, ClassPlace, PlacesJob, Watching } from "./analyst.ts";
import { lastOfMany } from "./lastOfMany.ts";
import { LiveTexts } from "./liveTexts.ts";
import { stateAfter, type TextState, unknownState } from "./textChanges.ts";

/** Long texts that were read here. */
export const liveTexts: LiveTexts = new LiveTexts();

/** A job about a state of a long text, as it crosses to another thread. */
export type LiveJob<Job = AnalysisJob> = Omit<Job, "text" | "stamp"> & { readonly live: TextState };

/** The analysis, or undefined where the file is no manifest. */
export async function analyseJob(job: AnalysisJob, watching: Watching = {}): Promise<Analysis | undefined> {
  return analysisOf(job, liveTextOf(job), watching);
}

/** The text of a job in blocks, with what is known of them, where it is long. */
function liveTextOf({ path, text, stamp }: PlacesJob): LiveText | undefined {
  return text !== undefined && stamp
    ? liveTexts.take(path, stateAfter(text, stamp, liveTexts.stateOf(path)))
    : undefined;
}

/** The same for a text of which another thread tells what changed. */
export async function analyseLive(
  { live, ...job }: LiveJob,
  watching: Watching = {},
): Promise<Analysis | undefined | typeof unknownState> {
  const text = liveTexts.take(job.path, live);
  return text ? analysisOf(job, text, watching) : unknownState;
}

async function analysisOf(
  job: AnalysisJob,
  live: LiveText | undefined,
  watching: Watching,
): Promise<Analysis | undefined> {
  const { path, text, stamp: _, ...options } = job;
  let reading: ManifestReading | undefined;
  const read = (found: ManifestReading): void => {
    reading = found;
  };
  const all = { ...options, ...watching, read };
  const source = live?.source() ?? sourceOf(job);
  const fromDisk = !live && text === undefined;
  const analysis = await (fromDisk ? analyseFile(path, all) : analyse(source, all));
  if (reading?.folders) await lastOfMany.keep(source, reading);
  return analysis;
}

/** Whether the job is about a folder, or a file that leads to a data set of several files. */
export function isOfMany(job: PlacesJob): Promise<boolean> {
  return standsForMany(sourceOf(job));
}

function sourceOf({ path, text }: PlacesJob): ManifestSource {
  return text === undefined ? fileSource(path) : textSource(path, text);
}

/** Where the rows of a file are. */
export function rowsOf(path: string, watching: Watching = {}): Promise<RowIndex> {
  return indexRows(path, { ...watching, copies: join(dataFolder(), "rows") });
}

/** Where the classes of a manifest are first named or used; empty where it is none. */
export async function placesOf(job: PlacesJob, watching: Watching = {}): Promise<ClassPlace[]> {
  return placesIn(job, liveTextOf(job), watching);
}

/** The same for a text of which another thread tells what changed. */
export async function livePlaces(
  { live, ...job }: LiveJob<PlacesJob>,
  watching: Watching = {},
): Promise<ClassPlace[] | typeof unknownState> {
  const text = liveTexts.take(job.path, live);
  return text ? placesIn(job, text, watching) : unknownState;
}

async function placesIn(
  job: PlacesJob,
  live: LiveText | undefined,
  watching: Watching,
): Promise<ClassPlace[]> {
  const { path, text, asked = false } = job;
  const known = live ?? (text === undefined ? undefined : LiveText.of(path, text));
  const source = known?.source() ?? fileSource(path);
  // Samples need not be compared to find where classes stand, but what the analysis has counted of a text has it in it.
  const options = { asked, duplicates: live !== undefined, overlaps: false, ...watching };
  const reading = (await lastOfMany.of(source)) ?? (await readManifest(source, options));
  const view = reading && trainingView(reading.views);
  const own = (file = reading?.main ?? path): boolean => file === path;
  const classes =
    view?.classes.flatMap(({ index, first }) => (first && own(first.file) ? [{ index, first }] : [])) ?? [];
  const places = await locate(
    source,
    classes.map(({ first }) => first),
    watching.signal,
  );
  const narrow =
    reading?.format === "path-list" && known ? lastWordIn(known) : (place: Place): Place => place;
  return classes.flatMap(({ index, first }, i) => {
    const place = places[i];
    return place ? [{ index, place: narrow(place, first) }] : [];
  });
}

/** Narrows the place of a line to its last word: in a path list that is the label. */
function lastWordIn(text: LiveText): (place: Place, line: Span) => Place {
  return (place, { start, end }) => {
    const [word = ""] = /\S*$/.exec(decode(text.slice(start, end))) ?? [];
    return { ...place, column: place.endColumn - word.length };
  };
}

/** The view that `mainView` chooses, before statistics. */
function trainingView(views: readonly CountedView[]): CountedView | undefined {
  return views.find(({ split }) => split === "train") ?? views[0];
}
