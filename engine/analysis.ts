/** Everything that can be said about a manifest without training. */
import { dirname, relative, sep } from "node:path";
import type { Analysis, Basis, Finding, Objective, Place, View } from "#protocol/analysis.ts";
import type { Project } from "#protocol/project.ts";
import { checks, splitChecks } from "./checks/checks.ts";
import { shownObservations } from "./checks/limits.ts";
import { readDataset } from "./manifest/dataset.ts";
import { locate } from "./manifest/locate.ts";
import type {
  CountedClass,
  CountedView,
  ManifestReading,
  ManifestSource,
  Observation,
  Span,
} from "./manifest/manifest.ts";
import type { ReadingProgress } from "./manifest/readManifest.ts";
import { fileSource } from "./manifest/source.ts";
import { recommend } from "./recommendation/recommend.ts";
import { classStatistics } from "./statistics/classStatistics.ts";

export interface AnalysisOptions {
  /** What to count, where the format can count it; otherwise its natural basis. */
  readonly basis?: Basis;
  /** What training is for; the project's where absent, balanced where that says nothing. */
  readonly objective?: Objective;
  readonly project?: Project;
  /**
   * Whether a person named this file as a manifest. Then weaker evidence is enough, and a file that is empty or
   * cannot be read gives findings; otherwise such files give undefined.
   */
  readonly asked?: boolean;
  readonly signal?: AbortSignal;
  /** Told what was read, before statistics. */
  readonly read?: (reading: ManifestReading) => void;
  readonly progress?: ReadingProgress;
}

/** Counts, statistics, advice and findings of a manifest; undefined where the file is none. Throws only when aborted. */
export async function analyse(
  source: ManifestSource,
  options: AnalysisOptions = {},
): Promise<Analysis | undefined> {
  const { project, signal } = options;
  const duplicates = project?.rules?.["sample/duplicate"] !== "off";
  const overlaps = project?.rules?.["split/overlap"] !== "off";
  const reading = await readDataset(source, { ...options, duplicates, overlaps });
  if (!reading) return undefined;
  options.read?.(reading);
  const basis = options.basis ?? project?.basis;
  const objective = options.objective ?? project?.objective ?? "balanced";
  const views = reading.views.map((counted) => viewOf(counted, basis));
  const [first] = views.filter((_, index) => !reading.views[index]?.declaredOnly);
  const recommendation = first && recommend(first, objective);
  const observations = [...reading.observations];
  for (const [index, view] of views.entries()) {
    const counted = reading.views[index];
    // Other splits are measured against the training data, not by themselves.
    if (!counted || counted.declaredOnly || view.split !== first?.split) continue;
    for (const check of checks)
      observations.push(...check.observe({ view, counted, objective, recommendation }));
  }
  const splits = { views, counted: reading.views, overlaps: reading.overlaps ?? [] };
  for (const check of splitChecks) observations.push(...check.observe(splits));
  const files = new ReadingFiles(source, reading.main);
  const findings = await toFindings(files, shownObservations(observations, project), signal);
  const { format, recognition, found, folders } = reading;
  return {
    format,
    ...(folders ? { folders } : {}),
    ...(found ? { found } : {}),
    ...(recognition ? { recognition } : {}),
    views,
    findings,
    ...(recommendation ? { recommendation } : {}),
  };
}

/** The view with counts in the basis, or in the natural one where the format cannot give it. */
function viewOf(counted: CountedView, wanted: Basis | undefined): View {
  const { name, split, task, bases } = counted;
  const basis = wanted !== undefined && bases.includes(wanted) ? wanted : (bases[0] ?? "images");
  const counts = Float64Array.from(counted.classes, (entry) => countOf(entry, basis));
  const labels = counts.reduce((total, count) => total + count, 0);
  const frequencyGroups = declaredGroups(counted.classes);
  return {
    name,
    ...(split === undefined ? {} : { split }),
    task,
    basis,
    bases,
    samples: counted.samples ?? labels,
    labels,
    classes: counted.classes.map((entry, index) => ({
      index: entry.index,
      ...(entry.id === undefined ? {} : { id: entry.id }),
      name: entry.name,
      count: counts[index] ?? 0,
      ...(basis !== "images" && bases.includes("images") ? { images: entry.images } : {}),
    })),
    ...classStatistics(counts),
    ...(frequencyGroups ? { frequencyGroups } : {}),
  };
}

function countOf(entry: CountedClass, basis: Basis): number {
  if (basis === "pixels") return entry.pixels ?? 0;
  return basis === "instances" ? entry.instances : entry.images;
}

function declaredGroups(classes: readonly CountedClass[]): View["frequencyGroups"] {
  const groups = { rare: 0, common: 0, frequent: 0 };
  for (const { frequency } of classes) if (frequency) groups[frequency]++;
  return groups.rare + groups.common + groups.frequent > 0 ? groups : undefined;
}

async function toFindings(
  files: ReadingFiles,
  observations: readonly Observation[],
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const spans: Span[] = [];
  const note = (span: Span): number => spans.push(span) - 1;
  const noted = observations.map((observation) => ({
    observation,
    span: observation.span && note(observation.span),
    related: observation.related?.map(({ span, message }) => ({ message, span: note(span) })),
  }));
  const firstLine = note(observations.length > 0 ? await firstLineOf(files.source()) : { start: 0, end: 0 });
  const places = await placesOf(files, spans, signal);
  const at = (span: number): PlaceInFile => ({
    file: files.name(spans[span]?.file),
    ...(places[span] ?? start),
  });
  return noted.map(({ observation, span = firstLine, related }) => {
    const place = at(span);
    return {
      code: observation.code,
      severity: observation.severity,
      message: typeof observation.message === "string" ? observation.message : observation.message(place),
      ...place,
      ...(observation.classes ? { classes: observation.classes } : {}),
      ...(related ? { related: related.map(({ message, span: other }) => ({ message, ...at(other) })) } : {}),
    };
  });
}

interface PlaceInFile extends Place {
  readonly file: string;
}

/** The files that a reading speaks about. */
class ReadingFiles {
  readonly #manifest: ManifestSource;
  readonly #main: string;

  constructor(manifest: ManifestSource, main = manifest.path) {
    this.#manifest = manifest;
    this.#main = main;
  }

  source(file = this.#main): ManifestSource {
    return file === this.#manifest.path ? this.#manifest : fileSource(file);
  }

  /** Relative to the folder of the manifest, with `/` between folders. */
  name(file = this.#main): string {
    return relative(dirname(this.#manifest.path), file).split(sep).join("/");
  }
}

/** The places of the spans, in their order, whichever files they lie in. */
async function placesOf(
  files: ReadingFiles,
  spans: readonly Span[],
  signal: AbortSignal | undefined,
): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const file of new Set(spans.map((span) => span.file))) {
    const indices = spans.flatMap((span, index) => (span.file === file ? [index] : []));
    const inFile = indices.flatMap((index) => spans[index] ?? []);
    const found = await locate(files.source(file), inFile, signal);
    for (const [i, index] of indices.entries()) places[index] = found[i] ?? start;
  }
  return places;
}

/** What has no narrower place stands on line 1; only on its first byte where that line is a whole document. */
async function firstLineOf(source: ManifestSource): Promise<Span> {
  try {
    const head = await source.head(longestMarkedLine);
    const end = head.findIndex((byte) => byte === 0x0a || byte === 0x0d);
    return { start: 0, end: end < 0 ? (head.length < longestMarkedLine ? head.length : 1) : end };
  } catch {
    return { start: 0, end: 0 };
  }
}

const longestMarkedLine = 400;

const start: Place = { line: 1, column: 1, endLine: 1, endColumn: 1 };
