/** Whole numbers from 0 to 2^53 - 1, numbered 0, 1, 2 in the order in which they are met: 16 to 32 bytes a number. */
import { mix } from "./numberSet.ts";

const startSlots = 1024;

export class NumberIndex {
  /** In slots, each number plus one, or 0. */
  #kept = new Float64Array(startSlots);
  /** In slots, the positions of the numbers. */
  #positions = new Uint32Array(startSlots);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Position of the number, or -1. */
  find(number: number): number {
    const slot = slotOf(this.#kept, number + 1);
    return this.#kept[slot] === 0 ? -1 : (this.#positions[slot] ?? -1);
  }

  /** Position of the number, which is the last one where it is new. */
  add(number: number): number {
    const slot = slotOf(this.#kept, number + 1);
    if (this.#kept[slot] !== 0) return this.#positions[slot] ?? 0;
    const position = this.#size++;
    this.#kept[slot] = number + 1;
    this.#positions[slot] = position;
    if (this.#size * 4 > this.#kept.length * 3) this.#grow();
    return position;
  }

  /** The number at a position; looks through all of them. */
  at(position: number): number | undefined {
    for (let slot = 0; slot < this.#kept.length; slot++) {
      const kept = this.#kept[slot] ?? 0;
      if (kept > 0 && this.#positions[slot] === position) return kept - 1;
    }
    return undefined;
  }

  #grow(): void {
    const kept = new Float64Array(this.#kept.length * 2);
    const positions = new Uint32Array(kept.length);
    for (let i = 0; i < this.#kept.length; i++) {
      const number = this.#kept[i] ?? 0;
      if (number === 0) continue;
      const slot = slotOf(kept, number);
      kept[slot] = number;
      positions[slot] = this.#positions[i] ?? 0;
    }
    this.#kept = kept;
    this.#positions = positions;
  }
}

/** Where the number stands, or the free slot where it belongs; the table's length is a power of two. */
function slotOf(kept: Float64Array, number: number): number {
  const last = kept.length - 1;
  let slot = mix(number - 1) & last;
  for (let there = kept[slot]; there !== number && there !== 0; there = kept[slot]) slot = (slot + 1) & last;
  return slot;
}
