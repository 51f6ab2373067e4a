/** Reading a manifest of any format. */

import { basename } from "node:path";
import type { CountsSoFar, Recognition } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import type { SampleWatch } from "./duplicateCheck.ts";
import { encodingObservation } from "./encoding.ts";
import type { FolderInput, FolderSet } from "./folder/folderReader.ts";
import { folderSetIn, folderSetOf, leadsToFolderSet } from "./folder/openFolderSet.ts";
import type { ManifestReading, ManifestSource, Observation } from "./manifest.ts";
import { type FileHead, isText, type ManifestReader, type ReadingInput, type Recognised } from "./reader.ts";
import { readers } from "./readers.ts";
import { refusal } from "./refusal.ts";
import { Remembered } from "./remembered.ts";
import { decodeHead } from "./scan/text.ts";
import { paced } from "./soFar.ts";

/** Enough for the columns of a table to show what they are. */
const headBytes = 256 << 10;
const shortBytes = 16 << 10;

/** Told what was read and all there is, and of one file what was counted in it so far. */
export type ReadingProgress = (
  read: number,
  total: number,
  unit: "bytes" | "files",
  soFar?: CountsSoFar,
) => void;

export interface ReadOptions {
  /**
   * Whether a person named this file as a manifest. Then weaker evidence is enough, and a file that is empty or
   * cannot be read is told; otherwise nothing is said about files that are not certain to be manifests.
   */
  readonly asked?: boolean;
  /** Whether to look for samples that are listed twice; true where absent. */
  readonly duplicates?: boolean;
  /** Whether to look for samples that are in several splits; true where absent. */
  readonly overlaps?: boolean;
  /** Told the name of each sample, where the format has such names. */
  readonly eachSample?: SampleWatch["each"];
  readonly signal?: AbortSignal;
  /** Told the bytes read so far, before decompression, and all there are; for data sets of many files, the files. */
  readonly progress?: ReadingProgress;
}

/**
 * Class frequencies of the manifest and what was met on the way; undefined where the file is no manifest. A broken
 * file gives observations and the counts of the readable part. Throws only when aborted.
 */
export async function readManifest(
  source: ManifestSource,
  options: ReadOptions = {},
): Promise<ManifestReading | undefined> {
  const opened = await openManifest(source, options);
  if (opened === undefined) return undefined;
  if ("observations" in opened) return opened;
  const { candidates, input, failure } = opened;
  let turn = 0;
  for (const { reader } of candidates) {
    const reading = await reader.read(input);
    turn++;
    if (!reading) continue;
    const recognition = [...candidates].slice(turn - 1).map(recognitionOf);
    const encoding = isText(input.head) ? encodingObservation(input.head.name, input.head.bytes) : undefined;
    const observations = [...(encoding ? [encoding] : []), ...reading.observations];
    return withFailure({ ...reading, observations, recognition }, failure());
  }
  return options.asked ? refused(input.head) : undefined;
}

function recognitionOf({ reader, evidence, why }: Candidate): Recognition {
  return { format: reader.format, evidence, why };
}

function refused(head: FileHead): ManifestReading | undefined {
  const observation = refusal(head);
  return observation && without(observation);
}

function withFailure(reading: ManifestReading, broken: Observation | undefined): ManifestReading {
  if (!broken) return reading;
  // The end of what came is not the end of the file, so what the reader says about it is no news.
  const others = reading.observations.filter(({ code }) => code !== "manifest/broken");
  return { ...reading, observations: [broken, ...others] };
}

/** A reader that recognised the source. */
export interface Candidate extends Recognised {
  readonly reader: Omit<ManifestReader, "recognises">;
}

export interface OpenedManifest {
  /** Who may read it, the best first. The others are asked only when somebody wants to know. */
  readonly candidates: Iterable<Candidate>;
  readonly input: ReadingInput;
  /** Why the source ended early, if it did. */
  readonly failure: () => Observation | undefined;
}

/** The readers that recognise the source; a reading without views where there is something to tell instead. */
export async function openManifest(
  source: ManifestSource,
  options: ReadOptions,
): Promise<OpenedManifest | ManifestReading | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await source.head(headBytes);
  } catch (error) {
    const set = isFolder(error) ? await folderSetIn(source.path) : undefined;
    if (set) return openedSet(set, source, options);
    return options.asked ? without(unreadable(source, error)) : undefined;
  }
  const { head, found } = recognised(source, bytes);
  const [best] = found;
  const set = best?.evidence === "sure" ? undefined : await folderSetOf(head);
  if (set) return openedSet(set, source, options);
  if (options.asked) {
    const observation = unusable(head);
    if (observation) return without(observation);
  }
  const candidates = options.asked ? found : new Remembered(certainOnes(found));
  const [first] = candidates;
  if (!first) return options.asked ? refused(head) : undefined;
  let failed: Observation | undefined;
  let counted: CountsSoFar | undefined;
  const { progress } = options;
  const chunks = guarded(
    source,
    {
      ...options,
      ...(progress && { progress: (read, total, unit) => progress(read, total, unit, counted) }),
    },
    (error) => {
      failed = unreadable(source, error);
    },
  );
  return {
    candidates,
    input: {
      source,
      head,
      chunks,
      asked: options.asked ?? false,
      ...(options.signal ? { signal: options.signal } : {}),
      watch: watchOf(options),
      ...(progress && {
        soFar: paced((counts) => {
          counted = counts;
        }),
      }),
      failed: () => failed !== undefined,
    },
    failure: () => failed,
  };
}

function watchOf({ duplicates = true, eachSample }: ReadOptions): SampleWatch {
  return { duplicates, ...(eachSample ? { each: eachSample } : {}) };
}

/** Whether reading the source means reading many files: it is a folder, or leads to a data set of several files. */
export async function standsForMany(source: ManifestSource): Promise<boolean> {
  try {
    return leadsToFolderSet(fileHead(source, await source.head(headBytes)));
  } catch (error) {
    return isFolder(error);
  }
}

/** The start of a source and who recognises it; of an open document looked at again where its start has changed. */
function recognised(source: ManifestSource, bytes: Uint8Array): HeadFound {
  const make = (): HeadFound => {
    const head = fileHead(source, bytes);
    return { head, found: new Remembered(recognise(head)) };
  };
  const last = source.live?.memory.of<{ found?: HeadFound }>("head", () => ({}));
  if (!last) return make();
  if (!last.found || Buffer.compare(last.found.head.bytes, bytes) !== 0) last.found = make();
  return last.found;
}

interface HeadFound {
  readonly head: FileHead;
  readonly found: Iterable<Candidate>;
}

/** The readers that are sure, then those to which the file looks likely. */
function* recognise(head: FileHead): Generator<Candidate> {
  const others: Candidate[] = [];
  let asked = head;
  for (const reader of readers) {
    const recognised = reader.recognises(asked);
    const candidate = recognised && { reader, ...recognised };
    if (candidate?.evidence === "sure") {
      yield candidate;
      asked = shortened(head);
    } else if (candidate) others.push(candidate);
  }
  yield* others;
}

/** Enough to ask the others whether there is doubt, where one reader is sure already. */
function shortened(head: FileHead): FileHead {
  if (head.bytes.length <= shortBytes) return head;
  return headOf(head.name, head.path, head.bytes.subarray(0, shortBytes), false);
}

function* certainOnes(found: Iterable<Candidate>): Generator<Candidate> {
  for (const candidate of found) {
    if (candidate.evidence !== "sure") return;
    yield candidate;
  }
}

function isFolder(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EISDIR";
}

/** A data set of several files, as if one reader had recognised one file. */
function openedSet(set: FolderSet, source: ManifestSource, options: ReadOptions): OpenedManifest {
  const given: FolderInput = {
    source,
    signal: options.signal,
    progress: (files, all) => options.progress?.(files, all, "files"),
    overlaps: options.overlaps ?? true,
  };
  const { samples } = set;
  const reader = {
    format: set.format,
    read: () => set.read(given),
    ...(samples ? { samples: () => samples(given) } : {}),
  };
  const input: ReadingInput = {
    source,
    head: fileHead(source, new Uint8Array(0)),
    chunks: async function* () {},
    asked: true,
    watch: watchOf(options),
    failed: () => false,
  };
  return {
    candidates: [{ reader, evidence: "sure", why: set.why }],
    input,
    failure: () => undefined,
  };
}

function fileHead({ path }: ManifestSource, bytes: Uint8Array): FileHead {
  return headOf(basename(path).replace(/\.gz$/i, ""), path, bytes, bytes.length < headBytes);
}

function headOf(name: string, path: string, bytes: Uint8Array, complete: boolean): FileHead {
  let text: string | undefined;
  return {
    name,
    path,
    bytes,
    // Made where it is asked for: the first reader often needs bytes alone.
    get text() {
      text ??= decodeHead(bytes);
      return text;
    },
    complete,
  };
}

function without(observation: Observation): ManifestReading {
  return { format: "unknown", views: [], observations: [observation] };
}

function unusable(head: FileHead): Observation | undefined {
  const begins = decodeHead(head.bytes.subarray(0, 64)).trim() !== "";
  if (begins || head.text.trim() !== "") return undefined;
  const message = t`${head.name} is empty. Name a file that lists samples with their labels.`;
  return { code: "manifest/empty", severity: "error", message };
}

/** Chunks that end where the source fails, after telling why. */
function guarded(
  source: ManifestSource,
  { signal, progress }: ReadOptions,
  failed: (error: unknown) => void,
): ReadingInput["chunks"] {
  const total = source.size ?? 0;
  const consumed =
    progress && ((bytes: number): void => progress(Math.min(bytes, total || bytes), total || bytes, "bytes"));
  return async function* chunks(room) {
    try {
      yield* source.bytes(signal, consumed, room);
    } catch (error) {
      if (signal?.aborted) throw error;
      failed(error);
    }
  };
}

/** What a failure of the file system or the decompressor means, with the next step. */
function unreadable(source: ManifestSource, error: unknown): Observation {
  const name = basename(source.path);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_")) {
    const what = code === "Z_BUF_ERROR" ? t`ends early` : t`is damaged`;
    const message = t`${name}: the gzip data ${what}. The counts cover what could be unpacked. Get the file anew.`;
    return { code: "manifest/broken", severity: "error", message };
  }
  return {
    code: "manifest/unreadable",
    severity: "error",
    message: `${name} ${reasons.get(code) ?? reason(error)}`,
  };
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["EISDIR", "is a folder. Name a file in it."],
  ["ENOENT", "does not exist. Check the path."],
  ["EACCES", "cannot be opened: no permission to read it. Change its permissions."],
  ["EPERM", "cannot be opened: no permission to read it. Change its permissions."],
]);

function reason(error: unknown): string {
  return t`cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
}
