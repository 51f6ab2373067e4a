/** Counts of labels that are met sample by sample, whatever the format. */

import { basename } from "node:path";
import { fixed, formatCount } from "#engine/statistics/format.ts";
import type { Basis, Place, Task } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { type ClassEntries, type ClassEntry, classEntries, listFor, type MetLabel } from "./classEntries.ts";
import type { ClassList } from "./classList.ts";
import type { LiveTallies, TallyTools } from "./live/liveTallies.ts";
import type { Found } from "./live/liveText.ts";
import {
  type CountedClass,
  type CountedView,
  type ManifestSource,
  type Observation,
  type Span,
  shifted,
} from "./manifest.ts";
import { type LabelledSamples, SampleCollector } from "./sampleCollector.ts";
import { splitOf, splitWord } from "./split.ts";

export interface LabelCountsOptions {
  /** What a sample is called where some have no label, such as "line". */
  readonly unit: string;
  /** Whether labels belong to objects in a sample, so that they count as often as they stand there. */
  readonly objects?: boolean;
  /** Whether what is labelled are images, or other files. */
  readonly images?: boolean;
  /** Whether samples are kept for training. */
  readonly collect?: boolean;
}

/** Names that the file itself gives. */
export interface GivenNames {
  /** All classes, by label id. */
  readonly list?: ClassList | undefined;
  /** Names of some label ids. */
  readonly byId?: ReadonlyMap<number, string>;
}

export interface LabelReading {
  readonly views: CountedView[];
  readonly observations: Observation[];
  /** Absent where samples were not kept, or labels are those of objects in a sample. */
  readonly samples?: LabelledSamples;
}

interface Tally extends MetLabel {
  count: number;
  /** By split. */
  readonly instances: number[];
  readonly images: number[];
  /** Number of the last sample that had the label. */
  sample: number;
}

/** Memory: what the classes take, and where samples are kept 4 bytes a sample and the paths. */
export class LabelCounts {
  readonly #options: LabelCountsOptions;
  readonly #tallies = new Map<number | string, Tally>();
  readonly #splits: (string | undefined)[] = [];
  readonly #samples: number[] = [];
  readonly #collector: SampleCollector | undefined;
  /** Labels of the present sample. */
  readonly #labels: (number | string)[] = [];
  readonly #spans: (Span | undefined)[] = [];
  #split: string | undefined;
  #path: string | undefined;
  #listed = false;
  #sample = 0;
  #several = false;
  #unlabelled = 0;
  #firstUnlabelled: Span | undefined;

  constructor(options: LabelCountsOptions) {
    this.#options = options;
    this.#collector = options.collect && !options.objects ? new SampleCollector() : undefined;
  }

  get isEmpty(): boolean {
    return this.#tallies.size === 0;
  }

  /** Whether samples are kept for training. */
  get collects(): boolean {
    return this.#collector !== undefined;
  }

  /** Different labels so far. */
  get different(): number {
    return this.#tallies.size;
  }

  begin(): void {
    this.#labels.length = 0;
    this.#spans.length = 0;
    this.#split = undefined;
    this.#path = undefined;
    this.#listed = false;
  }

  add(label: number | string, span?: Span): void {
    this.#labels.push(label);
    this.#spans.push(span);
  }

  /** The sample has a list of labels, empty or not. */
  seeList(): void {
    this.#listed = true;
  }

  setSplit(name: string): void {
    this.#split = name;
  }

  setPath(path: string): void {
    this.#path = path;
  }

  /** Counts the sample that began last; `span` is where it stands. */
  end(span?: Span): void {
    if (this.#labels.length === 0 && !this.#listed) {
      this.#unlabelled++;
      this.#firstUnlabelled ??= span;
      return;
    }
    const split = this.#splitIndex(this.#split);
    this.#sample++;
    this.#samples[split] = (this.#samples[split] ?? 0) + 1;
    let different = 0;
    for (const [i, label] of this.#labels.entries())
      if (this.#count(label, this.#spans[i], split)) different++;
    if (different !== 1) this.#several = true;
    this.#collect(different);
  }

  #collect(different: number): void {
    if (!this.#collector) return;
    const slots = this.#labels.map((label) => this.#tallies.get(label)?.slot ?? 0);
    if (different === 1) this.#collector.add(slots[0] ?? 0, this.#path);
    else this.#collector.addAll([...new Set(slots)], this.#path);
  }

  /** Counts a label of the present sample; false where the sample had it before. */
  #count(label: number | string, span: Span | undefined, split: number): boolean {
    const tally = this.#tallyOf(label, span);
    tally.count++;
    tally.instances[split] = (tally.instances[split] ?? 0) + 1;
    if (tally.sample === this.#sample) return false;
    tally.sample = this.#sample;
    tally.images[split] = (tally.images[split] ?? 0) + 1;
    return true;
  }

  #tallyOf(label: number | string, span: Span | undefined): Tally {
    const known = this.#tallies.get(label);
    if (known) return known;
    const slot = this.#tallies.size;
    const word = span ? { word: span } : {};
    const tally: Tally = { slot, label, count: 0, instances: [], images: [], sample: 0, ...word };
    this.#tallies.set(label, tally);
    return tally;
  }

  /** Takes what was counted in all blocks of samples, where nothing is counted yet. Samples for training are not kept. */
  absorb(
    blocks: readonly Found<LabelCounts>[],
    sums: LiveTallies<LabelCounts, number | string, Tally>,
  ): void {
    for (const { found, shift } of blocks) {
      for (const [i, split] of found.#splits.entries()) {
        const own = this.#splitIndex(split);
        this.#samples[own] = (this.#samples[own] ?? 0) + (found.#samples[i] ?? 0);
      }
      this.#several ||= found.#several;
      this.#unlabelled += found.#unlabelled;
      if (found.#firstUnlabelled) this.#firstUnlabelled ??= shifted(found.#firstUnlabelled, shift);
    }
    // The numbers of splits are those of this sum.
    const splits = JSON.stringify(this.#splits.map((split) => split ?? null));
    for (const [slot, [label, tally]] of sums.of(blocks, this.#tallyTools(), splits).entries())
      this.#tallies.set(label, tally.slot === slot ? tally : { ...tally, slot });
  }

  #tallyTools(): TallyTools<LabelCounts, number | string, Tally> {
    const withTally = (sum: Tally, tally: Tally, from: LabelCounts): Tally => {
      sum.count += tally.count;
      for (const [i, split] of from.#splits.entries()) {
        const more = tally.instances[i];
        if (more === undefined) continue;
        const own = this.#splitIndex(split);
        sum.instances[own] = (sum.instances[own] ?? 0) + more;
        sum.images[own] = (sum.images[own] ?? 0) + (tally.images[i] ?? 0);
      }
      return sum;
    };
    return {
      tallies: (counts) => counts.#tallies,
      same: (one, oneOf, other, otherOf) =>
        sameValues(oneOf.#splits, otherOf.#splits) &&
        sameValues(one.instances, other.instances) &&
        sameValues(one.images, other.images),
      begin: (tally, shift, from) =>
        withTally({ ...movedTally(tally, shift), count: 0, instances: [], images: [] }, tally, from),
      add: withTally,
      moved: movedTally,
      placeOf: ({ word }) => word?.start ?? 0,
    };
  }

  #splitIndex(split: string | undefined): number {
    const known = this.#splits.indexOf(split);
    return known >= 0 ? known : this.#splits.push(split) - 1;
  }

  /** One view a split, all with the same classes. */
  async result(source: ManifestSource, names: GivenNames = {}): Promise<LabelReading> {
    const tallies = [...this.#tallies.values()];
    const list = names.list ?? (names.byId?.size ? undefined : await listFor(source, tallies));
    const found = classEntries(tallies, list, names.byId ?? new Map(), this.#options.unit);
    const observations = [...found.unknown, ...this.#withoutLabel()];
    return {
      views: this.#views(source.path, found, list !== undefined),
      observations,
      ...this.#kept(found),
    };
  }

  #kept({ entries, bySlot }: ClassEntries<Tally>): { samples?: LabelledSamples } {
    if (!this.#collector) return {};
    const classes = entries.map(({ name }) => name);
    return { samples: this.#collector.result(classes, bySlot) };
  }

  #views(path: string, { entries }: ClassEntries<Tally>, listed: boolean): CountedView[] {
    const name = basename(path);
    const fileSplit = splitOf(path);
    return this.#splits.map((word, index) => {
      const split = word === undefined ? fileSplit : (splitWord(word) ?? word);
      return {
        name: this.#splits.length > 1 ? `${name}, ${word ?? t`no split`}` : name,
        ...(split === undefined ? {} : { split }),
        task: this.#task(),
        bases: this.#bases(),
        samples: this.#samples[index] ?? 0,
        classes: entries.map((entry, position) => this.#class(entry, position, index, listed)),
      };
    });
  }

  #class(
    { id, name, tally }: ClassEntry<Tally>,
    position: number,
    split: number,
    listed: boolean,
  ): CountedClass {
    const images = tally?.images[split] ?? 0;
    return {
      index: position,
      ...(id === undefined ? {} : { id }),
      name,
      images,
      instances: this.#options.objects ? (tally?.instances[split] ?? 0) : images,
      ...(tally?.word ? { first: tally.word } : {}),
      declared: listed,
    };
  }

  #task(): Task {
    if (this.#options.objects) return "detection";
    return this.#several ? "multi-label" : "single-label";
  }

  #bases(): Basis[] {
    if (this.#options.objects) return ["instances", "images"];
    return [this.#options.images ? "images" : "instances"];
  }

  #withoutLabel(): Observation[] {
    if (this.#unlabelled === 0) return [];
    const span = this.#firstUnlabelled;
    const { unit } = this.#options;
    const such =
      this.#unlabelled === 1
        ? t`It is left out of all counts.`
        : t`${formatCount(this.#unlabelled)} such ${unit}s are left out of all counts.`;
    const message = ({ line }: Place): string =>
      t`The ${unit} at line ${fixed(line, 0)} has no label that can be read. ${such}`;
    return [{ code: "label/unreadable", severity: "error", message, ...(span ? { span } : {}) }];
  }
}

function movedTally(tally: Tally, by: number): Tally {
  return tally.word ? { ...tally, word: shifted(tally.word, by) } : tally;
}

function sameValues(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
