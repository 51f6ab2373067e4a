/** Samples with their labels, gathered while a manifest is read. */
import { firstLabels, type LabelSets, setsOf } from "./labelSets.ts";

/** Samples in the order of the file. */
export interface LabelledSamples {
  readonly classes: readonly string[];
  /** Class indices, one a sample; where there are `sets` the first of each, -1 for none. */
  readonly labels: Int32Array;
  /** Where samples may have several labels or none; absent: one each. */
  readonly sets?: LabelSets;
  /** As written in the manifest; absent where it names no files. */
  readonly paths?: readonly string[];
  /** `[samples, columns]`; absent where the manifest itself holds no numbers. */
  readonly features?: Float32Array;
  readonly columns?: number;
}

export class SampleCollector {
  /** Of all samples, one after the other. */
  #slots = new Int32Array(1024);
  #size = 0;
  /** Slots of each sample; absent while all have one. */
  #lengths: number[] | undefined;
  #samples = 0;
  readonly #paths: string[] = [];

  /** Notes a sample whose class was the `slot`-th to be met. */
  add(slot: number, path?: string): void {
    this.#push(slot);
    this.#lengths?.push(1);
    this.#samples++;
    if (path !== undefined) this.#paths.push(path);
  }

  /** Notes a sample with several classes, or none. */
  addAll(slots: readonly number[], path?: string): void {
    this.#lengths ??= new Array<number>(this.#samples).fill(1);
    for (const slot of slots) this.#push(slot);
    this.#lengths.push(slots.length);
    this.#samples++;
    if (path !== undefined) this.#paths.push(path);
  }

  #push(slot: number): void {
    if (this.#size === this.#slots.length) {
      const larger = new Int32Array(this.#size * 2);
      larger.set(this.#slots);
      this.#slots = larger;
    }
    this.#slots[this.#size++] = slot;
  }

  /**
   * The samples of known classes; `bySlot` gives the class index of each slot, -1 for none. A sample is left out where it
   * had labels and none of them is a class.
   */
  result(classes: readonly string[], bySlot: readonly number[]): LabelledSamples {
    const kept: number[][] = [];
    const paths: string[] = [];
    for (let i = 0, at = 0; i < this.#samples; i++) {
      const length = this.#lengths?.[i] ?? 1;
      const found = Array.from(this.#slots.subarray(at, at + length), (slot) => bySlot[slot] ?? -1);
      at += length;
      const known = found.filter((label) => label >= 0);
      if (known.length === 0 && length > 0) continue;
      kept.push(known);
      const path = this.#paths[i];
      if (path !== undefined) paths.push(path);
    }
    const located = paths.length === kept.length ? { paths } : {};
    if (!this.#lengths)
      return { classes, labels: Int32Array.from(kept, ([label = -1]) => label), ...located };
    const sets = setsOf(kept);
    return { classes, labels: firstLabels(sets), sets, ...located };
  }
}
