/** What a reader of data sets of several files is. */
import type { ManifestReading, ManifestSource } from "../manifest.ts";
import type { FileHead } from "../reader.ts";
import type { LabelledSamples } from "../sampleCollector.ts";
import type { Folder } from "./folder.ts";

export interface FolderInput {
  /** What was named: the data set's main file, one of its parts, or its folder. */
  readonly source: ManifestSource;
  readonly signal?: AbortSignal | undefined;
  /** Told the files read so far and all there are. */
  readonly progress?: ((files: number, all: number) => void) | undefined;
  /** Whether to look for samples that are in several splits. */
  readonly overlaps: boolean;
}

/** A data set that was found in a folder. */
export interface FolderSet {
  readonly format: string;
  /** Absolute path of the file that stands for the data set, where it has one. */
  readonly main?: string | undefined;
  /** By what it was recognised, such as "data.yaml with names, train and val". */
  readonly why: string;
  /** Undefined where it turns out to be something else after all. */
  read(input: FolderInput): Promise<ManifestReading | undefined>;
  /** Samples with one label each; absent where the format has no such thing. */
  readonly samples?: (input: FolderInput) => Promise<LabelledSamples | undefined>;
}

export interface FolderReader {
  readonly format: string;
  /**
   * The folder of the data set that a file belongs to, told by the start of that file; undefined where it is no such
   * file. A file that is opened in the editor is spoken about where this says so and `find` agrees.
   */
  rootOf(head: FileHead): string | undefined;
  /** The data set in the folder; `main` is the file by which it was found, if it was. Looks into few files only. */
  find(folder: Folder, main?: FileHead): Promise<FolderSet | undefined>;
}
