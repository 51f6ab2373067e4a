/** Takes objects of an array many at a time, through the SIMD kernel. */
import type { JsonRecord, RecordPlan } from "./jsonRecord.ts";
import { takeRows } from "./recordLog.ts";
import type { ScanMemory } from "./scanMemory.ts";

/** Where so many objects in a row were not ordinary, the rest of the array is not tried. */
const patience = 32;
/** Rows that stay in the processor's nearest memory until they are taken. */
const batch = 256;
const fieldBytes = 48;
const longestName = 31;
const mostFields = 16;

export class RecordKernel {
  /** How many objects the last call took. */
  taken = 0;
  readonly #memory: ScanMemory;
  #plan: RecordPlan | undefined;
  #usable = false;
  #missed = 0;

  constructor(memory: ScanMemory) {
    this.#memory = memory;
  }

  /**
   * Takes objects from `from` on, which is behind an object of the array; `base` is the place of the chunk in the
   * document. Returns the place in the chunk where it stopped, behind an object.
   */
  take(plan: RecordPlan, chunk: Uint8Array, from: number, base: number): number {
    this.taken = 0;
    if (plan !== this.#plan) this.#prepare(plan);
    if (!this.#usable) return from;
    const { kernels, table, rows, words, numbers } = this.#memory;
    const { record } = plan;
    const origin = chunk.byteOffset;
    const end = origin + chunk.length;
    const fields = record.names.length;
    let at = origin + from;
    for (;;) {
      const count = kernels.records(at, end, origin, table, fields, rows, batch);
      at = kernels.stopped.value;
      plan.log?.rows(words, rows >> 2, count, record, base);
      takeRows(plan, words, numbers, rows >> 2, count, chunk, base);
      this.taken += count;
      if (count < batch) break;
    }
    this.#missed = this.taken === 0 ? this.#missed + 1 : 0;
    if (this.#missed >= patience) this.#usable = false;
    return at - origin;
  }

  #prepare(plan: RecordPlan): void {
    this.#plan = plan;
    this.#missed = 0;
    this.#usable = fits(plan.record) && batch * plan.record.rowWords * 4 <= this.#memory.rowsBytes;
    if (!this.#usable) return;
    const { bytes, words, table, rows } = this.#memory;
    // Behind the table stands what the kernel learned of objects before.
    words.fill(0, table >> 2, rows >> 2);
    for (const [field, name] of plan.record.names.entries()) {
      const at = table + field * fieldBytes;
      const text = new TextEncoder().encode(name);
      words[at >> 2] = plan.record.kinds[field] === "numbers" ? 1 : 0;
      words[(at >> 2) + 1] = text.length;
      bytes.set(text, at + 16);
    }
  }
}

function fits({ names }: JsonRecord): boolean {
  const short = names.every((name) => new TextEncoder().encode(name).length <= longestName);
  return short && names.length > 0 && names.length <= mostFields;
}
