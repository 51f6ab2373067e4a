/** Counts of a path list, line by line. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import type { Place } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { classEntries, listFor } from "./classEntries.ts";
import { DuplicateCheck, type RememberedSamples, type SampleWatch, sampleLimit } from "./duplicateCheck.ts";
import { pathEnd } from "./listedFile.ts";
import type { LiveTallies, TallyTools } from "./live/liveTallies.ts";
import type { Found } from "./live/liveText.ts";
import { type CountedClass, type ManifestSource, type Observation, type Span, shifted } from "./manifest.ts";
import { openPathListKernel, type PathListKernel } from "./pathListKernel.ts";
import type { SampleCollector } from "./sampleCollector.ts";
import type { ManyLines } from "./scan/lines.ts";
import { decode } from "./scan/text.ts";

/** Lines with one label. */
interface Tally {
  readonly slot: number;
  readonly label: number | string;
  count: number;
  /** The first of them. */
  readonly first: Span;
  /** The label in it. */
  readonly word: Span;
  /** The folder of its paths, null once two differ. */
  folder: Uint8Array | null;
}

export interface PathListResult {
  readonly classes: CountedClass[];
  /** Class index by the order in which labels were met; -1 for labels outside the class list. */
  readonly bySlot: readonly number[];
  readonly samples: number;
  readonly observations: Observation[];
}

const blank = 0x20;
const tab = 0x09;
const slash = 0x2f;
const backslash = 0x5c;
const hash = 0x23;

export class PathListCounts {
  readonly #numeric: boolean;
  readonly #collector: SampleCollector | undefined;
  readonly #tallies = new Map<number | string, Tally>();
  /** By slot. */
  readonly #labels: (number | string)[] = [];
  readonly #duplicates: DuplicateCheck;
  readonly #kernel: PathListKernel | undefined;
  #unreadable = 0;
  #firstUnreadable: { readonly span: Span; readonly label: string } | undefined;

  /**
   * `many` says whether there are enough lines for the start of the kernels; `samples` where samples are remembered,
   * where somebody else looks for those that come again.
   */
  constructor(
    numeric: boolean,
    watch: SampleWatch,
    many: boolean,
    { collector, samples }: { collector?: SampleCollector | undefined; samples?: RememberedSamples } = {},
  ) {
    this.#numeric = numeric;
    this.#collector = collector;
    // The kernels give no names away.
    if (many && numeric && !watch.each && !collector)
      this.#kernel = openPathListKernel(watch.duplicates ? sampleLimit : 0);
    this.#duplicates = new DuplicateCheck(watch, samples ?? this.#kernel?.samples);
  }

  /** Counts lines many at a time, where that is done. */
  get many(): ManyLines | undefined {
    return this.#kernel?.lines;
  }

  /** Counts the line `bytes[start, end)`; `offset` is where `bytes[0]` stands in the file. */
  take(bytes: Uint8Array, start: number, end: number, offset: number): void {
    let from = start;
    let to = end;
    while (from < to && isBlank(bytes[from])) from++;
    while (to > from && isBlank(bytes[to - 1])) to--;
    if (from === to || bytes[from] === hash) return;
    const separator = this.#numeric ? lastSeparator(bytes, from, to) : namedSeparator(bytes, from, to);
    const span = { start: offset + from, end: offset + to };
    if (separator < 0) this.#skip(span, "");
    else this.#takeLabel(bytes, from, separator, to, span);
  }

  #takeLabel(bytes: Uint8Array, from: number, separator: number, to: number, span: Span): void {
    let start = separator + 1;
    while (isBlank(bytes[start])) start++;
    const label = this.#numeric ? integer(bytes, start, to) : decode(bytes, start, to);
    const wordStart = span.end - (to - start);
    if (label === undefined) {
      this.#skip({ start: wordStart, end: span.end }, decode(bytes, start, to));
      return;
    }
    let pathEnd = separator;
    while (pathEnd > from && isBlank(bytes[pathEnd - 1])) pathEnd--;
    const folder = folderEnd(bytes, from, pathEnd);
    let tally = this.#tallies.get(label);
    if (tally === undefined) {
      const first = new Uint8Array(bytes.subarray(from, folder));
      const word = { start: wordStart, end: span.end };
      tally = { slot: this.#tallies.size, label, count: 0, first: span, word, folder: first };
      this.#tallies.set(label, tally);
      this.#labels.push(label);
      if (typeof label === "number") this.#kernel?.bind(label, tally.slot, first);
    } else if (tally.folder !== null && !sameBytes(tally.folder, bytes, from, folder)) tally.folder = null;
    tally.count++;
    this.#duplicates.add(bytes, from, pathEnd, tally.slot, span);
    this.#collector?.add(tally.slot, decode(bytes, from, pathEnd));
  }

  #skip(span: Span, label: string): void {
    this.#unreadable++;
    this.#firstUnreadable ??= { span, label };
  }

  /** The label that was met at this position. */
  labelAt(slot: number): number | string | undefined {
    return this.#labels[slot];
  }

  /** Takes what was counted in all blocks of lines, where nothing is counted yet; samples come again elsewhere. */
  absorb(
    blocks: readonly Found<PathListCounts>[],
    sums: LiveTallies<PathListCounts, number | string, Tally>,
  ): void {
    for (const { found, shift } of blocks) {
      this.#unreadable += found.#unreadable;
      const first = found.#firstUnreadable;
      if (first) this.#firstUnreadable ??= { ...first, span: shifted(first.span, shift) };
    }
    const tallies = sums.of(blocks, { ...tallyTools, tallies: (counts) => counts.#tallies });
    for (const [slot, [label, tally]] of tallies.entries()) {
      this.#tallies.set(label, tally.slot === slot ? tally : { ...tally, slot });
      this.#labels.push(label);
    }
  }

  /** Labels of each class so far. */
  soFar(): number[] {
    return this.#gathered().map(({ count }) => count);
  }

  /** Classes in training order. Names come from a class list beside the manifest or from the folders. */
  async result(source: ManifestSource): Promise<PathListResult> {
    const tallies = this.#gathered();
    const list = await listFor(source, tallies);
    const folders = this.#numeric && !list ? foldersAsNames(tallies) : new Map<number, string>();
    const { entries, bySlot, unknown } = classEntries(tallies, list, folders, "line");
    const classes = entries.map(
      ({ id, name, tally }, index): CountedClass => ({
        index,
        ...(id === undefined ? {} : { id }),
        name,
        images: tally?.count ?? 0,
        instances: tally?.count ?? 0,
        ...(tally ? { first: tally.first } : {}),
        declared: list !== undefined,
      }),
    );
    return {
      classes,
      bySlot,
      samples: classes.reduce((total, { images }) => total + images, 0),
      observations: [...unknown, ...this.#unreadableLines(), ...this.#duplicates.observations("images")],
    };
  }

  /** All tallies, with what was counted many at a time. */
  #gathered(): Tally[] {
    const tallies = [...this.#tallies.values()];
    if (!this.#kernel) return tallies;
    return tallies.map((tally) => {
      const { lines, foldersDiffer } = this.#kernel?.counted(tally.slot) ?? {
        lines: 0,
        foldersDiffer: false,
      };
      return { ...tally, count: tally.count + lines, folder: foldersDiffer ? null : tally.folder };
    });
  }

  #unreadableLines(): Observation[] {
    if (!this.#firstUnreadable) return [];
    const { span, label } = this.#firstUnreadable;
    const what =
      label === "" ? t`has no label` : t`has the label ${JSON.stringify(label.slice(0, 30))}, not a number`;
    const such =
      this.#unreadable === 1
        ? t`It is left out of all counts.`
        : t`${formatCount(this.#unreadable)} such lines are left out of all counts.`;
    const message = ({ line }: Place): string => t`Line ${fixed(line, 0)} ${what}. ${such}`;
    return [{ code: "label/unreadable", severity: "error", message, span }];
  }
}

/** How the lines with one label of several blocks become one tally. */
const tallyTools: Omit<TallyTools<PathListCounts, number | string, Tally>, "tallies"> = {
  same: (one, _, other) => one.count === other.count && sameFolder(one.folder, other.folder),
  begin: (tally, shift) => movedTally(tally, shift),
  add(sum, { count, folder }) {
    sum.count += count;
    if (!sameFolder(sum.folder, folder)) sum.folder = null;
    return sum;
  },
  moved: movedTally,
  placeOf: ({ first }) => first.start,
};

function movedTally(tally: Tally, by: number): Tally {
  return { ...tally, first: shifted(tally.first, by), word: shifted(tally.word, by) };
}

function sameFolder(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === other || (one !== null && other !== null && sameBytes(one, other, 0, other.length));
}

/**
 * Class names by label id where each label has one folder of its own. WordNet ids and bare numbers are folders too,
 * but no names.
 */
function foldersAsNames(tallies: readonly Tally[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { label, folder } of tallies) {
    if (folder === null) return new Map();
    const path = decode(folder)
      .split(/[/\\]/)
      .filter((part) => part !== "");
    const name = path[path.length - 1] ?? "";
    if (!/\p{L}/u.test(name) || /^n\d{8}$/.test(name)) return new Map();
    names.set(Number(label), name);
  }
  const distinct = new Set(names.values()).size === names.size;
  return distinct && names.size > 1 ? names : new Map();
}

/** Before a name, which may have blanks in it. */
function namedSeparator(bytes: Uint8Array, from: number, to: number): number {
  // One character a byte, so that places in the text are places in the bytes.
  const end = pathEnd(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1"));
  return end < 0 ? -1 : from + end;
}

/** Before a number: the last tab, or else the last blank. */
function lastSeparator(bytes: Uint8Array, from: number, to: number): number {
  let space = -1;
  for (let i = to - 1; i > from; i--) {
    if (bytes[i] === tab) return i;
    if (space < 0 && bytes[i] === blank) space = i;
  }
  return space;
}

function folderEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i >= from; i--) if (bytes[i] === slash || bytes[i] === backslash) return i;
  return from;
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}

function integer(bytes: Uint8Array, from: number, to: number): number | undefined {
  const negative = bytes[from] === 0x2d;
  const start = negative ? from + 1 : from;
  if (start >= to || to - start > 15) return undefined;
  let number = 0;
  for (let i = start; i < to; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return negative ? -number : number;
}

function isBlank(byte: number | undefined): boolean {
  return byte === blank || byte === tab;
}
