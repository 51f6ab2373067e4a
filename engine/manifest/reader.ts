/** What a reader of one manifest format is. */
import type { SampleWatch } from "./duplicateCheck.ts";
import type { ManifestReading, ManifestSource } from "./manifest.ts";
import type { LabelledSamples } from "./sampleCollector.ts";
import type { ChunkPair } from "./scan/scanMemory.ts";
import type { SoFar } from "./soFar.ts";

/** The start of a file, as recognition sees it. */
export interface FileHead {
  /** File name without folder and without `.gz`. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** The first bytes, decompressed. */
  readonly bytes: Uint8Array;
  /** The same as text, without byte order mark. */
  readonly text: string;
  /** Whether this is the whole file. */
  readonly complete: boolean;
}

/** Names of texts that are something else, whatever their commas and blanks. */
export const otherText: RegExp =
  /\.(json|jsonl|map|ya?ml|xml|html?|svg|md|rst|log|ini|toml|lock|[cm]?[jt]sx?|py|ipynb|java|c|h|cc|cpp|rs|go|sh|css|sql)$/i;

const texts = new WeakMap<FileHead, boolean>();

/** Whether bytes are text rather than something packed: no zero byte and hardly any control character. */
export function isText(head: FileHead): boolean {
  let text = texts.get(head);
  if (text === undefined) {
    text = looksLikeText(head.bytes);
    texts.set(head, text);
  }
  return text;
}

/** Control characters but tab, line feed and carriage return. */
const controls = /[^\P{Cc}\t\n\r\x7f-\x9f]/gu;

/** So many bytes show whether there are control characters. */
const enoughText = 1 << 16;

function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, enoughText));
  return (start.toString("latin1").match(controls)?.length ?? 0) * 100 <= start.length;
}

/**
 * How sure recognition is. `"sure"`: a structure that only label manifests have, so the editor may speak about it
 * unasked. `"likely"`: enough where a person named the file as a manifest.
 */
export type Evidence = "sure" | "likely";

/** How sure a reader is of a file, and what it saw there, as half a sentence. */
export interface Recognised {
  readonly evidence: Evidence;
  readonly why: string;
}

export function sure(why: string): Recognised {
  return { evidence: "sure", why };
}

export function likely(why: string): Recognised {
  return { evidence: "likely", why };
}

export interface ReadingInput {
  readonly source: ManifestSource;
  readonly head: FileHead;
  /**
   * The content once more from its start; where the source fails it ends early, and the failure is told elsewhere. A
   * reader with a memory of its own gives room in it, so that chunks need not be copied there.
   */
  chunks(room?: ChunkPair): AsyncIterable<Uint8Array>;
  /** Whether a person named the file as a manifest, so that weaker evidence is enough. */
  readonly asked: boolean;
  readonly signal?: AbortSignal;
  /** What to do with the names of samples; looking for those that are listed twice takes up to 16 bytes a sample. */
  readonly watch: SampleWatch;
  /** To be told after each chunk how to count what was read, where that can be told before the end. */
  readonly soFar?: SoFar;
  /** Whether the source failed, so that what came last is cut off and not to be counted. */
  failed(): boolean;
}

export interface ManifestReader {
  readonly format: string;
  recognises(head: FileHead): Recognised | undefined;
  /** Undefined where the whole content turns out to be something else after all. */
  read(input: ReadingInput): Promise<ManifestReading | undefined>;
  /** Samples with one label each; absent where the format has no such thing. */
  readonly samples?: (input: ReadingInput) => Promise<LabelledSamples | undefined>;
}
