/** Objects of an array as they were found in a part of a document, to be taken again without scanning it. */
import type { JsonRecord, LoneRecord, RecordPlan } from "./jsonRecord.ts";

/** Rows of the kernel, whose places count from `base`. */
interface Rows {
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
  readonly count: number;
  readonly base: number;
}

export class RecordLog {
  /** How many objects there are. */
  count = 0;
  readonly #parts: (Rows | LoneRecord)[] = [];

  /** Notes `count` rows from `row` on, before they are taken. */
  rows(words: Uint32Array, row: number, count: number, { rowWords }: JsonRecord, base: number): void {
    if (count === 0) return;
    const kept = words.slice(row, row + count * rowWords);
    this.#parts.push({ words: kept, numbers: new Float64Array(kept.buffer), count, base });
    this.count += count;
  }

  /** Notes an object that came by itself. */
  one(record: JsonRecord): void {
    this.#parts.push(record.saved());
    this.count++;
  }

  /** Gives all to the plan; `chunk` is what they were found in, which now stands `shift` bytes further. */
  replay(plan: RecordPlan, chunk: Uint8Array, shift: number): void {
    for (const part of this.#parts) {
      if ("numbers" in part)
        takeRows(plan, part.words, part.numbers, 0, part.count, chunk, part.base + shift);
      else {
        plan.record.restore(part, shift);
        plan.take(plan.record);
      }
    }
  }
}

/** Gives `count` rows from `first` on to a plan, many at a time where it takes them so. */
export function takeRows(
  { record, take, takeMany }: RecordPlan,
  words: Uint32Array,
  numbers: Float64Array,
  first: number,
  count: number,
  chunk: Uint8Array,
  base: number,
): void {
  const { rowWords } = record;
  for (let i = 0; i < count; i++) {
    i += takeMany?.(words, first + i * rowWords, count - i, record, base) ?? 0;
    if (i === count) break;
    record.show(words, numbers, first + i * rowWords, chunk, base);
    take(record);
  }
}
