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
    // Of all kept samples, one after the other, and where those of each end: lists may have millions of samples.
    const labels: number[] = [];
    const ends: number[] = [];
    const paths: string[] = [];
    for (let i = 0, at = 0; i < this.#samples; i++) {
      const start = at;
      const before = labels.length;
      for (const end = at + (this.#lengths?.[i] ?? 1); at < end; at++) {
        const label = bySlot[this.#slots[at] ?? 0] ?? -1;
        if (label >= 0) labels.push(label);
      }
      if (labels.length === before && at > start) continue;
      ends.push(labels.length);
      const path = this.#paths[i];
      if (path !== undefined) paths.push(path);
    }
    const located = paths.length === ends.length ? { paths } : {};
    if (!this.#lengths) return { classes, labels: new Int32Array(labels), ...located };
    const sets = setsOf(ends.map((end, i) => labels.slice(ends[i - 1] ?? 0, end)));
    return { classes, labels: firstLabels(sets), sets, ...located };
  }
}
