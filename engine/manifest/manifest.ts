/** What reading a manifest gives, before statistics. */
import type {
  Basis,
  FindingCode,
  FoundDataset,
  FrequencyGroup,
  Place,
  Recognition,
  Severity,
  Task,
} from "#protocol/analysis.ts";
import type { LinePlaces } from "./lineIndex.ts";
import type { LiveText } from "./live/liveText.ts";
import type { ChunkPair } from "./scan/scanMemory.ts";

/** Where bytes come from: a file on disk, or the text of an open document that is newer than the disk. */
export interface ManifestSource {
  /** Absolute path; names the file in findings and tells its neighbours. */
  readonly path: string;
  /** Bytes before decompression, where known. */
  readonly size?: number;
  /**
   * The content from its start, decompressed, in chunks that may break anywhere. A chunk is valid only until the
   * next one is asked for. `consumed` is told the bytes taken so far, before decompression. Throws what the file
   * system or the decompressor throws. `room`, where given, may be read into by turns.
   */
  bytes(
    signal?: AbortSignal,
    consumed?: (bytes: number) => void,
    room?: ChunkPair,
  ): AsyncIterable<Uint8Array>;
  /** Lines of what the last pass has read; undefined where `slice` gives other bytes than the content. */
  readonly lines?: () => LinePlaces | undefined;
  /** The first bytes, decompressed; at most `length`. */
  head(length: number): Promise<Uint8Array>;
  /** Bytes of the file as it is on disk, for formats that are read in parts; absent where it is packed. */
  readonly slice?: (start: number, end: number) => Promise<Uint8Array>;
  /** The text of an open document in blocks, of which readers need not read those again that they know. */
  readonly live?: LiveText;
  /** A small file of the same folder, or undefined where there is none. */
  neighbour(name: string): Promise<Uint8Array | undefined>;
}

/** A range of bytes in the decompressed content, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Absolute path of the file, where it is another one than the manifest itself. */
  readonly file?: string;
}

/** The span so many bytes further. */
export function shifted({ start, end }: Span, shift: number): Span {
  return { start: start + shift, end: end + shift };
}

export interface CountedClass {
  readonly index: number;
  readonly id?: number | string;
  readonly name: string;
  readonly images: number;
  readonly instances: number;
  readonly pixels?: number;
  /** LVIS: the group that the file declares, which follows the training images. */
  readonly frequency?: FrequencyGroup;
  /** How many the manifest says there are. */
  readonly declares?: { readonly basis: "images" | "instances"; readonly count: number };
  /** The group of classes that the manifest puts it in. */
  readonly supercategory?: string;
  /** Where the class is first named or used. */
  readonly first?: Span;
  /** Whether the manifest declares the class; false where it was only met, or fills a gap between label ids. */
  readonly declared: boolean;
}

/** One split of one file, counted. */
export interface CountedView {
  readonly name: string;
  readonly split?: string;
  readonly task: Task;
  /** The natural basis of the format first. */
  readonly bases: readonly Basis[];
  /** Images or rows; absent where a count table does not tell them. */
  readonly samples?: number;
  readonly classes: readonly CountedClass[];
  /** The file names classes and no samples, so that counts of 0 say nothing. */
  readonly declaredOnly?: true;
}

/** A finding before its bytes are turned into lines and columns. Without a span it stands on line 1. */
export interface Observation {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Where it names the line, a function of the place that the span turns out to be. */
  readonly message: string | ((place: Place) => string);
  readonly span?: Span;
  readonly classes?: readonly string[];
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}

/** Samples that are in two splits. */
export interface SplitOverlap {
  /** Names of the views. */
  readonly splits: readonly [string, string];
  readonly count: number;
  /** The first of them, as a person would look for it. */
  readonly example: string;
  readonly span?: Span;
}

export interface ManifestReading {
  readonly format: string;
  /** Every reader that the file fits; the first one read it. Filled in by `readManifest`. */
  readonly recognition?: readonly Recognition[];
  /** Absolute path of the file that spans without one lie in, where it is not the source itself. */
  readonly main?: string;
  /** Absolute paths of the folders whose files were read; absent for a manifest of one file. */
  readonly folders?: readonly string[];
  readonly views: readonly CountedView[];
  /** Where a folder was named: the data sets in it, the one that was read first. */
  readonly found?: readonly FoundDataset[];
  /** Absent where the format has one split, or where nobody asked. */
  readonly overlaps?: readonly SplitOverlap[];
  /** What the reader itself met; checks add theirs. */
  readonly observations: readonly Observation[];
}
