/** Counts of a table with a label column, row by row. */

import { fixed, formatCount } from "#engine/statistics/format.ts";
import type { Place, Task } from "#protocol/analysis.ts";
import { t } from "#protocol/l10n.ts";
import { sortedNames } from "../classEntries.ts";
import { classListBeside } from "../classList.ts";
import { DuplicateCheck, type RememberedSamples, type SampleWatch } from "../duplicateCheck.ts";
import { shortName } from "../firstOnes.ts";
import type { KeptTallies } from "../live/liveBlocks.ts";
import type { TallyTools } from "../live/liveTallies.ts";
import type { Found } from "../live/liveText.ts";
import { type CountedClass, type ManifestSource, type Observation, type Span, shifted } from "../manifest.ts";
import { cellText, type Row } from "../scan/delimited.ts";
import { splitWord } from "../split.ts";

/** Rows with the same label cell. */
interface Tally {
  readonly cell: string;
  count: number;
  readonly first: Span;
  /** Rows of each split, where a column tells splits. */
  readonly bySplit: Map<string, number> | undefined;
}

export interface TableResult {
  readonly task: Task;
  readonly samples: number;
  readonly classes: CountedClass[];
  /** The rows of each split with the same classes, training first; empty where no column tells splits. */
  readonly splits: readonly TableSplit[];
  readonly observations: Observation[];
  /** Indices of a row's classes by its label cell: one, but for multi-label tables. */
  readonly indicesOf: ReadonlyMap<string, readonly number[]>;
}

export interface TableSplit {
  readonly split: string;
  readonly samples: number;
  readonly classes: CountedClass[];
}

/** The columns of a table that are counted. */
export interface CountedColumns {
  readonly label: number;
  readonly path: number | undefined;
  /** Tells samples of several files apart where none is named; the same text twice in one file is no mistake. */
  readonly text?: number | undefined;
  readonly split?: number | undefined;
}

export class TableCounts {
  readonly #column: number;
  readonly #pathColumn: number | undefined;
  readonly #textColumn: number | undefined;
  readonly #watch: SampleWatch;
  readonly #splitColumn: number | undefined;
  readonly #splits = new Map<string, number>();
  readonly #tallies = new Map<string, Tally>();
  readonly #duplicates: DuplicateCheck;
  #samples = 0;
  #unlabelled = 0;
  #firstUnlabelled: Span | undefined;

  /** `samples` is where samples are remembered, where somebody else looks for those that come again. */
  constructor(
    { label, path, text, split: splits }: CountedColumns,
    watch: SampleWatch,
    samples?: RememberedSamples,
  ) {
    this.#column = label;
    this.#duplicates = new DuplicateCheck(watch, samples);
    this.#pathColumn = path;
    this.#textColumn = text;
    this.#watch = watch;
    this.#splitColumn = splits;
  }

  take(row: Row): void {
    const cell = cellText(row, this.#column);
    if (cell === "") {
      this.#unlabelled++;
      this.#firstUnlabelled ??= { start: row.offset + row.start, end: row.offset + row.end };
      return;
    }
    this.#samples++;
    let tally = this.#tallies.get(cell);
    if (tally === undefined) {
      tally = {
        cell,
        count: 0,
        first: cellSpan(row, this.#column),
        bySplit: this.#splitColumn === undefined ? undefined : new Map(),
      };
      this.#tallies.set(cell, tally);
    }
    tally.count++;
    if (this.#splitColumn !== undefined) {
      const written = cellText(row, this.#splitColumn);
      const name = splitWord(written) ?? shortName(written);
      more(this.#splits, name, 1);
      if (tally.bySplit) more(tally.bySplit, name, 1);
    }
    if (this.#pathColumn !== undefined) this.#noteSample(row, this.#pathColumn);
    else if (this.#textColumn !== undefined) this.#tellText(row, this.#textColumn);
  }

  #tellText(row: Row, text: number): void {
    this.#watch.each?.(row.bytes, row.starts[text] ?? 0, row.ends[text] ?? 0, cellSpan(row, text));
  }

  #noteSample(row: Row, path: number): void {
    // Label and path together: the same image under two labels is not listed twice with the same one.
    const start = Math.min(row.starts[path] ?? 0, row.starts[this.#column] ?? 0);
    const end = Math.max(row.ends[path] ?? 0, row.ends[this.#column] ?? 0);
    this.#duplicates.add(row.bytes, start, end, 0, {
      start: row.offset + row.start,
      end: row.offset + row.end,
    });
  }

  /** Takes what was counted in all blocks of rows, where nothing is counted yet; samples come again elsewhere. */
  absorb(blocks: readonly Found<TableCounts>[], tallies: KeptTallies): void {
    for (const { found, shift } of blocks) {
      for (const [name, rows] of found.#splits) more(this.#splits, name, rows);
      this.#samples += found.#samples;
      this.#unlabelled += found.#unlabelled;
      if (found.#firstUnlabelled) this.#firstUnlabelled ??= shifted(found.#firstUnlabelled, shift);
    }
    const sums = tallies<TableCounts, string, Tally>("labels");
    const tools = { ...tallyTools, tallies: (found: TableCounts) => found.#tallies };
    for (const [cell, tally] of sums.of(blocks, tools)) this.#tallies.set(cell, tally);
  }

  async result(source: ManifestSource): Promise<TableResult> {
    const tallies = [...this.#tallies.values()];
    const separator = ["|", ";", ","].find((mark) => joinsLabels(tallies, mark));
    const found = separator === undefined ? single(tallies) : split(tallies, separator);
    const names = sortedNames([...found.keys()]);
    const listed = await namesFromList(source, names);
    const classes = names.map((cell, index): CountedClass => {
      const tally = found.get(cell);
      const count = tally?.count ?? 0;
      return {
        index,
        name: listed?.get(cell) ?? cell,
        images: count,
        instances: count,
        ...(tally ? { first: tally.first } : {}),
        declared: false,
      };
    });
    const splitNames = [...this.#splits.keys()].sort((a, b) => splitRank(a) - splitRank(b));
    return {
      splits: splitNames.map((name) => ({
        split: name,
        samples: this.#splits.get(name) ?? 0,
        classes: classes.map((each, index) => {
          const count = found.get(names[index] ?? "")?.bySplit?.get(name) ?? 0;
          return { ...each, images: count, instances: count };
        }),
      })),
      task: separator === undefined ? "single-label" : "multi-label",
      samples: this.#samples,
      classes,
      observations: [...this.#unlabelledRows(), ...this.#duplicates.observations("images")],
      indicesOf: indicesByCell(tallies, names, separator),
    };
  }

  #unlabelledRows(): Observation[] {
    const span = this.#firstUnlabelled;
    if (!span) return [];
    const such =
      this.#unlabelled === 1
        ? t`It is left out of all counts.`
        : t`${formatCount(this.#unlabelled)} such lines are left out of all counts.`;
    const message = ({ line }: Place): string => t`Line ${fixed(line, 0)} has no label. ${such}`;
    return [{ code: "label/unreadable", severity: "error", message, span }];
  }
}

/** How the rows with one label cell of several blocks become one tally. */
const tallyTools: Omit<TallyTools<TableCounts, string, Tally>, "tallies"> = {
  same: ({ count, bySplit }, _, other) =>
    count === other.count &&
    [...(bySplit ?? [])].every(([name, rows]) => other.bySplit?.get(name) === rows) &&
    bySplit?.size === other.bySplit?.size,
  begin: (tally, shift) => ({
    ...movedTally(tally, shift),
    bySplit: tally.bySplit && new Map(tally.bySplit),
  }),
  add(sum, { count, bySplit }) {
    sum.count += count;
    addTo(sum.bySplit, bySplit);
    return sum;
  },
  moved: movedTally,
  placeOf: ({ first }) => first.start,
};

function movedTally(tally: Tally, by: number): Tally {
  return { ...tally, first: shifted(tally.first, by) };
}

/** The place of a cell in the content. */
export function cellSpan(row: Row, cell: number): Span {
  return { start: row.offset + (row.starts[cell] ?? 0), end: row.offset + (row.ends[cell] ?? 0) };
}

/**
 * A mark joins labels where a label between marks also stands elsewhere, alone or in other company. Names have commas too
 * ("maillot, tank suit"): there most of the labels have to.
 */
function joinsLabels(tallies: readonly Tally[], mark: string): boolean {
  const cells = new Map<string, number>();
  let joined = false;
  for (const { cell } of tallies) {
    const parts = new Set(partsOf(cell, mark));
    if (parts.size > 1) joined = true;
    for (const part of parts) cells.set(part, (cells.get(part) ?? 0) + 1);
  }
  const elsewhere = [...cells.values()].filter((count) => count > 1).length;
  return joined && (mark === "," ? elsewhere >= cells.size / 2 : elsewhere > 0);
}

function more(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function addTo(
  counts: Map<string, number> | undefined,
  further: ReadonlyMap<string, number> | undefined,
): void {
  if (counts && further) for (const [name, rows] of further) more(counts, name, rows);
}

function splitRank(name: string): number {
  const rank = ["train", "val", "test"].indexOf(name);
  return rank < 0 ? 3 : rank;
}

function partsOf(cell: string, mark: string): string[] {
  return cell
    .split(mark)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function indicesByCell(
  tallies: readonly Tally[],
  names: readonly string[],
  separator: string | undefined,
): Map<string, readonly number[]> {
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const parts = (cell: string): string[] => (separator === undefined ? [cell] : partsOf(cell, separator));
  return new Map(tallies.map(({ cell }) => [cell, parts(cell).flatMap((part) => indexOf.get(part) ?? [])]));
}

function single(tallies: readonly Tally[]): Map<string, Tally> {
  return new Map(tallies.map((tally) => [tally.cell, tally]));
}

/** A label that a cell repeats counts once. */
function split(tallies: readonly Tally[], mark: string): Map<string, Tally> {
  const found = new Map<string, Tally>();
  for (const { cell, count, first, bySplit } of tallies) {
    for (const part of new Set(partsOf(cell, mark))) {
      const tally = found.get(part);
      if (tally) tally.count += count;
      else found.set(part, { cell: part, count, first, bySplit: bySplit && new Map(bySplit) });
      if (tally) addTo(tally.bySplit, bySplit);
    }
  }
  return found;
}

/** Names of label numbers, where a class list stands beside the table. */
async function namesFromList(
  source: ManifestSource,
  labels: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  if (labels.length === 0 || !labels.every((label) => /^(0|[1-9]\d{0,5})$/.test(label))) return undefined;
  const largest = Number(labels[labels.length - 1]);
  const list = await classListBeside(source, ({ names }) => largest < names.length);
  return list && new Map(list.names.map((name, id) => [String(id), name]));
}
