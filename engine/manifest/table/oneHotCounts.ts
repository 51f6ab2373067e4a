/** Counts of a table with one column of 0 and 1 per class. */
import type { Task } from "#protocol/analysis.ts";
import type { Found } from "../live/liveText.ts";
import { type CountedClass, type Span, shifted } from "../manifest.ts";
import { cellText, type Row } from "../scan/delimited.ts";
import { cellSpan } from "./tableCounts.ts";

export class OneHotCounts {
  readonly #columns: readonly number[];
  readonly #counts: Float64Array;
  readonly #firsts: (Span | undefined)[];
  #samples = 0;
  #manyMarked = false;
  #unmarked = 0;

  constructor(columns: readonly number[]) {
    this.#columns = columns;
    this.#counts = new Float64Array(columns.length);
    this.#firsts = columns.map(() => undefined);
  }

  take(row: Row): void {
    this.#samples++;
    let marked = 0;
    for (const [index, column] of this.#columns.entries()) {
      if (Number(cellText(row, column)) !== 1) continue;
      marked++;
      this.#counts[index] = (this.#counts[index] ?? 0) + 1;
      this.#firsts[index] ??= cellSpan(row, column);
    }
    if (marked > 1) this.#manyMarked = true;
    if (marked === 0) this.#unmarked++;
  }

  /** Takes what was counted in all blocks of rows, where nothing is counted yet. */
  absorb(blocks: readonly Found<OneHotCounts>[]): void {
    for (const { found, shift } of blocks) {
      for (let index = 0; index < this.#counts.length; index++) {
        this.#counts[index] = (this.#counts[index] ?? 0) + (found.#counts[index] ?? 0);
        const first = found.#firsts[index];
        if (first && !this.#firsts[index]) this.#firsts[index] = shifted(first, shift);
      }
      this.#samples += found.#samples;
      this.#manyMarked ||= found.#manyMarked;
      this.#unmarked += found.#unmarked;
    }
  }

  result(header: readonly string[]): { task: Task; samples: number; classes: CountedClass[] } {
    const classes = this.#columns.map((column, index): CountedClass => {
      const count = this.#counts[index] ?? 0;
      const first = this.#firsts[index];
      const name = header[column] ?? String(column);
      return { index, name, images: count, instances: count, ...(first ? { first } : {}), declared: true };
    });
    const task = this.#manyMarked || this.#unmarked > 0 ? "multi-label" : "single-label";
    return { task, samples: this.#samples, classes };
  }
}
