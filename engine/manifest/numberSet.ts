/** Sets of numbers in typed arrays: 8 bytes a slot, 11 to 16 bytes a number once it has grown. */

/** Tables grow one by one, so that growing takes little memory beside them. */
const tableCount = 64;
const startSlots = 64;
const fullest = 0.75;
/** Small tables double; large ones take less room beyond what they hold. */
const growth = 1.5;
const doubledBelow = 4096;

/** A set of whole numbers from 0 to 2^53 - 1. Tables hold each number plus one, so that fresh memory is empty. */
export class NumberSet {
  readonly #tables: Float64Array[] = Array.from({ length: tableCount }, () => new Float64Array(startSlots));
  readonly #sizes = new Uint32Array(tableCount);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds the number; false where it was there before. */
  add(number: number): boolean {
    const mixed = mix(number);
    const index = mixed & (tableCount - 1);
    const table = this.#tables[index];
    if (!table || !put(table, number + 1, mixed)) return false;
    this.#size++;
    const size = (this.#sizes[index] ?? 0) + 1;
    this.#sizes[index] = size;
    if (size > table.length * fullest) this.#tables[index] = grown(table);
    return true;
  }

  has(number: number): boolean {
    const mixed = mix(number);
    const table = this.#tables[mixed & (tableCount - 1)];
    return table !== undefined && table[slotOf(table, number + 1, mixed)] === number + 1;
  }

  /** The numbers, sorted. */
  sorted(): Float64Array {
    const numbers = new Float64Array(this.#size);
    let next = 0;
    for (const table of this.#tables) for (const kept of table) if (kept > 0) numbers[next++] = kept - 1;
    return numbers.sort();
  }
}

/** First numbers are below 2^33, second ones below this. */
export const secondLimit: number = 1 << 20;

/** A set of pairs of whole numbers. */
export class PairSet {
  readonly #numbers = new NumberSet();

  get size(): number {
    return this.#numbers.size;
  }

  /** Adds the pair; false where it was there before. */
  add(first: number, second: number): boolean {
    return this.#numbers.add(first * secondLimit + second);
  }

  has(first: number, second: number): boolean {
    return this.#numbers.has(first * secondLimit + second);
  }

  /** How many different firsts there are. */
  distinctFirsts(): number {
    let distinct = 0;
    let last = -1;
    for (const pair of this.#numbers.sorted()) {
      const first = Math.floor(pair / secondLimit);
      if (first !== last) distinct++;
      last = first;
    }
    return distinct;
  }
}

/** A 53-bit hash of bytes; two different lines of a list of a million collide with a chance below 1 in 10,000. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed = 0): number {
  let a = 0x811c9dc5 ^ (seed | 0);
  let b = 0x2f0b4c47 ^ Math.floor(seed / 0x100000000);
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x5bd1e995);
    b ^= b >>> 15;
  }
  a = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d);
  return (a >>> 0) * 0x200000 + ((b ^ (b >>> 13)) & 0x1fffff);
}

function grown(table: Float64Array): Float64Array {
  const factor = table.length < doubledBelow ? 2 : growth;
  const larger = new Float64Array(Math.ceil(table.length * factor));
  for (let i = 0; i < table.length; i++) {
    const kept = table[i] ?? 0;
    if (kept > 0) put(larger, kept, mix(kept - 1));
  }
  return larger;
}

/** Puts what is kept of a number into the first free slot from its own on; false where it was there before. */
function put(table: Float64Array, kept: number, mixed: number): boolean {
  const slot = slotOf(table, kept, mixed);
  if (table[slot] === kept) return false;
  table[slot] = kept;
  return true;
}

/** Where the number stands, or the free slot where it belongs. */
function slotOf(table: Float64Array, kept: number, mixed: number): number {
  let slot = Math.floor((mixed / 0x100000000) * table.length);
  for (let there = table[slot]; there !== kept && there !== 0; there = table[slot])
    slot = slot + 1 === table.length ? 0 : slot + 1;
  return slot;
}

/** 32 well mixed bits of a number; low bits choose the table, high ones the slot. */
export function mix(number: number): number {
  const low = number | 0;
  const high = (number / 0x100000000) | 0;
  let mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
