/** Samples that a text lists twice, kept in step with its blocks: only those of changed blocks are taken and given back. */
import type { RememberedSamples } from "../duplicateCheck.ts";
import type { Span } from "../manifest.ts";
import { Meeting, type Met } from "../met.ts";
import { hashBytes, mix } from "../numberSet.ts";

/** Samples of one block in their order, with places that count from its start. */
export interface BlockSamples {
  readonly hashes: Float64Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** A block's samples, and where the block stands now. */
export interface PlacedSamples {
  readonly samples: BlockSamples;
  readonly offset: number;
}

/** Takes the samples of one block. `seedOf` gives a number for a label's position that is the same in all blocks. */
export class SampleLog implements RememberedSamples {
  readonly #seedOf: (label: number) => number;
  readonly #hashes: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(seedOf: (label: number) => number) {
    this.#seedOf = seedOf;
  }

  add(bytes: Uint8Array, start: number, end: number, label: number, span: Span): void {
    this.#hashes.push(hashBytes(bytes, start, end, this.#seedOf(label)));
    this.#starts.push(span.start);
    this.#ends.push(span.end);
  }

  /** The samples of a block that was read as if it stood at `offset`. */
  samples(offset: number): BlockSamples {
    return {
      hashes: Float64Array.from(this.#hashes),
      starts: Uint32Array.from(this.#starts, (start) => start - offset),
      ends: Uint32Array.from(this.#ends, (end) => end - offset),
    };
  }

  repeated(): Met {
    return new Meeting();
  }

  beyond(): boolean {
    return false;
  }
}

/** A number for a label, the same wherever it is met. */
export function seedOfLabel(label: number | string | undefined): number {
  if (typeof label === "number") return label;
  const bytes = new TextEncoder().encode(label ?? "");
  return hashBytes(bytes, 0, bytes.length, 1);
}

const startSlots = 1 << 10;
const fullest = 0.6;
const filterMask = 0xffff;

/** How often each hash is there. Memory: 20 to 40 bytes a sample. */
export class LiveSamples {
  #hashes = new Float64Array(startSlots);
  #counts = new Uint32Array(startSlots);
  /** Slots in use, also by hashes that are gone. */
  #used = 0;
  #total = 0;
  #different = 0;
  /** Those that are there more than once. */
  readonly #again = new Set<number>();
  #taken = new Set<BlockSamples>();

  /** Takes what is new and gives back what is gone. */
  keepTo(blocks: readonly PlacedSamples[]): void {
    const wanted = new Set(blocks.map(({ samples }) => samples));
    for (const gone of this.#taken) if (!wanted.has(gone)) for (const hash of gone.hashes) this.#drop(hash);
    for (const samples of wanted)
      if (!this.#taken.has(samples)) for (const hash of samples.hashes) this.#add(hash);
    this.#taken = wanted;
  }

  /** Samples that came again, and the first of them. */
  repeated(blocks: readonly PlacedSamples[]): Met {
    const times = this.#total - this.#different;
    return { times, first: times > 0 ? this.#firstRepeated(blocks) : undefined };
  }

  #firstRepeated(blocks: readonly PlacedSamples[]): Span | undefined {
    const filter = this.#filter();
    const met = new Set<number>();
    for (const { samples, offset } of blocks) {
      const { hashes, starts, ends } = samples;
      for (let i = 0; i < hashes.length; i++) {
        const hash = hashes[i] ?? 0;
        if (filter[hash & filterMask] === 0 || !this.#again.has(hash)) continue;
        if (met.has(hash)) return { start: offset + (starts[i] ?? 0), end: offset + (ends[i] ?? 0) };
        met.add(hash);
      }
    }
    return undefined;
  }

  /** Says of nearly all hashes that are there once that they are. */
  #filter(): Uint8Array {
    const filter = new Uint8Array(filterMask + 1);
    for (const hash of this.#again) filter[hash & filterMask] = 1;
    return filter;
  }

  #add(hash: number): void {
    const slot = this.#slotOf(hash);
    const count = this.#counts[slot] ?? 0;
    this.#counts[slot] = count + 1;
    this.#total++;
    if (count === 1) this.#again.add(hash);
    if (count > 0) return;
    this.#different++;
    if (this.#hashes[slot] !== 0) return;
    this.#hashes[slot] = hash + 1;
    if (++this.#used > this.#hashes.length * fullest) this.#rebuild();
  }

  #drop(hash: number): void {
    const slot = this.#slotOf(hash);
    const left = (this.#counts[slot] ?? 0) - 1;
    this.#counts[slot] = left;
    this.#total--;
    if (left === 1) this.#again.delete(hash);
    if (left === 0) this.#different--;
  }

  /** Where a hash stands, or the free slot where it belongs. Slots hold each hash plus one. */
  #slotOf(hash: number): number {
    const last = this.#hashes.length - 1;
    let slot = mix(hash) & last;
    for (let there = this.#hashes[slot]; there !== hash + 1 && there !== 0; there = this.#hashes[slot])
      slot = (slot + 1) & last;
    return slot;
  }

  /** Makes room, and leaves out what is gone. */
  #rebuild(): void {
    const hashes = this.#hashes;
    const counts = this.#counts;
    let slots = startSlots;
    while (slots * fullest < 2 * this.#different) slots *= 2;
    this.#hashes = new Float64Array(slots);
    this.#counts = new Uint32Array(slots);
    this.#used = this.#different;
    for (let i = 0; i < hashes.length; i++) {
      const count = counts[i] ?? 0;
      if (count === 0) continue;
      const slot = this.#slotOf((hashes[i] ?? 0) - 1);
      this.#hashes[slot] = hashes[i] ?? 0;
      this.#counts[slot] = count;
    }
  }
}
